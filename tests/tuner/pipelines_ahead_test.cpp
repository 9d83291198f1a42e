#include "tuner/pipelines_ahead.h"

#include <gtest/gtest.h>

#include <atomic>
#include <latch>
#include <stdexcept>
#include <thread>

#include "compiler/compile.h"
#include "compiler/template.h"
#include "runtime/context.h"

namespace hone {
namespace {

class PipelinesAheadTest : public testing::Test {
 protected:
  Binary Variant(std::int64_t steps) {
    return *compiler_.Compile(kernel_, "steps", {{"STEPS", steps}, {"WG", std::int64_t{64}}}).binary;
  }
  ExpectedPipeline Expected(std::uint64_t number) { return {number, Variant(static_cast<std::int64_t>(number)), problem_}; }

  const Kernel kernel_ = LoadKernel(std::string(HONE_TEST_DATA) + "/kernels/steps");
  const Values problem_{{"n", 997}};
  Compiler compiler_;
  Context context_;
};

TEST_F(PipelinesAheadTest, GivesWhatWasMadeOnceAndOnlyThat) {
  std::latch ended(3);
  PipelinesAhead ahead([&](const ExpectedPipeline& each) { return context_.CreatePipeline(each.binary, each.problem); },
                       [&](std::uint64_t, bool begins) {
                         if (!begins) ended.count_down();
                       });
  EXPECT_FALSE(ahead.Take(Variant(1), problem_));
  ahead.Expect({Expected(1), Expected(2), Expected(3)}, 2);
  ended.wait();
  EXPECT_FALSE(ahead.Take(Variant(4), problem_));
  EXPECT_FALSE(ahead.Take(Variant(1), {{"n", 998}}));
  const Pipeline two = ahead.Take(Variant(2), problem_);
  ASSERT_TRUE(two);
  EXPECT_EQ(two.binary().point, Variant(2).point);
  EXPECT_FALSE(ahead.Take(Variant(2), problem_));
  ahead.Forget();
  EXPECT_FALSE(ahead.Take(Variant(1), problem_));
}

TEST_F(PipelinesAheadTest, WaitsForOneThatIsBeingMade) {
  std::latch begun(1), go(1);
  PipelinesAhead ahead(
      [&](const ExpectedPipeline& each) {
        if (each.number == 1) begun.count_down();
        go.wait();
        return context_.CreatePipeline(each.binary, each.problem);
      },
      [](std::uint64_t, bool) {});
  ahead.Expect({Expected(1)}, 1);
  begun.wait();
  ahead.Expect({Expected(2), Expected(1)}, 1);  // being made already: not twice
  std::jthread later([&] { go.count_down(); });
  EXPECT_TRUE(ahead.Take(Variant(1), problem_));
}

TEST_F(PipelinesAheadTest, AFailureIsLeftToWhoeverAsks) {
  std::atomic<int> begins = 0;
  std::latch ended(2);
  PipelinesAhead ahead(
      [&](const ExpectedPipeline& each) -> Pipeline {
        if (each.number == 1) throw std::runtime_error("no");
        return context_.CreatePipeline(each.binary, each.problem);
      },
      [&](std::uint64_t, bool now) { now ? static_cast<void>(++begins) : ended.count_down(); });
  ahead.Expect({Expected(1), Expected(2)}, 1);
  ended.wait();
  EXPECT_EQ(begins, 2);
  EXPECT_FALSE(ahead.Take(Variant(1), problem_));
  EXPECT_TRUE(ahead.Take(Variant(2), problem_));
}

}  // namespace
}  // namespace hone
