#include "tuner/watchdog.h"

#include <gtest/gtest.h>

namespace hone {
namespace {

TEST(Watchdog, ALeaderTellsWhetherAnotherMayBeLong) {
  EXPECT_TRUE(MayBeLong(0, 1000));  // there is none
  EXPECT_FALSE(MayBeLong(3.9, 1000));
  EXPECT_TRUE(MayBeLong(4, 1000));
}

TEST(Watchdog, LetsAShortOneRunWhole) {
  const LongDispatch judged = JudgeLength(999, 1000, 10000, 1);
  EXPECT_EQ(judged.parts, 1u);
  EXPECT_TRUE(judged.refusal.empty());
}

TEST(Watchdog, DividesALongOneWithRoom) {
  const LongDispatch judged = JudgeLength(2000, 1000, 10000, 3);
  EXPECT_EQ(judged.parts, 3u);  // 2.5
  EXPECT_TRUE(judged.refusal.empty());
}

TEST(Watchdog, RefusesWhatCannotBeDividedAndSaysSo) {
  EXPECT_EQ(JudgeLength(2000, 1000, 10000, 1).refusal,
            "one call would run about 2000 ms; allowed 1000 ms, and it cannot be divided");
  EXPECT_EQ(JudgeLength(2000, 1000, 10000, 2).refusal,
            "one call would run about 2000 ms; allowed 1000 ms, and it can only be divided into 2");
  EXPECT_EQ(JudgeLength(20000, 1000, 10000, 1000).refusal, "one call would run about 20000 ms; allowed 10000 ms");
}

}  // namespace
}  // namespace hone
