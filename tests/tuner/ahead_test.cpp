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

TEST(CompileAhead, WhatCompiledOutlivesItsExpectation) {
  std::atomic<int> compiled = 0;
  ThreadPool pool(1);
  CompileAhead ahead(
      [&](PointId point) {
        ++compiled;
        return Compiled{.binary = Binary(), .message = std::to_string(point)};
      },
      pool);
  const std::array<PointId, 2> points{7, 8};
  ahead.Expect(points);
  while (ahead.Ready().size() < points.size()) std::this_thread::yield();
  EXPECT_EQ(ahead.Take(8)->message, "8");
  ahead.Expect({});
  EXPECT_TRUE(ahead.Ready().empty());
  EXPECT_EQ(ahead.Take(7)->message, "7");
  EXPECT_EQ(compiled, 2);
  EXPECT_EQ(ahead.Take(8)->message, "8");  // taken before: compiled anew
  EXPECT_EQ(compiled, 3);
}

// The pool may be busy with others' work.
TEST(CompileAhead, WhatSomebodyWaitsForNeedsNoThreadOfThePool) {
  std::atomic<bool> go_on = false;
  ThreadPool pool(1);
  pool.Post([&] {
    while (!go_on) std::this_thread::yield();
  });
  std::atomic<int> compiled = 0;
  CompileAhead ahead(
      [&](PointId point) {
        ++compiled;
        return Compiled{.message = std::to_string(point)};
      },
      pool);
  ahead.Expect(std::array<PointId, 3>{1, 2, 3});
  EXPECT_EQ(ahead.Take(2)->message, "2");
  ahead.Expect(std::array<PointId, 1>{4});
  EXPECT_EQ(ahead.Take(3)->message, "3");
  go_on = true;
  std::atomic<bool> done = false;
  pool.Post([&] { done = true; });  // after what was expected meanwhile
  while (!done) std::this_thread::yield();
  EXPECT_EQ(compiled, 3) << "2, 3 and 4: 1 is no longer expected";
}

TEST(CompileAhead, WhileItIsPausedOnlyWhatIsTakenCompiles) {
  std::atomic<int> compiled = 0;
  ThreadPool pool(1);
  CompileAhead ahead(
      [&](PointId point) {
        ++compiled;
        return Compiled{.binary = Binary(), .message = std::to_string(point)};
      },
      pool);
  ahead.Pause(true);
  ahead.Expect(std::array<PointId, 2>{1, 2});
  EXPECT_EQ(ahead.Take(1)->message, "1");
  EXPECT_EQ(compiled, 1);
  ahead.Pause(false);
  while (ahead.Ready().empty()) std::this_thread::yield();
  EXPECT_EQ(compiled, 2);
}

}  // namespace
}  // namespace hone
