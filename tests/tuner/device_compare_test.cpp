// The comparison on the device against the one on the host: it may doubt what is right, never acquit what is wrong.
#include "tuner/device_compare.h"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <cstring>
#include <limits>
#include <random>
#include <vector>

#include "tuner/compare.h"

namespace hone {
namespace {

using Bytes = std::vector<std::byte>;

template <typename T>
Bytes Raw(const std::vector<T>& values) {
  const auto bytes = std::as_bytes(std::span(values));
  return {bytes.begin(), bytes.end()};
}
Bytes Raw(ElementType type, const std::vector<double>& values) {
  Bytes bytes(values.size() * BytesOf(type));
  FromDoubles(type, values, bytes);
  return bytes;
}

Tolerance Near(double absolute, double relative) { return {Tolerance::Kind::kAbsoluteRelative, absolute, relative}; }
Tolerance Statistical(double relative, double outlier = 0) { return {Tolerance::Kind::kStatistical, outlier, relative}; }
Tolerance Ulp(double ulp) {
  Tolerance tolerance{Tolerance::Kind::kUlp};
  tolerance.ulp = ulp;
  return tolerance;
}
const Tolerance kExact{Tolerance::Kind::kExact};

class DeviceCompareTest : public testing::Test {
 protected:
  GpuBuffer Make(const Bytes& bytes, std::size_t behind) {  // what is behind must not matter
    const GpuBuffer buffer = context_.CreateBuffer((bytes.size() + behind + 3) / 4 * 4);
    context_.Fill(buffer, 0x77);
    context_.Upload(buffer, bytes.data(), bytes.size());
    return buffer;
  }

  bool Acquits(const Bytes& got, const Bytes& expected, ElementType type, ElementType expected_type,
               const Tolerance& tolerance) {
    const GpuBuffer a = Make(got, 4096), b = Make(expected, 0);
    const Comparands comparands{a, b, got.size() / BytesOf(type), type, expected_type, tolerance};
    const GpuBuffer verdicts = context_.CreateBuffer(compare_.VerdictBytes(comparands));
    context_.Run([&](CommandRecorder& commands) { compare_.Record(commands, comparands, verdicts, 0); });
    Bytes verdict(verdicts.bytes());
    context_.Download(verdicts, verdict.data(), verdict.size());
    const bool right = DeviceCompare::Acquits(comparands, verdict);
    Comparison judge("y", type, expected_type, tolerance, 0);
    judge.Add(0, got, expected);
    const auto wrong = judge.Finish();
    EXPECT_FALSE(right && wrong) << *wrong;
    return right;
  }
  bool Acquits(const std::vector<double>& got, const std::vector<double>& expected, const Tolerance& tolerance,
               ElementType type = ElementType::kFloat) {
    return Acquits(Raw(type, got), Raw(type, expected), type, type, tolerance);
  }

  Context context_;
  DeviceCompare compare_{context_};
};

TEST_F(DeviceCompareTest, OneWrongElementAtTheEndOfMany) {
  for (const ElementType type : {ElementType::kFloat, ElementType::kFloat16, ElementType::kBfloat16, ElementType::kUint8,
                                 ElementType::kInt16, ElementType::kUint32, ElementType::kInt64, ElementType::kDouble}) {
    for (const std::size_t count : {1, 2, 3, 255, 4097, (1 << 18) + 3}) {
      std::vector<double> values(count);
      for (std::size_t i = 0; i < count; ++i) values[i] = static_cast<double>(i % 100);
      const Bytes right = Raw(type, values);
      EXPECT_TRUE(Acquits(right, right, type, type, kExact)) << count;
      EXPECT_TRUE(Acquits(right, right, type, type, Near(0, 1e-6))) << count;
      for (const std::size_t at : {std::size_t{0}, count / 2, count - 1}) {
        values[at] += 1;
        EXPECT_FALSE(Acquits(Raw(type, values), right, type, type, kExact)) << count << " at " << at;
        EXPECT_FALSE(Acquits(Raw(type, values), right, type, type, Near(0, 1e-6))) << count << " at " << at;
        EXPECT_FALSE(Acquits(Raw(type, values), right, type, type, Statistical(1e-7, 1e-3))) << count << " at " << at;
        values[at] -= 1;
      }
    }
  }
}

TEST_F(DeviceCompareTest, LongerThanABindingMayBe) {
  const std::size_t limit = static_cast<std::size_t>(context_.info().limits.at("maxStorageBufferRange"));
  if (limit > (std::size_t{1} << 28)) GTEST_SKIP() << "this device binds more than a test should hold";
  Bytes right(limit + 6, std::byte{3}), wrong = right;
  wrong.back() = std::byte{4};
  EXPECT_TRUE(Acquits(right, right, ElementType::kUint16, ElementType::kUint16, kExact));
  EXPECT_FALSE(Acquits(wrong, right, ElementType::kUint16, ElementType::kUint16, kExact));
}

TEST_F(DeviceCompareTest, ToleranceOfFloats) {
  EXPECT_TRUE(Acquits({101.4, 0.4}, {100, 0}, Near(0.5, 0.01)));
  EXPECT_FALSE(Acquits({101.6, 0.4}, {100, 0}, Near(0.5, 0.01)));
  EXPECT_FALSE(Acquits({101.4, 0.6}, {100, 0}, Near(0.5, 0.01)));
  EXPECT_TRUE(Acquits({1 + 2 * 0x1p-23}, {1}, Ulp(2.1)));
  EXPECT_FALSE(Acquits({1 + 3 * 0x1p-23}, {1}, Ulp(2.1)));
  for (const ElementType type : {ElementType::kFloat16, ElementType::kBfloat16}) {
    EXPECT_TRUE(Acquits({1.5, 2, 3}, {1.5, 2.015625, 3}, Near(0, 0.01), type));
    EXPECT_FALSE(Acquits({1.5, 2, 3}, {1.5, 2.0625, 3}, Near(0, 0.01), type));
    EXPECT_FALSE(Acquits({1.5, 2, 3}, {1.5, 2, 3.25}, Near(0, 0.01), type));
  }
}

TEST_F(DeviceCompareTest, NanInfinityZeroAndSubnormals) {
  const double nan = std::numeric_limits<double>::quiet_NaN(), inf = std::numeric_limits<double>::infinity();
  for (const Tolerance& tolerance : {Near(100, 100), Statistical(100, 100), kExact, Ulp(1e6)}) {
    for (const ElementType type : {ElementType::kFloat, ElementType::kFloat16}) {
      EXPECT_FALSE(Acquits({1, nan}, {1, 1}, tolerance, type));
      EXPECT_FALSE(Acquits({1, 1}, {1, nan}, tolerance, type));
      EXPECT_FALSE(Acquits({inf, 1}, {-inf, 1}, tolerance, type));
      EXPECT_FALSE(Acquits({inf, 1}, {1, 1}, tolerance, type));
    }
    EXPECT_FALSE(Acquits(Raw(std::vector<std::uint32_t>(2, 0xffffffff)), Raw(std::vector<std::uint32_t>(2, 0)),
                         ElementType::kFloat, ElementType::kFloat, tolerance));
  }
  EXPECT_TRUE(Acquits({-0.0, 1}, {0.0, 1}, kExact));  // one value, as for the judge
  EXPECT_TRUE(Acquits({-0.0, 1}, {0.0, 1}, Near(0, 1e-6)));
  EXPECT_FALSE(Acquits({0x1p-140, 1}, {0.0, 1}, kExact));  // where the device may read both as zero
  EXPECT_FALSE(Acquits({0x1p-140, 1}, {0.0, 1}, Near(0, 1e-6)));
  EXPECT_FALSE(Acquits({1.5 * 0x1p-126, 1}, {1.25 * 0x1p-126, 1}, kExact));
  EXPECT_FALSE(Acquits({-1, 1}, {1, 1}, kExact));
}

TEST_F(DeviceCompareTest, Statistical) {
  std::mt19937 random(3);
  std::normal_distribution<double> normal;
  std::vector<double> expected(1 << 20), got(1 << 20);
  for (std::size_t i = 0; i < expected.size(); ++i) expected[i] = normal(random);
  for (std::size_t i = 0; i < expected.size(); ++i) got[i] = expected[i] + 1e-3 * normal(random);
  EXPECT_TRUE(Acquits(got, expected, Statistical(1.1e-3)));
  EXPECT_FALSE(Acquits(got, expected, Statistical(0.9e-3)));
  EXPECT_TRUE(Acquits(got, expected, Statistical(1.1e-3, 1e-2)));
  got.back() += 0.02;
  EXPECT_FALSE(Acquits(got, expected, Statistical(1.1e-3, 1e-2)));
  EXPECT_TRUE(Acquits(std::vector<double>(1000, 0), std::vector<double>(1000, 0), Statistical(1e-5)));
  EXPECT_TRUE(Acquits(Raw(ElementType::kFloat, expected), Raw(ElementType::kDouble, expected), ElementType::kFloat,
                      ElementType::kDouble, Statistical(1e-3)));
}

// Pairs at and around the edge of what is allowed, and odd bits: whatever is acquitted, the judge finds right too (Acquits
// tests it); and of what is clearly right nearly all is acquitted.
TEST_F(DeviceCompareTest, NeverAcquitsWhatTheJudgeConvicts) {
  std::mt19937_64 random(5);
  const auto uniform = [&] { return static_cast<double>(random() >> 11) * 0x1p-53; };
  int clearly_right = 0, acquitted = 0;
  for (int round = 0; round < 3000; ++round) {
    const ElementType type = std::vector{ElementType::kFloat, ElementType::kFloat16, ElementType::kBfloat16}[random() % 3];
    const bool in_double = random() % 3 == 0;
    const double size = std::exp2(std::floor((uniform() - 0.5) * (type == ElementType::kFloat16 ? 24 : 40)));
    const double relative = type == ElementType::kFloat ? 1e-5 : 0.02, absolute = random() % 2 ? 0 : 1e-3 * size;
    const Tolerance tolerance = random() % 4 == 0 ? Ulp(3) : Near(absolute, relative);
    std::vector<double> expected(5), got(5);
    const double reach = round % 2 ? 0.2 : 1 + 1e-6 * (uniform() - 0.5);  // clearly inside, or at the edge
    for (std::size_t i = 0; i < expected.size(); ++i) {
      Bytes rounded = Raw(type, {(uniform() - 0.5) * size});
      ToDoubles(type, rounded, std::span(&expected[i], 1));
      if (in_double) expected[i] *= 1 + (uniform() - 0.5) * 1e-9;
      const double allowed = tolerance.kind == Tolerance::Kind::kUlp ? 3 * EpsilonOf(type) * std::fabs(expected[i])
                                                                     : absolute + relative * std::fabs(expected[i]);
      got[i] = expected[i] + (random() % 2 ? 1 : -1) * reach * allowed;
    }
    const ElementType expected_type = in_double ? ElementType::kDouble : type;
    if (!DeviceCompare::Serves(type, expected_type, tolerance)) continue;
    const bool right = Acquits(Raw(type, got), Raw(expected_type, expected), type, expected_type, tolerance);
    if (reach > 0.5 || tolerance.kind == Tolerance::Kind::kUlp) continue;
    ++clearly_right;
    acquitted += right;
  }
  EXPECT_GT(clearly_right, 300);
  EXPECT_GT(acquitted, clearly_right * 9 / 10);
}

TEST_F(DeviceCompareTest, ADeviceThatDoesNothingAcquitsNobody) {
  const GpuBuffer any = context_.CreateBuffer(4000);
  const Comparands comparands{any, any, 1000, ElementType::kFloat, ElementType::kFloat, kExact};
  EXPECT_FALSE(DeviceCompare::Acquits(comparands, Bytes(compare_.VerdictBytes(comparands), std::byte{0xff})));
}

}  // namespace
}  // namespace hone
