#include "tuner/rank_test.h"

#include <gtest/gtest.h>

#include <random>
#include <vector>

namespace hone {
namespace {

TEST(RankTest, ExactSmallSets) {  // tables: n = m = 4, U = 0 has p = 2/70; n = 3, m = 4, U = 1 has p = 4/35
  EXPECT_NEAR(MannWhitney(std::vector<double>{1, 2, 3, 4}, std::vector<double>{5, 6, 7, 8}), 2.0 / 70, 1e-12);
  EXPECT_NEAR(MannWhitney(std::vector<double>{1, 2, 4}, std::vector<double>{3, 5, 6, 7}), 4.0 / 35, 1e-12);
}

TEST(RankTest, NothingToTell) {
  EXPECT_EQ(MannWhitney(std::vector<double>{}, std::vector<double>{1}), 1);
  EXPECT_EQ(MannWhitney(std::vector<double>{2, 2, 2}, std::vector<double>{2, 2}), 1);
}

TEST(RankTest, TheSameDistributionIsSeldomCalledDifferent) {
  std::mt19937 random(1);
  std::lognormal_distribution<double> time(0, 0.3);
  int called = 0;
  for (int trial = 0; trial < 2000; ++trial) {
    std::vector<double> a(25), b(25);
    for (double& x : a) x = time(random);
    for (double& x : b) x = time(random);
    called += MannWhitney(a, b) < 0.05;
  }
  EXPECT_NEAR(called, 100, 35);  // 5 %; 3.5 deviations
}

TEST(RankTest, AShiftIsSeen) {
  std::mt19937 random(1);
  std::normal_distribution<double> time(100, 1);
  std::vector<double> a(20), b(20);
  for (double& x : a) x = time(random);
  for (double& x : b) x = time(random) + 3;
  EXPECT_LT(MannWhitney(a, b), 1e-6);
}

}  // namespace
}  // namespace hone
