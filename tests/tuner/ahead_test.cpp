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

// Says of each point which it is, and counts them.
struct Counting {
  std::atomic<int> compiled = 0;
  ThreadPool pool{1};
  CompileAhead ahead{[this](PointId point) {
                       ++compiled;
                       return Compiled{.binary = Binary(), .message = std::to_string(point)};
                     },
                     pool};

  void AwaitReady(std::size_t count) {
    while (ahead.Ready().size() < count) std::this_thread::yield();
  }
};

// Keeps the only thread of a pool from everything that is posted later; Go waits until all of that is done.
class Busy {
 public:
  explicit Busy(ThreadPool& pool) : pool_(pool) {
    pool.Post([this] {
      while (!go_on_) std::this_thread::yield();
    });
  }
  void Go() {
    std::atomic<bool> done = false;
    pool_.Post([&] { done = true; });
    go_on_ = true;
    while (!done) std::this_thread::yield();
  }

 private:
  ThreadPool& pool_;
  std::atomic<bool> go_on_ = false;
};

TEST(CompileAhead, WhatCompiledOutlivesItsExpectation) {
  Counting counting;
  CompileAhead& ahead = counting.ahead;
  ahead.Expect(std::array<PointId, 2>{7, 8});
  counting.AwaitReady(2);
  EXPECT_EQ(ahead.Take(8)->message, "8");
  ahead.Expect({});
  EXPECT_TRUE(ahead.Ready().empty());
  EXPECT_EQ(ahead.Take(7)->message, "7");
  EXPECT_EQ(counting.compiled, 2);
  EXPECT_EQ(ahead.Take(8)->message, "8");  // taken before: compiled anew
  EXPECT_EQ(counting.compiled, 3);
}

// The pool may be busy with others' work.
TEST(CompileAhead, WhatSomebodyWaitsForNeedsNoThreadOfThePool) {
  Counting counting;
  CompileAhead& ahead = counting.ahead;
  Busy busy(counting.pool);
  ahead.Expect(std::array<PointId, 3>{1, 2, 3});
  EXPECT_EQ(ahead.Take(2)->message, "2");
  ahead.Expect(std::array<PointId, 1>{4});
  EXPECT_EQ(ahead.Take(3)->message, "3");
  busy.Go();
  EXPECT_EQ(counting.compiled, 3) << "2, 3 and 4: 1 is no longer expected";
}

TEST(CompileAhead, WhatWasTakenIsExpectedNoMore) {
  Counting counting;
  CompileAhead& ahead = counting.ahead;
  ahead.Expect(std::array<PointId, 2>{7, 8});
  counting.AwaitReady(2);
  Busy busy(counting.pool);
  ahead.Expect(std::array<PointId, 2>{7, 8});  // again, as a search does that goes on
  EXPECT_EQ(ahead.Take(7)->message, "7");
  busy.Go();
  EXPECT_EQ(counting.compiled, 2);
}

TEST(CompileAhead, WhileItIsPausedOnlyWhatIsTakenCompiles) {
  Counting counting;
  CompileAhead& ahead = counting.ahead;
  ahead.Pause(true);
  ahead.Expect(std::array<PointId, 2>{1, 2});
  EXPECT_EQ(ahead.Take(1)->message, "1");
  EXPECT_EQ(counting.compiled, 1);
  ahead.Pause(false);
  counting.AwaitReady(1);
  EXPECT_EQ(counting.compiled, 2);
}

}  // namespace
}  // namespace hone
