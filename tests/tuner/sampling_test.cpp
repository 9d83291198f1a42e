#include "tuner/sampling.h"

#include <gtest/gtest.h>

namespace hone {
namespace {

const SamplingRules kRules;

TEST(Sampling, WhatBothChecksRanFarOverTheBoundIsHopeless) {
  EXPECT_EQ(HopelessByItsChecks({{50e6, 40e6}}, 30e6, true, kRules), 40e6);
  EXPECT_EQ(HopelessByItsChecks({{40e6, 50e6}}, 30e6, true, kRules), 40e6);
}

TEST(Sampling, OneSlowCheckMakesNothingHopeless) {
  EXPECT_EQ(HopelessByItsChecks({{300e6, 30e6}}, 30e6, true, kRules), std::nullopt);
}

TEST(Sampling, AColdCacheMakesNothingHopeless) {
  EXPECT_EQ(HopelessByItsChecks({{34e6, 34e6}}, 30e6, true, kRules), std::nullopt);
  EXPECT_EQ(HopelessByItsChecks({{35e6, 35e6}}, 30e6, true, kRules), 35e6);
  EXPECT_EQ(HopelessByItsChecks({{35e6, 35e6}}, 30e6, false, kRules), std::nullopt);  // a CPU is less alone
}

TEST(Sampling, NothingIsHopelessWithoutABoundOrTimes) {
  EXPECT_EQ(HopelessByItsChecks({{50e6, 40e6}}, 0, true, kRules), std::nullopt);
  EXPECT_EQ(HopelessByItsChecks({}, 30e6, true, kRules), std::nullopt);
  EXPECT_EQ(HopelessByItsChecks({{50e6, 40e6}, false}, 30e6, true, kRules), std::nullopt);  // the clock's, perhaps
}

TEST(Sampling, AShortCallIsTimed) { EXPECT_EQ(HopelessByItsChecks({{0.9e6, 0.9e6}}, 0.1e6, true, kRules), std::nullopt); }

TEST(Sampling, ALongCheckWarmsUp) {
  EXPECT_EQ(WarmByItsChecks({{50e6, 40e6}}, true, kRules), 40e6);
  EXPECT_EQ(WarmByItsChecks({{50e6, 0.5e6}}, true, kRules), 0);
  EXPECT_EQ(WarmByItsChecks({{50e6, 40e6}, false}, true, kRules), 0);
  EXPECT_EQ(WarmByItsChecks({{50e6, 40e6}}, false, kRules), 0);
  EXPECT_EQ(WarmByItsChecks({}, true, kRules), 0);
}

TEST(Sampling, ThreeLongOnesThatAgreeAreEnoughOnAGpu) {
  EXPECT_FALSE(IsEnough({30e6, 30e6}, 60, 0, true, kRules));
  EXPECT_TRUE(IsEnough({30e6, 30.2e6, 30.1e6}, 90, 0, true, kRules));
  EXPECT_FALSE(IsEnough({30e6, 30.4e6, 30.1e6}, 90, 0, true, kRules));
  EXPECT_FALSE(IsEnough({30e6, 30.2e6, 30.1e6}, 90, 0, false, kRules));
}

TEST(Sampling, ShortOnesAreTakenSevenTimesAtLeast) {
  EXPECT_FALSE(IsEnough({1e4, 1e4, 1e4, 1e4, 1e4, 1e4}, 2, 0, true, kRules));
  EXPECT_TRUE(IsEnough({1e4, 1e4, 1e4, 1e4, 1e4, 1e4, 1e4}, 2, 0, true, kRules));
}

TEST(Sampling, UntilTheIntervalIsNarrowOrTheTimeIsUp) {
  const std::vector<double> wide{1.0e4, 1.1e4, 1.2e4, 1.0e4, 1.1e4, 1.2e4, 1.0e4};
  EXPECT_FALSE(IsEnough(wide, 2, 0, true, kRules));
  EXPECT_TRUE(IsEnough(wide, 251, 0, true, kRules));
  EXPECT_TRUE(IsEnough(std::vector<double>(50, 1e4), 2, 0, true, {.interval = -1}));  // as many as may be
}

TEST(Sampling, WhatCannotWinIsSampledThreeTimes) {
  EXPECT_FALSE(IsEnough({3e4, 2e4}, 1, 1e4, true, kRules));
  EXPECT_TRUE(IsEnough({3e4, 2e4, 1.1e4}, 1, 1e4, true, kRules));
  EXPECT_FALSE(IsEnough({3e4, 2e4, 0.9e4}, 1, 1e4, true, kRules));
}

}  // namespace
}  // namespace hone
