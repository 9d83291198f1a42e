#include "runtime/start_file.h"

#include <gtest/gtest.h>

#include <utility>

#include "db/pack.h"
#include "runtime/context_impl.h"
#include "runtime/library.h"
#include "tests/runtime/test_database.h"

namespace hone {
namespace {

class StartFileTest : public ::testing::Test {
 protected:
  StartFileTest() {
    database_.Measure(context_.info(), 1000, 128, 10);
    database_.Measure(context_.info(), 5000, 32, 10);
    Pack(database_.path(), packed_);
  }
  Pipeline Load(std::int64_t n) {
    const Library library(packed_, context_, {.user_database = user_});
    return library.Load("axpy", {{"n", n}});
  }
  const Gpu& gpu() { return *context_.impl().gpu; }
  static std::string Read(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  static void Write(const std::string& path, const std::string& bytes) { std::ofstream(path, std::ios::binary) << bytes; }
  test::Database database_;
  Context context_{{.validation = true}};
  std::string packed_ = database_.path() + ".packed", user_ = database_.path() + ".user", start_ = user_ + ".start";
};

TEST_F(StartFileTest, ServesTheNextStartWithoutSqlite) {
  const Pipeline first = Load(1000);
  ASSERT_TRUE(std::filesystem::exists(start_));
  std::string bytes = Read(packed_);
  std::fill(bytes.begin() + 4096, bytes.end(), 'x');  // behind the page with the seal nothing is left of the database
  Write(packed_, bytes);
  const Pipeline second = Load(1000);
  EXPECT_EQ(second.binary().point, (Values{{"WG", 128}}));
  EXPECT_EQ(second.match(), Match::kExact);
  EXPECT_EQ(second.Explain(), first.Explain());
  const GpuBuffer x = context_.CreateBuffer(4000), y = context_.CreateBuffer(4000);
  context_.Fill(x, 0);
  context_.Fill(y, 0);
  context_.Run(second, {x, y}, {{"a", 1}});
  EXPECT_THROW(Load(5000), Error) << "what is not in it comes from the database";
  EXPECT_EQ(context_.Messages(), std::vector<std::string>{});
}

// Loops, workspaces, formulas of push constants, specialization: all of a plan comes back.
TEST_F(StartFileTest, KeepsWholePlans) {
  {
    Store store = Store::Open(database_.path(), Store::Mode::kReadWrite);
    for (const Binary& binary : {test::Sum(), test::Doubling()}) store.PutBinary(binary);  // the default is packed
    const Binary special = test::Special(2, 32);
    store.PutBinary(special);
    Measurement measured{.kernel = "special", .pattern = "only", .point = special.point, .problem = {{"n", 1000}}};
    measured.samples_ns = {10, 10, 10};
    measured.statistics = Summarize(measured.samples_ns);
    store.PutMeasurement(store.BeginRun({.command = "test"}, context_.info()), context_.info(), measured);
  }
  Pack(database_.path(), packed_);
  const GpuBuffer a = context_.CreateBuffer(4000), b = context_.CreateBuffer(4000);
  for (int start = 0; start < 2; ++start) {
    const Library library(packed_, context_, {.user_database = user_});
    std::vector<float> ones(1000, 1.0f), result(1000);
    context_.Upload(a, ones.data(), 4000);
    context_.Run(library.Load("sum", {{"n", 1000}}), {a, b});
    context_.Download(b, result.data(), 4);
    EXPECT_EQ(result[0], 1000);

    std::vector<std::uint32_t> numbers(1000, 1);
    context_.Upload(a, numbers.data(), 4000);
    context_.Run(library.Load("doubling", {{"n", 1000}, {"rounds", 5}}), {a, b});
    context_.Download(b, numbers.data(), 4000);
    EXPECT_EQ(numbers[999], 58u);  // ((((1 * 2 + 0) * 2 + 1) * 2 + 2) * 2 + 3) * 2 + 4

    context_.Run(library.Load("special", {{"n", 1000}}), {b});
    context_.Download(b, numbers.data(), 4000);
    EXPECT_EQ(numbers[999], 1001u);
  }
  StartFile file(start_, *ReadSeal(packed_), gpu().identity);
  for (const char* key : {"sum n=1000/5/*", "doubling n=1000 rounds=5/5/*", "special n=1000/5/*"})
    EXPECT_TRUE(file.Find(key)) << key;
  EXPECT_EQ(context_.Messages(), std::vector<std::string>{});
}

TEST_F(StartFileTest, GrowsFromStartToStart) {
  Load(1000);
  Load(5000);
  StartFile file(start_, *ReadSeal(packed_), gpu().identity);
  const auto entry = file.Find("axpy n=5000/5/*");
  ASSERT_TRUE(entry);
  EXPECT_EQ(entry->begun->variant->Get().binary.point, (Values{{"WG", 32}}));
  ASSERT_EQ(entry->codes.size(), 1u);
  EXPECT_FALSE(entry->codes[0].kept.empty()) << "with what the driver made";
  EXPECT_TRUE(file.Find("axpy n=1000/5/*"));
  EXPECT_FALSE(file.Find("axpy n=77/5/*"));
}

TEST_F(StartFileTest, BelongsToOneDatabaseAndOneDevice) {
  Load(1000);
  const Seal seal = *ReadSeal(packed_);
  const auto is_of = [&](const Seal& of, std::uint64_t identity) { return !StartFile(start_, of, identity).empty(); };
  EXPECT_TRUE(is_of(seal, gpu().identity));
  Seal other_seal = seal;
  other_seal.hash[5] ^= 1;
  EXPECT_FALSE(is_of(other_seal, gpu().identity));

  DeviceProperties other(gpu().d, gpu().physical);
  Enabled enabled = gpu().enabled;
  EXPECT_TRUE(is_of(seal, IdentityOf(other, enabled)));
  const auto expect_other = [&](auto& field, const auto& value) {
    const auto kept = std::exchange(field, value);
    EXPECT_FALSE(is_of(seal, IdentityOf(other, enabled)));
    field = kept;
  };
  auto& basic = other.core.properties;
  expect_other(basic.driverVersion, basic.driverVersion + 1);
  expect_other(basic.pipelineCacheUUID[0], basic.pipelineCacheUUID[0] ^ 1);
  expect_other(other.id.deviceUUID[15], other.id.deviceUUID[15] ^ 1);
  expect_other(basic.limits.maxComputeWorkGroupCount[0], basic.limits.maxComputeWorkGroupCount[0] - 1);
  expect_other(other.v12.driverInfo[0], '?');
  expect_other(enabled.features.back(), "shaderSomething");
  expect_other(enabled.extensions, std::vector<std::string>{});
  EXPECT_TRUE(is_of(seal, IdentityOf(other, enabled)));

  database_.Measure(context_.info(), 1000, 64, 5);  // tuned further, packed again
  Pack(database_.path(), packed_);
  EXPECT_EQ(Load(1000).binary().point, (Values{{"WG", 64}}));
}

TEST_F(StartFileTest, DamageCostsTimeOnly) {
  Load(1000);
  const std::string whole = Read(start_);
  for (std::size_t at = 0; at < whole.size(); at += at < 300 ? 1 : 211) {
    std::string damaged = whole;
    damaged[at] = static_cast<char>(damaged[at] ^ 16);
    Write(start_, damaged);
    const Pipeline axpy = Load(1000);
    ASSERT_EQ(axpy.binary().point, (Values{{"WG", 128}})) << at;
    ASSERT_EQ(HashOf(std::span<const std::uint32_t>(axpy.binary().modules[0]->words)), axpy.binary().modules[0]->hash) << at;
  }
  for (std::size_t size = 0; size < whole.size(); size += 97) {
    Write(start_, whole.substr(0, size));
    ASSERT_EQ(Load(1000).binary().point, (Values{{"WG", 128}})) << size;
  }
  EXPECT_EQ(context_.Messages(), std::vector<std::string>{});
}

}  // namespace
}  // namespace hone
