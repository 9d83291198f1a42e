#include "tuner/ahead.h"

#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <string>
#include <thread>

#include "tuner/ahead_pace.h"

namespace hone {
namespace {

TEST(AheadPace, DecidesEarlierWhatIsWaitedFor) {
  AheadPace pace(16);
  EXPECT_EQ(pace.points(), 16u);
  for (int i = 0; i < 8; ++i) pace.Measured(0, 300);
  EXPECT_EQ(pace.points(), 1u);
  pace.Measured(50, 300);  // neither long nor short
  EXPECT_EQ(pace.points(), 1u);
  pace.Measured(400, 30);
  EXPECT_EQ(pace.points(), 3u);
  for (int i = 0; i < 9; ++i) pace.Measured(400, 30);
  EXPECT_EQ(pace.points(), 16u);
}

TEST(CompileAhead, WhatCompiledOutlivesARest) {
  std::atomic<int> compiled = 0;
  CompileAhead ahead(
      [&](PointId point) {
        ++compiled;
        return Compiled{.binary = Binary(), .message = std::to_string(point)};
      },
      1);
  const std::array<PointId, 2> points{7, 8};
  ahead.Expect(points);
  while (ahead.Ready().size() < points.size()) std::this_thread::yield();
  EXPECT_EQ(ahead.Take(8)->message, "8");
  ahead.Rest();
  EXPECT_EQ(compiled, 2);
  EXPECT_EQ(ahead.Take(7)->message, "7");
  EXPECT_EQ(compiled, 2);
  EXPECT_EQ(ahead.Take(8)->message, "8");  // taken before: compiled anew
  EXPECT_EQ(compiled, 3);
}

// With several devices one thread searches, and expects anew, while another waits for its own variant.
TEST(CompileAhead, WhatSomebodyWaitsForIsNotForgotten) {
  std::atomic<bool> began = false, go_on = false, asks = false;
  CompileAhead ahead(
      [&](PointId point) {
        began = true;
        while (point == 1 && !go_on) std::this_thread::yield();
        return Compiled{.message = std::to_string(point)};
      },
      1);
  ahead.Expect(std::array<PointId, 1>{1});
  while (!began) std::this_thread::yield();  // the only thread is busy
  std::string taken;
  std::jthread other([&] {
    asks = true;
    taken = ahead.Take(2)->message;
  });
  while (!asks) std::this_thread::yield();
  for (PointId point = 3; point < 1000; ++point) {
    ahead.Expect(std::array<PointId, 1>{point});
    std::this_thread::yield();
  }
  go_on = true;
  other.join();
  EXPECT_EQ(taken, "2");
}

}  // namespace
}  // namespace hone
