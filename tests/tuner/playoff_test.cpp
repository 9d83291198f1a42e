#include "tuner/playoff.h"

#include <gtest/gtest.h>

#include <random>
#include <vector>

namespace hone {
namespace {

std::vector<double> Times(std::mt19937& random, double mean, double deviation, int count = 21) {
  std::normal_distribution<double> time(mean, deviation);
  std::vector<double> times;
  for (int i = 0; i < count; ++i) times.push_back(time(random));
  return times;
}

TEST(Playoff, AClearWinnerIsNotTied) {
  std::mt19937 random(3);
  const std::vector<std::vector<double>> times{Times(random, 120, 1), Times(random, 100, 1), Times(random, 110, 1)};
  const Verdict verdict = Judge(times, std::vector<double>{0, 1, 2});
  EXPECT_EQ(verdict.order, (std::vector<std::size_t>{1, 2, 0}));
  EXPECT_EQ(verdict.tied, (std::vector<bool>{false, true, false}));
  EXPECT_EQ(verdict.winner, 1u);
}

TEST(Playoff, TheSimplestOfTheTiedWins) {
  std::mt19937 random(3);
  const std::vector<std::vector<double>> times{Times(random, 100, 3), Times(random, 100, 3), Times(random, 150, 3)};
  EXPECT_EQ(Judge(times, std::vector<double>{2, 1, 0}).winner, 1u);
  EXPECT_EQ(Judge(times, std::vector<double>{1, 2, 0}).winner, 0u);
}

TEST(Playoff, TheSameVariantTwiceIsTied) {  // A/A: at least 95 of 100 pairs
  std::mt19937 random(3);
  int tied = 0;
  for (int pair = 0; pair < 1000; ++pair) {
    const std::vector<std::vector<double>> times{Times(random, 100, 2), Times(random, 100, 2)};
    const Verdict verdict = Judge(times, std::vector<double>{0, 0});
    tied += verdict.tied[0] && verdict.tied[1];
  }
  EXPECT_GE(tied, 970);
}

}  // namespace
}  // namespace hone
