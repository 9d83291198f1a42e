#include "tuner/element.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <limits>
#include <vector>

#include "db/error.h"
#include "db/kernel.h"

namespace hone {
namespace {

TEST(Element, KnowsEveryScalarOfTheManifest) {
  for (const char* glsl : {"float", "float16_t", "bfloat16_t", "double", "int", "uint", "int8_t", "uint8_t", "int16_t",
                           "uint16_t", "int64_t", "uint64_t"})
    EXPECT_EQ(BytesOf(ElementTypeFromGlsl(glsl)), ScalarBytes(glsl)) << glsl;
  EXPECT_THROW(ElementTypeFromGlsl("vec4"), Error);
}

TEST(Element, EveryHalfSurvivesTheWayThroughDouble) {
  for (std::uint32_t bits = 0; bits < 0x10000; ++bits) {
    const double value = HalfToDouble(static_cast<std::uint16_t>(bits));
    if (std::isnan(value)) continue;
    ASSERT_EQ(HalfFromDouble(value), bits) << value;
  }
}

TEST(Element, HalvesRoundToTheNearestEven) {
  EXPECT_EQ(HalfToDouble(0x3c00), 1.0);
  EXPECT_EQ(HalfToDouble(0x0001), 0x1p-24);
  EXPECT_EQ(HalfFromDouble(1 + 0x1p-11), 0x3c00);  // half way: to even
  EXPECT_EQ(HalfFromDouble(1 + 0x1p-11 + 0x1p-30), 0x3c01);
  EXPECT_EQ(HalfFromDouble(1 + 3 * 0x1p-11), 0x3c02);
  EXPECT_EQ(HalfFromDouble(65519.99), 0x7bff);
  EXPECT_EQ(HalfFromDouble(65520), 0x7c00);
  EXPECT_EQ(HalfFromDouble(-1e30), 0xfc00);
  EXPECT_EQ(HalfFromDouble(0x1p-26), 0);
  EXPECT_EQ(HalfFromDouble(1023.75 * 0x1p-24), 0x0400);  // the greatest subnormal rounds up to the least normal
}

TEST(Element, WhatLiesBetweenTwoHalvesBecomesTheNearer) {
  for (std::uint16_t bits = 0; bits < 0x7bff; ++bits) {
    const double low = HalfToDouble(bits), high = HalfToDouble(bits + 1), middle = (low + high) / 2;
    ASSERT_EQ(HalfFromDouble(middle), bits % 2 ? bits + 1 : bits) << middle;
    ASSERT_EQ(HalfFromDouble(std::nextafter(middle, low)), bits) << middle;
    ASSERT_EQ(HalfFromDouble(std::nextafter(middle, high)), bits + 1) << middle;
    ASSERT_EQ(HalfFromDouble(-std::nextafter(middle, high)), 0x8000 | (bits + 1)) << middle;
  }
}

TEST(Element, EveryBfloatSurvivesAndRoundsOnce) {
  for (std::uint32_t bits = 0; bits < 0x10000; ++bits) {
    const double value = Bfloat16ToDouble(static_cast<std::uint16_t>(bits));
    if (std::isnan(value)) continue;
    ASSERT_EQ(Bfloat16FromDouble(value), bits) << value;
  }
  // 1 + 2^-8 is half way between two bfloat16s: a value a little above must go up, though float rounds it to the half.
  EXPECT_EQ(Bfloat16FromDouble(1 + 0x1p-8), 0x3f80);
  EXPECT_EQ(Bfloat16FromDouble(1 + 0x1p-8 + 0x1p-40), 0x3f81);
}

TEST(Element, IntegersSaturate) {
  const std::vector<double> values{-1e9, 1e9, 300, -5, std::numeric_limits<double>::quiet_NaN()};
  std::vector<std::byte> bytes(values.size());
  FromDoubles(ElementType::kInt8, values, bytes);
  std::vector<double> back(values.size());
  ToDoubles(ElementType::kInt8, bytes, back);
  EXPECT_EQ(back, (std::vector<double>{-128, 127, 127, -5, 0}));
}

}  // namespace
}  // namespace hone
