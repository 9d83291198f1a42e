#include "tuner/stove.h"

#include <gtest/gtest.h>

#include <chrono>
#include <thread>

namespace hone {
namespace {

using std::chrono::milliseconds;

// Waits, as long as it takes, until more than `count` dispatches were made.
void WaitForMoreThan(const Stove& stove, std::uint64_t count) {
  while (stove.dispatches() <= count) std::this_thread::sleep_for(milliseconds(1));
}

TEST(StoveTest, BurnsUnlessSomethingRests) {
  Stove stove("");
  WaitForMoreThan(stove, 0);
  std::uint64_t before = 0;
  {
    const Stove::Rest rest(&stove);
    before = stove.dispatches();
    { const Stove::Rest inner(&stove); }
    std::this_thread::sleep_for(milliseconds(100));
    EXPECT_EQ(stove.dispatches(), before) << "the outer rest holds when an inner one ends";
  }
  WaitForMoreThan(stove, before);
}

TEST(StoveTest, NoStoveNeedsNoRest) { const Stove::Rest rest(nullptr); }

}  // namespace
}  // namespace hone
