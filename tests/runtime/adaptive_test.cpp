#include "runtime/adaptive.h"

#include <gtest/gtest.h>

#include "runtime/trials.h"
#include "tests/runtime/own_device.h"
#include "tests/runtime/test_database.h"

namespace hone {
namespace {

// Dispatches until the trials converge; times are `ns` and a little noise. Returns how many it took.
int Simulate(Trials& trials, const std::vector<double>& ns, double overhead) {
  double all = 0, lost = 0, largest = 0;
  for (int i = 0; i < 1000000; ++i) {
    const auto next = trials.Choose();
    const double time = ns[next.candidate] * (1 + 0.001 * (i % 5));
    if (next.timed) trials.Learn(next.candidate, time);
    all += time;
    lost += std::max(0.0, time - ns[0]);
    largest = std::max(largest, time);
    // Only what nobody could know before the first trial of a slow one may be over the budget.
    EXPECT_LE(lost, overhead * all + 0.004 * ns[0] * i + largest) << i;
    if (trials.converged()) return i;
  }
  return -1;
}

TEST(Trials, FindTheFastest) {
  Trials trials({1, 1.5, 1.5, 1.5}, 0.01);
  EXPECT_GT(Simulate(trials, {100, 130, 80, 500}, 0.01), 0);
  EXPECT_EQ(trials.best(), 2u);
  EXPECT_EQ(trials.samples(3).size(), 1u) << "hopeless after one timing";
  EXPECT_EQ(trials.samples(1).size(), 2u) << "clearly slower after two";
  EXPECT_EQ(trials.samples(2).size(), Trials::kSamples);
  EXPECT_FALSE(trials.Choose().timed);
  EXPECT_EQ(trials.Choose().candidate, 2u);
}

TEST(Trials, KeepTheFirstWhereItIsTheFastest) {
  Trials trials({1, 1.5}, 0.01);
  EXPECT_GT(Simulate(trials, {100, 104}, 0.01), 0);
  EXPECT_EQ(trials.best(), 0u);
}

TEST(Trials, ASmallerBudgetTakesLonger) {
  Trials generous({1, 1.5}, 0.1), thrifty({1, 1.5}, 0.001);
  const int soon = Simulate(generous, {100, 140}, 0.1), late = Simulate(thrifty, {100, 140}, 0.001);
  EXPECT_GT(soon, 0);
  EXPECT_GT(late, 20 * soon);
  EXPECT_LT(thrifty.lost(), 0.0015);
}

TEST(Trials, ASpikeDropsNoCandidate) {
  Trials trials({1, 1}, 100);
  for (std::size_t i = 0; i < Trials::kSamples; ++i) trials.Learn(0, 100);
  for (std::size_t i = 1; i < Trials::kSamples; ++i) trials.Learn(1, 90);
  EXPECT_FALSE(trials.converged());
  trials.Learn(1, 1000);
  EXPECT_TRUE(trials.converged());
  EXPECT_FALSE(trials.dropped(1));
  EXPECT_EQ(trials.best(), 1u);
}

TEST(Trials, OneHopelessTimingIsEnough) {
  Trials trials({1, 1}, 100);
  for (std::size_t i = 0; i < Trials::kSamples; ++i) trials.Learn(0, 100);
  trials.Learn(1, 301);
  EXPECT_TRUE(trials.dropped(1));
  EXPECT_TRUE(trials.converged());
  EXPECT_EQ(trials.best(), 0u);
}

TEST(Trials, NothingToTry) {
  Trials one({1}, 0.01);
  EXPECT_TRUE(one.converged());
  EXPECT_EQ(one.best(), 0u);
}

TEST(Trials, ATrialUnderWayIsNotGivenTwice) {
  Trials trials({1, 1}, 1);
  EXPECT_TRUE(trials.Choose().timed);
  EXPECT_FALSE(trials.Choose().timed);
  trials.Forget(0);
  EXPECT_TRUE(trials.Choose().timed);
}

class AdaptiveTest : public ::testing::Test {
 protected:
  AdaptiveTest() {
    for (const int wg : {32, 64, 128}) database_.Measure(EnumerateDevices().at(0), 1000, wg, wg);
  }
  // Runs y = 2 x + y until it is known which is fastest; each result is checked.
  static int RunUntilConverged(test::OwnDevice& own, const AdaptivePipeline& axpy) {
    auto [x, px] = own.Buffer<float>(1000);
    auto [y, py] = own.Buffer<float>(1000);
    for (int i = 0; i < 5000; ++i) {
      std::fill_n(px, 1000, float(i));
      std::fill_n(py, 1000, 1.0f);
      auto commands = own.Begin();
      axpy.Record(commands, {x, y}, {{"a", 2}});
      own.Finish(commands);
      EXPECT_EQ(py[999], 2 * float(i) + 1);
      if (axpy.Collect()) return i;
    }
    return -1;
  }
  test::Database database_;
};

TEST_F(AdaptiveTest, ConvergesAndIsRemembered) {
  const std::string user = database_.path() + ".user";
  test::OwnDevice own(database_.path());
  std::string best;
  {
    const Library library(database_.path(), own.handles(), {.user_database = user});
    const auto axpy = library.LoadAdaptive("axpy", {{"n", 1000}}, {.queue_family = own.family(), .overhead = 1000});
    EXPECT_FALSE(axpy.converged());
    ASSERT_GT(RunUntilConverged(own, axpy), 0);
    EXPECT_TRUE(axpy.converged());
    EXPECT_NE(axpy.Explain().find("3 candidates"), std::string::npos) << axpy.Explain();
    best = axpy.best().binary().point.ToText();
  }
  const auto stored = Store::Open(user, Store::Mode::kReadOnly).Best("axpy", {{"n", 1000}}, own.handles().device ? "" : "none");
  ASSERT_TRUE(stored);
  EXPECT_EQ(stored->point.ToText(), best);
  EXPECT_EQ(stored->samples_ns.size(), Trials::kSamples);
  const Library again(database_.path(), own.handles(), {.user_database = user});
  EXPECT_EQ(again.Load("axpy", {{"n", 1000}}).binary().point.ToText(), best);
  EXPECT_NE(again.Explain("axpy", {{"n", 1000}}).find("measured in this application"), std::string::npos);
  EXPECT_EQ(again.Explain("axpy", {{"n", 999}}).find("measured in this application"), std::string::npos);
}

TEST_F(AdaptiveTest, NeverTriesWhatFailedHere) {
  database_.Measure(EnumerateDevices().at(0), 2000, 32, 0, Outcome::kWrongResult);
  database_.Measure(EnumerateDevices().at(0), 3000, 64, 0, Outcome::kTimeout);
  test::OwnDevice own(database_.path());
  const Library library(database_.path(), own.handles());
  const auto axpy = library.LoadAdaptive("axpy", {{"n", 1000}}, {.queue_family = own.family()});
  EXPECT_EQ(axpy.best().binary().point, (Values{{"WG", 128}}));
  EXPECT_TRUE(axpy.converged());
}

TEST_F(AdaptiveTest, WrongCallsAreErrorsAndCostNothing) {
  test::OwnDevice own(database_.path());
  const Library library(database_.path(), own.handles());
  const auto axpy = library.LoadAdaptive("axpy", {{"n", 1000}}, {.queue_family = own.family(), .overhead = 1000});
  auto [x, px] = own.Buffer<float>(1000);
  auto commands = own.Begin();
  for (int i = 0; i < 40; ++i) EXPECT_THROW(axpy.Record(commands, {x}, {{"a", 2}}), Error);
  own.Finish(commands);
  EXPECT_FALSE(axpy.Collect());
  EXPECT_GT(RunUntilConverged(own, axpy), 0);
  EXPECT_THROW(library.LoadAdaptive("axpy", {{"n", 1000}}, {.queue_family = 99}), Error);
}

}  // namespace
}  // namespace hone
