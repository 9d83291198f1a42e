// Errors, hashes, outcomes, devices, scalars: the small things that have a text.
#include <gtest/gtest.h>

#include <set>

#include "db/device.h"
#include "db/error.h"
#include "db/hash.h"
#include "db/kernel.h"
#include "db/outcome.h"

namespace hone {
namespace {

TEST(Error, NearestNames) {
  const std::vector<std::string> known{"PER_LANE", "WG", "UNROLL"};
  EXPECT_EQ(Nearest("PERLANE", known), "PER_LANE");
  EXPECT_EQ(Nearest("UNROL", known), "UNROLL");
  EXPECT_EQ(Nearest("GW", known), "WG");
  EXPECT_EQ(Nearest("flaot", {"double", "float"}), "float");
  EXPECT_EQ(Nearest("XY", known), "");
  EXPECT_EQ(Nearest("completely_other", known), "");
  EXPECT_EQ(DidYouMean("WGS", known), " (did you mean 'WG'?)");
}

TEST(Error, LocationsLeaveOutWhatIsUnknown) {
  EXPECT_EQ((Location{"a.toml", 9, 3}.ToText()), "a.toml:9:3");
  EXPECT_EQ((Location{"a.toml", 9, 0}.ToText()), "a.toml:9");
  EXPECT_EQ((Location{"a.toml", 0, 3}.ToText()), "a.toml");
  EXPECT_THROW(Fail({"a.toml", 1, 1}, "fact"), Error);
}

// BLAKE2b with 16 bytes of digest, as `b2sum -l 128` prints it.
TEST(Hash, KnownValues) {
  EXPECT_EQ(HashOf(std::string_view("")).ToHex(), "cae66941d9efbd404e4d88758ea67670");
  EXPECT_EQ(HashOf(std::string_view("abc")).ToHex(), "cf4ab791c62b8d2b2109c90275287816");
  EXPECT_EQ(Hash::FromHex(HashOf(std::string_view("abc")).ToHex()), HashOf(std::string_view("abc")));
  EXPECT_THROW(Hash::FromHex("12"), Error);
  EXPECT_THROW(Hash::FromHex(std::string(31, '0') + "g"), Error);
}

TEST(Checksum, TellsEveryFlippedBitAndLengthApart) {
  std::string bytes(77, 'x');
  std::set<std::uint64_t> seen{ChecksumOf(bytes)};
  for (std::size_t bit = 0; bit < 8 * bytes.size(); ++bit) {
    std::string flipped = bytes;
    flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ 1 << bit % 8);
    EXPECT_TRUE(seen.insert(ChecksumOf(flipped)).second) << bit;
  }
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_TRUE(seen.insert(ChecksumOf(std::string_view(bytes).substr(0, size))).second) << size;
    EXPECT_TRUE(seen.insert(ChecksumOf(std::string(size + 1, '\0'))).second) << size;
  }
}

TEST(Outcome, TextAndNumberRoundTrip) {
  for (int number = 0; number <= 11; ++number) {
    const auto outcome = OutcomeFromNumber(number);
    ASSERT_TRUE(outcome);
    EXPECT_EQ(OutcomeFromText(ToText(*outcome)), outcome);
  }
  EXPECT_FALSE(OutcomeFromNumber(12));
  EXPECT_FALSE(OutcomeFromNumber(-1));
  EXPECT_FALSE(OutcomeFromText("fine"));
}

TEST(Device, KeyNamesDeviceAndDriver) {
  DeviceInfo device = GenericDevice();
  device.name = "NVIDIA H100 80GB HBM3";
  device.vendor_id = 0x10de;
  device.device_id = 0x2330;
  device.driver_id = 4;
  device.driver_info = "580.159.03";
  device.driver_version = 0x910fc0c0;
  EXPECT_EQ(device.Key(), "NVIDIA H100 80GB HBM3 [10de:2330] driver 4 580.159.03 (0x910fc0c0)");
  EXPECT_EQ(device.limits.size(), LimitNames().size());
  for (const std::string& name : LimitNames()) EXPECT_TRUE(device.limits.contains(name)) << name;
}

TEST(ScalarBytes, KnownAndUnknown) {
  EXPECT_EQ(ScalarBytes("float16_t"), 2u);
  EXPECT_EQ(ScalarBytes("double"), 8u);
  EXPECT_EQ(ScalarBytes("vec4"), 0u);
}

}  // namespace
}  // namespace hone
