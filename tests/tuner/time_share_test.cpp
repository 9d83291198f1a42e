#include "tuner/time_share.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdio>
#include <functional>
#include <limits>
#include <memory>
#include <vector>

#include "tests/tuner/synthetic.h"
#include "tuner/strategy.h"

namespace hone {
namespace {

constexpr double kInfinite = std::numeric_limits<double>::infinity();

TEST(TimeShare, LateGainIsWhatTheLaterHalfBrought) {
  EXPECT_DOUBLE_EQ(LateGain(std::vector<double>{8, 9, 4, 6}), std::log(2));
  EXPECT_EQ(LateGain(std::vector<double>{8, 9, 10, 12}), 0);
  EXPECT_EQ(LateGain(std::vector<double>{kInfinite, kInfinite, 4}), 1);
  EXPECT_EQ(LateGain(std::vector<double>{kInfinite, kInfinite}), 0);
  EXPECT_EQ(LateGain({}), 0);
}

TEST(TimeShare, WithoutALimitEachHasOneTurn) {
  std::vector<SearchStanding> jobs(2);
  for (std::size_t i = 0; i < 2; ++i) {
    const auto turn = NextTurn(0, 0, jobs);
    ASSERT_TRUE(turn);
    EXPECT_EQ(turn->job, i);
    EXPECT_EQ(turn->seconds, 0);
    jobs[i].turns = 1;
  }
  EXPECT_FALSE(NextTurn(0, 0, jobs));
}

TEST(TimeShare, OneAloneHasItAllAtOnce) {
  std::vector<SearchStanding> jobs(1);
  EXPECT_EQ(NextTurn(60, 60, jobs)->seconds, 60);
  jobs[0] = {.turns = 1, .seconds = 60, .evaluations = 9};
  EXPECT_FALSE(NextTurn(60, 0.5, jobs));
}

TEST(TimeShare, FirstTurnsAreHalfOfTheTimeAndLessWhereLessIsLeft) {
  std::vector<SearchStanding> jobs(10);
  EXPECT_EQ(NextTurn(100, 100, jobs)->seconds, 5);
  EXPECT_EQ(NextTurn(100, 20, jobs)->seconds, 2);
  EXPECT_GT(NextTurn(100, -1, jobs)->seconds, 0);  // too late: the default at least
}

TEST(TimeShare, LaterTurnsGoWhereTheyPay) {
  std::vector<SearchStanding> jobs(4, SearchStanding{.turns = 1, .seconds = 5, .evaluations = 100});
  jobs[1].late_gain = 0.1;
  jobs[2] = {.turns = 1, .open = false, .seconds = 5, .evaluations = 100, .late_gain = 9};
  EXPECT_EQ(NextTurn(40, 20, jobs)->job, 1u);
  EXPECT_EQ(NextTurn(40, 20, jobs)->seconds, 10);
  EXPECT_EQ(NextTurn(40, 14, jobs)->seconds, 14);  // no crumbs
  EXPECT_FALSE(NextTurn(40, 4, jobs));
  jobs[3].evaluations = 3;  // little is seen of it
  EXPECT_EQ(NextTurn(40, 20, jobs)->job, 3u);
  jobs[3].seconds = 60;  // and ten seconds would change little
  EXPECT_EQ(NextTurn(40, 20, jobs)->job, 1u);
  for (SearchStanding& job : jobs) job.open = false;
  EXPECT_FALSE(NextTurn(40, 20, jobs));
}

// --- searches of very different difficulty that share a simulated time ---

// Cost over its optimum: log2 of each of six parameters counts, weighted, and two of them pull at each other.
class WideObjective : public Objective {
 public:
  WideObjective(const Space& space, int number, double seconds) : space_(space), number_(number), seconds_(seconds) {}
  Observation Measure(PointId point) override {
    const Values at = space_.PointOf(point);
    double logarithm = 0, before = 0;
    int i = 0;
    for (const char* name : {"A", "B", "C", "D", "E", "F"}) {
      const double off = std::log2(static_cast<double>(*at.Integer(name))) - (number_ + 2 * i) % 5;
      logarithm += 0.06 * off * off + 0.03 * std::fabs(off * before);
      before = off;
      ++i;
    }
    return {.cost = std::exp(logarithm), .seconds = seconds_};
  }

 private:
  const Space& space_;
  int number_;
  double seconds_;
};

Space WideSpace() {
  SpacePart part{.pattern = "wide"};
  for (const char* name : {"A", "B", "C", "D", "E", "F"}) part.parameters.emplace_back(name, Powers(0, 4));
  return Space::FromParts({part});
}

struct Search {
  Space space;
  std::unique_ptr<Objective> objective;
  double optimum = kInfinite;
  std::vector<std::pair<PointId, Observation>> asked;
  SearchStanding standing;

  Search(Space its, const std::function<std::unique_ptr<Objective>(const Space&)>& make)
      : space(std::move(its)), objective(make(space)) {
    for (PointId point = 0; point < space.Count(); ++point) optimum = std::min(optimum, objective->Measure(point).cost);
  }
  Search(const Search&) = delete;

  double Take(double seconds) {  // a turn; the seconds that it took
    Trial trial(space, *objective, {.budget = {.seconds = seconds}, .seed = 1, .known = asked});
    RunTrial(FindStrategy(kDefaultStrategy), trial);
    asked.clear();
    std::vector<double> costs;
    for (const Trial::Record& record : trial.records()) {
      asked.emplace_back(record.point, record.seen);
      costs.push_back(record.seen.cost);
    }
    standing = {standing.turns + 1, trial.stopped() == Stop::kSeconds, standing.seconds + trial.seconds(), costs.size(),
                LateGain(costs)};
    return trial.seconds();
  }
  double OverOptimum() const {
    double best = kInfinite;
    for (const auto& [point, seen] : asked) best = std::min(best, seen.cost);
    return best / optimum;
  }
};

// Twelve of a thousand points that are measured fast, four of 15,625 that take forty times as long.
std::vector<std::unique_ptr<Search>> Mixed() {
  std::vector<std::unique_ptr<Search>> searches;
  for (int i = 0; i < 16; ++i) {
    if (i % 4 != 1) {
      searches.push_back(std::make_unique<Search>(TiledSpace(), [](const Space& space) {
        class Fast : public TiledObjective {
         public:
          using TiledObjective::TiledObjective;
          Observation Measure(PointId point) override {
            Observation seen = TiledObjective::Measure(point);
            seen.seconds = 0.01;
            return seen;
          }
        };
        return std::make_unique<Fast>(space);
      }));
    } else {
      searches.push_back(std::make_unique<Search>(
          WideSpace(), [i](const Space& space) { return std::make_unique<WideObjective>(space, i, 0.4); }));
    }
  }
  return searches;
}

TEST(TimeShare, TheWorstSearchGainsAndTheOthersLoseNothing) {
  constexpr double kTotal = 64;
  auto equal = Mixed(), shared = Mixed();
  double left = kTotal;
  for (std::size_t i = 0; i < equal.size(); ++i) left -= equal[i]->Take(left / static_cast<double>(equal.size() - i));

  left = kTotal;
  std::vector<SearchStanding> standings(shared.size());
  while (const auto turn = NextTurn(kTotal, left, standings)) {
    left -= shared[turn->job]->Take(turn->seconds);
    standings[turn->job] = shared[turn->job]->standing;
  }
  EXPECT_GT(left, -1);

  double worst_equal = 1, worst_shared = 1;
  std::printf("  search  equal: evaluations  over optimum  shared: evaluations  over optimum\n");
  for (std::size_t i = 0; i < equal.size(); ++i) {
    std::printf("  %6zu  %18zu  %12.4f  %19zu  %12.4f\n", i, equal[i]->asked.size(), equal[i]->OverOptimum(),
                shared[i]->asked.size(), shared[i]->OverOptimum());
    worst_equal = std::max(worst_equal, equal[i]->OverOptimum());
    worst_shared = std::max(worst_shared, shared[i]->OverOptimum());
    EXPECT_LE(shared[i]->OverOptimum(), 1.01 * equal[i]->OverOptimum()) << i;
  }
  EXPECT_LT(worst_shared - 1, 0.5 * (worst_equal - 1));
}

}  // namespace
}  // namespace hone
