#include "tuner/compare.h"

#include <gtest/gtest.h>

#include <limits>
#include <vector>

namespace hone {
namespace {

std::optional<std::string> Compare(const std::vector<double>& got, const std::vector<double>& expected, Tolerance tolerance,
                                   ElementType type = ElementType::kFloat, ElementType expected_type = ElementType::kDouble) {
  std::vector<std::byte> a(got.size() * BytesOf(type)), b(expected.size() * BytesOf(expected_type));
  FromDoubles(type, got, a);
  FromDoubles(expected_type, expected, b);
  Comparison comparison("y", type, expected_type, tolerance, 0xffffffff);
  comparison.Add(0, a, b);
  return comparison.Finish();
}

TEST(Compare, AbsoluteAndRelative) {
  const Tolerance tolerance{Tolerance::Kind::kAbsoluteRelative, 0.5, 0.01};
  EXPECT_FALSE(Compare({101.4, 0.5}, {100, 0}, tolerance));
  const auto wrong = Compare({1, 101.6, 7}, {1, 100, 9}, tolerance);
  ASSERT_TRUE(wrong);
  EXPECT_EQ(*wrong, "'y': 2 of 3 elements wrong; element 1 is 101.599998, expected 100");
}

TEST(Compare, ExactUlpAndStatistical) {
  EXPECT_FALSE(Compare({1}, {1}, {Tolerance::Kind::kExact}));
  EXPECT_TRUE(Compare({1}, {1 + 1e-6}, {Tolerance::Kind::kExact}));
  Tolerance ulp{Tolerance::Kind::kUlp};
  ulp.ulp = 2;
  EXPECT_FALSE(Compare({1 + 2 * 0x1p-23}, {1}, ulp));
  EXPECT_TRUE(Compare({1 + 3 * 0x1p-23}, {1}, ulp));
  const Tolerance statistical{Tolerance::Kind::kStatistical, 3, 0.1};
  EXPECT_FALSE(Compare({1.05, -1}, {1, -1}, statistical));
  EXPECT_TRUE(Compare({1.5, -1}, {1, -1}, statistical));
}

TEST(Compare, NanAndInfinityAreValuesToo) {
  const double nan = std::numeric_limits<double>::quiet_NaN(), inf = std::numeric_limits<double>::infinity();
  EXPECT_FALSE(Compare({nan, inf}, {nan, inf}, {}));
  EXPECT_TRUE(Compare({nan}, {1}, {}));
  EXPECT_TRUE(Compare({inf}, {-inf}, {}));
  EXPECT_TRUE(Compare({nan}, {1}, {Tolerance::Kind::kStatistical, 100, 100}));
}

TEST(Compare, SaysWhatWasNeverWritten) {
  std::vector<std::byte> got(16, std::byte{0xff}), expected(16, std::byte{0});
  Comparison comparison("y", ElementType::kFloat, ElementType::kFloat, {}, 0xffffffff);
  comparison.Add(8, got, expected);
  const auto wrong = comparison.Finish();
  ASSERT_TRUE(wrong);
  EXPECT_NE(wrong->find("4 of 4 elements wrong; element 8"), std::string::npos) << *wrong;
  EXPECT_NE(wrong->find("4 were never written"), std::string::npos) << *wrong;
}

TEST(Compare, BigIntegersByTheirBytes) {
  std::vector<std::uint64_t> a{(1ull << 60) + 1, 5}, b{(1ull << 60) + 1, 5}, c{(1ull << 60), 5};
  const auto bytes = [](const auto& v) { return std::as_bytes(std::span(v)); };
  Comparison same("y", ElementType::kUint64, ElementType::kUint64, {Tolerance::Kind::kExact}, 0);
  same.Add(0, bytes(a), bytes(b));
  EXPECT_FALSE(same.Finish());
  Comparison other("y", ElementType::kUint64, ElementType::kUint64, {Tolerance::Kind::kExact}, 0);
  other.Add(0, bytes(a), bytes(c));
  EXPECT_TRUE(other.Finish());
}

}  // namespace
}  // namespace hone
