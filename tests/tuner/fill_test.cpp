#include "tuner/fill.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "db/hash.h"

namespace hone {
namespace {

std::vector<double> Values(ElementType type, const Fill& fill, std::uint64_t seed, std::uint64_t first, std::size_t count) {
  std::vector<std::byte> bytes(count * BytesOf(type));
  FillElements(type, fill, seed, first, bytes);
  std::vector<double> values(count);
  ToDoubles(type, bytes, values);
  return values;
}

TEST(Fill, IsTheSameInPartsAndOnManyThreads) {
  const Fill fill{Fill::Kind::kUniform, -1, 1};
  const std::size_t count = 5u << 20;  // several threads
  const auto whole = Values(ElementType::kFloat, fill, 7, 0, count);
  const auto part = Values(ElementType::kFloat, fill, 7, 1234567, 1000);
  EXPECT_TRUE(std::equal(part.begin(), part.end(), whole.begin() + 1234567));
  EXPECT_NE(Values(ElementType::kFloat, fill, 8, 0, 10), Values(ElementType::kFloat, fill, 7, 0, 10));
}

TEST(Fill, IsTheSameEverywhere) {  // the numbers are part of the format: a result stored elsewhere was measured with them
  EXPECT_EQ(Mix(1, 0), 0x910a2dec89025cc1u);
  const auto values = Values(ElementType::kUint32, {Fill::Kind::kIntegers, 0, 99}, 1, 0, 4);
  EXPECT_EQ(values[0], std::floor(static_cast<double>(Mix(1, 0) >> 11) * 0x1p-53 * 100));
}

// Of every type, far from the start.
std::uint64_t ChecksumOfAllTypes(const Fill& fill) {
  std::string all;
  for (int type = 0; type <= static_cast<int>(ElementType::kUint64); ++type) {
    std::string bytes(1000 * BytesOf(ElementType{type}), '\0');
    FillElements(ElementType{type}, fill, 7, 12345678901u, std::as_writable_bytes(std::span(bytes)));
    all += bytes;
  }
  return ChecksumOf(all);
}

TEST(Fill, EveryTypeIsTheSameEverywhere) {
  EXPECT_EQ(ChecksumOfAllTypes({Fill::Kind::kConstant, 2.3, 0}), 0x36d198187561e16eu);
  EXPECT_EQ(ChecksumOfAllTypes({Fill::Kind::kRamp, 10, 0.37}), 0xee5860352008164u);
  EXPECT_EQ(ChecksumOfAllTypes({Fill::Kind::kUniform, -3, 1.1}), 0x4017a584373f3afdu);
  EXPECT_EQ(ChecksumOfAllTypes({Fill::Kind::kNormal, 1, 2.7}), 0xf064edd1f77c7e9fu);
  EXPECT_EQ(ChecksumOfAllTypes({Fill::Kind::kIntegers, -40000.5, 40000}), 0x5567d5f373f4f749u);
  EXPECT_EQ(ChecksumOfAllTypes({Fill::Kind::kRandomBits}), 0x222f00d746732e98u);
}

TEST(Fill, HasTheShapeItSays) {
  const std::size_t count = 200000;
  double sum = 0, squares = 0;
  for (const double x : Values(ElementType::kDouble, {Fill::Kind::kNormal, 3, 2}, 1, 0, count)) {
    sum += x;
    squares += (x - 3) * (x - 3);
  }
  EXPECT_NEAR(sum / count, 3, 0.02);
  EXPECT_NEAR(std::sqrt(squares / count), 2, 0.02);
  const auto uniform = Values(ElementType::kFloat, {Fill::Kind::kUniform, -1, 3}, 1, 0, count);
  EXPECT_GE(*std::ranges::min_element(uniform), -1);
  EXPECT_LE(*std::ranges::max_element(uniform), 3);
  EXPECT_NEAR(*std::ranges::max_element(uniform), 3, 0.001);
  const auto integers = Values(ElementType::kInt32, {Fill::Kind::kIntegers, -2, 2}, 1, 0, count);
  for (int value = -2; value <= 2; ++value) EXPECT_NEAR(std::ranges::count(integers, value), count / 5.0, count * 0.01);
}

TEST(Fill, RampConstantZeroBits) {
  EXPECT_EQ(Values(ElementType::kFloat, {Fill::Kind::kRamp, 10, 0.5}, 1, 4, 2), (std::vector<double>{12, 12.5}));
  EXPECT_EQ(Values(ElementType::kFloat16, {Fill::Kind::kConstant, 2.5, 0}, 1, 0, 2), (std::vector<double>{2.5, 2.5}));
  EXPECT_EQ(Values(ElementType::kInt64, {Fill::Kind::kZero, 1, 1}, 1, 0, 2), (std::vector<double>{0, 0}));
  EXPECT_EQ(Values(ElementType::kUint32, {Fill::Kind::kRandomBits}, 5, 3, 1)[0], static_cast<double>(Mix(5, 3) & 0xffffffff));
}

}  // namespace
}  // namespace hone
