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
  ExpectedVariant Expected(std::uint64_t number) {
    return {number, Variant(static_cast<std::int64_t>(number)), problem_, {{{"n", 1}}}};
  }
  VariantPipelines Make(const ExpectedVariant& each) {
    return {{each.problem, context_.CreatePipeline(each.binary, each.problem)}};
  }

  const Kernel kernel_ = LoadKernel(std::string(HONE_TEST_DATA) + "/kernels/steps");
  const Values problem_{{"n", 997}};
  Compiler compiler_;
  Context context_;
};

TEST_F(PipelinesAheadTest, GivesWhatWasMadeOnceAndOnlyThat) {
  std::latch ended(3);
  PipelinesAhead ahead([&](const ExpectedVariant& each) { return Make(each); },
                       [&](std::uint64_t, bool begins) {
                         if (!begins) ended.count_down();
                       });
  EXPECT_TRUE(ahead.Take(Variant(1), problem_).empty());
  ahead.Expect({Expected(1), Expected(2), Expected(3)}, 2);
  ended.wait();
  EXPECT_TRUE(ahead.Take(Variant(4), problem_).empty());
  EXPECT_TRUE(ahead.Take(Variant(1), {{"n", 998}}).empty());
  const VariantPipelines two = ahead.Take(Variant(2), problem_);
  ASSERT_TRUE(two.contains(problem_));
  EXPECT_EQ(two.at(problem_).binary().point, Variant(2).point);
  EXPECT_TRUE(ahead.Take(Variant(2), problem_).empty());
  ahead.Forget();
  EXPECT_TRUE(ahead.Take(Variant(1), problem_).empty());
}

TEST_F(PipelinesAheadTest, WaitsForOneThatIsBeingMade) {
  std::latch begun(1), go(1);
  PipelinesAhead ahead(
      [&](const ExpectedVariant& each) {
        if (each.number == 1) begun.count_down();
        go.wait();
        return Make(each);
      },
      [](std::uint64_t, bool) {});
  ahead.Expect({Expected(1)}, 1);
  begun.wait();
  ahead.Expect({Expected(2), Expected(1)}, 1);  // being made already: not twice
  std::jthread later([&] { go.count_down(); });
  EXPECT_TRUE(ahead.Take(Variant(1), problem_).contains(problem_));
}

TEST_F(PipelinesAheadTest, AFailureIsLeftToWhoeverAsks) {
  std::atomic<int> begins = 0;
  std::latch ended(2);
  PipelinesAhead ahead(
      [&](const ExpectedVariant& each) {
        if (each.number == 1) throw std::runtime_error("no");
        return Make(each);
      },
      [&](std::uint64_t, bool now) { now ? static_cast<void>(++begins) : ended.count_down(); });
  ahead.Expect({Expected(1), Expected(2)}, 1);
  ended.wait();
  EXPECT_EQ(begins, 2);
  EXPECT_TRUE(ahead.Take(Variant(1), problem_).empty());
  EXPECT_TRUE(ahead.Take(Variant(2), problem_).contains(problem_));
}

}  // namespace
}  // namespace hone
