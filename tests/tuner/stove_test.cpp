#include "tuner/stove.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <optional>
#include <thread>

#include "tuner/turn_lock.h"

namespace hone {
namespace {

using std::chrono::milliseconds;

// Waits, as long as it takes, until more than `count` dispatches were made.
void WaitForMoreThan(const Stove& stove, std::uint64_t count) {
  while (stove.dispatches() <= count) std::this_thread::sleep_for(milliseconds(1));
}

TEST(StoveTest, BurnsUnlessSomethingRests) {
  Stove stove("", "");
  WaitForMoreThan(stove, 0);
  std::uint64_t before = 0;
  {
    const Stove::Rest rest(stove);
    before = stove.dispatches();
    { const Stove::Rest inner(stove); }
    std::this_thread::sleep_for(milliseconds(100));
    EXPECT_EQ(stove.dispatches(), before) << "the outer rest holds when an inner one ends";
  }
  WaitForMoreThan(stove, before);
}

TEST(StoveTest, NothingBurnsWhereNothingNeedsToBeHot) {
  Stove stove(std::nullopt, "");
  const Stove::Rest rest(stove);
  EXPECT_EQ(stove.dispatches(), 0u);
}

// As two workers of one device do.
TEST(StoveTest, AnotherStoveWaitsForTheRestToEnd) {
  const TurnFile file;
  Stove stove("", file.path()), other(std::nullopt, file.path());
  std::atomic<bool> has_turn = false;
  std::optional<Stove::Rest> rest(std::in_place, stove);
  const std::uint64_t before = stove.dispatches();
  std::jthread waits([&] {
    const Stove::Rest others(other);
    has_turn = true;
  });
  std::this_thread::sleep_for(milliseconds(100));
  EXPECT_FALSE(has_turn);
  EXPECT_EQ(stove.dispatches(), before);
  rest.reset();
  waits.join();
  EXPECT_TRUE(has_turn);
  WaitForMoreThan(stove, before);  // the other one's turn has ended
}

}  // namespace
}  // namespace hone
