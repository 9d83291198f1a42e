#include "tuner/playoff.h"

#include <gtest/gtest.h>

#include <cmath>
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

TEST(Playoff, FitsIntoTheTimeThatThereIs) {
  const std::vector<double> medians{10e6, 10e6, 30e6};  // a turn of all: 50 ms
  const double whole = PlayoffSeconds(medians, 21);
  EXPECT_NEAR(whole, 3 * 0.02 + 25 * 0.05, 1e-9);
  EXPECT_EQ(PlayoffRounds(100, medians, 21), 21);
  EXPECT_EQ(PlayoffRounds(whole - 0.11, medians, 21), 18);
  EXPECT_EQ(PlayoffRounds(whole - 0.69, medians, 21), 7);
  EXPECT_EQ(PlayoffRounds(whole - 0.71, medians, 21), 0);  // six are too few to tell anything
  EXPECT_EQ(PlayoffRounds(-1, medians, 21), 0);
  EXPECT_EQ(PlayoffRounds(whole, medians, 5), 5);  // who asks for few gets few
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

// What a GPU's times look like: ticks of 32 ns, a clock that drifts during the play-off, now and then an interruption.
std::vector<std::vector<double>> Rounds(std::mt19937& random, double slower_by, int count = 21) {
  std::normal_distribution<double> noise(0, 0.004);
  std::uniform_real_distribution<double> uniform(0, 1);
  std::vector<std::vector<double>> times(2);
  for (int round = 0; round < count; ++round) {
    const double drift = 1 + 0.03 * round / count;
    for (std::size_t i = 0; i < 2; ++i) {
      double time = 20000 * drift * (1 + noise(random)) * (i == 1 ? 1 + slower_by : 1);
      if (uniform(random) < 0.05) time *= 1 + uniform(random);
      times[i].push_back(std::round(time / 32) * 32);
    }
  }
  return times;
}

TEST(Playoff, DriftAndOutliersMakeNoWinner) {
  std::mt19937 random(11);
  int tied = 0, told = 0;
  for (int pair = 0; pair < 1000; ++pair) {
    const Verdict same = Judge(Rounds(random, 0), std::vector<double>{0, 0});
    tied += same.tied[0] && same.tied[1];
    const Verdict other = Judge(Rounds(random, 0.05), std::vector<double>{1, 0});
    told += !other.tied[1] && other.winner == 0;
  }
  EXPECT_GE(tied, 970);
  EXPECT_GE(told, 970);  // and it is not blind: 5 % is a difference
}

}  // namespace
}  // namespace hone
