// Every strategy of the table, on every kind of space.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <set>
#include <span>

#include "db/error.h"
#include "tests/tuner/synthetic.h"
#include "tuner/strategy.h"

namespace hone {
namespace {

// Fails the test when a point is asked twice.
class OnceObjective : public Objective {
 public:
  OnceObjective(Objective& inner, bool all_fail = false) : inner_(inner), all_fail_(all_fail) {}
  Observation Measure(PointId point) override {
    EXPECT_TRUE(asked.insert(point).second) << "point " << point << " measured twice";
    Observation seen = inner_.Measure(point);
    if (all_fail_) seen = {.seconds = 1, .outcome = Outcome::kCompileError};
    return seen;
  }
  std::set<PointId> asked;

 private:
  Objective& inner_;
  bool all_fail_;
};

struct Tested {
  Strategy strategy;
  std::size_t ahead = 0;
};

// All of the table, and the default where it decides points before their turn.
std::vector<Tested> AllTested() {
  std::vector<Tested> all;
  for (const Strategy& strategy : Strategies()) all.push_back({strategy});
  all.push_back({FindStrategy(kDefaultStrategy), 8});
  return all;
}

void PrintTo(const Tested& tested, std::ostream* out) { *out << tested.strategy.name << ", " << tested.ahead << " ahead"; }

class EveryStrategy : public testing::TestWithParam<Tested> {
 protected:
  // The costs asked, in order, and what was found.
  std::vector<Trial::Record> Run(const Space& space, Budget budget, bool failures = false, bool all_fail = false) {
    TiledObjective tiled(space, failures);
    OnceObjective once(tiled, all_fail);
    Trial trial(space, once, {.budget = budget, .seed = 5, .ahead = GetParam().ahead});
    RunTrial(GetParam().strategy, trial);
    EXPECT_NE(trial.stopped(), Stop::kNone);
    EXPECT_EQ(once.asked.size(), trial.evaluations());
    stopped = trial.stopped();
    best = trial.best_cost();
    return trial.records();
  }
  Stop stopped = Stop::kNone;
  double best = kFailed;
};

TEST_P(EveryStrategy, StaysInTheBudgetOfEvaluations) {
  const auto records = Run(TiledSpace(), {.evaluations = 60});
  EXPECT_EQ(records.size(), 60u);
  EXPECT_EQ(stopped, Stop::kEvaluations);
}

TEST_P(EveryStrategy, StaysInTheBudgetOfSeconds) {
  const auto records = Run(TiledSpace(), {.seconds = 40}, true);
  EXPECT_EQ(stopped, Stop::kSeconds);
  ASSERT_GE(records.size(), 2u);
  EXPECT_LT(records[records.size() - 2].at_seconds, 40);
}

TEST_P(EveryStrategy, FindsTheOptimumGivenTheWholeBudget) {
  const Space space =
      Space::FromParts({{.pattern = "p", .parameters = {{"X", Powers(0, 8)}, {"Y", Powers(0, 5)}, {"TILE", Powers(0, 4)}}}});
  TiledObjective objective(space);
  double optimum = kFailed;
  for (PointId point = 0; point < space.Count(); ++point) optimum = std::min(optimum, objective.Measure(point).cost);
  const auto records = Run(space, {});
  EXPECT_EQ(records.size(), space.Count());
  EXPECT_EQ(stopped, Stop::kExhausted);
  EXPECT_EQ(best, optimum);
}

TEST_P(EveryStrategy, StopsAtTheTarget) {
  Run(TiledSpace(), {.target = 14});
  EXPECT_EQ(stopped, Stop::kTarget);
  EXPECT_LE(best, 14);
}

TEST_P(EveryStrategy, StopsWithoutImprovement) {
  Run(TiledSpace(), {.no_improvement = 30});
  EXPECT_EQ(stopped, Stop::kNoImprovement);
}

TEST_P(EveryStrategy, SurvivesOnePoint) {
  EXPECT_EQ(Run(Space::FromParts({{.pattern = "p", .parameters = {}}}), {}).size(), 1u);
  EXPECT_EQ(Run(Space::FromParts({{.pattern = "p", .parameters = {{"X", Range(3, 3)}}}}), {}).size(), 1u);
}

TEST_P(EveryStrategy, SurvivesAnEmptySpace) { EXPECT_TRUE(Run(Space::FromParts({}), {}).empty()); }

TEST_P(EveryStrategy, SurvivesOneParameter) {
  EXPECT_EQ(Run(Space::FromParts({{.pattern = "p", .parameters = {{"X", Range(1, 40)}}}}), {}).size(), 40u);
}

TEST_P(EveryStrategy, SurvivesFailuresOnly) {
  const Space space = Space::FromParts({{.pattern = "p", .parameters = {{"X", Range(1, 10)}, {"Y", Range(1, 10)}}}});
  EXPECT_EQ(Run(space, {}, false, true).size(), 100u);
  EXPECT_EQ(best, kFailed);
}

TEST_P(EveryStrategy, SurvivesManyFailures) {
  Run(TiledSpace(), {.evaluations = 150}, true);
  EXPECT_LT(best, 20);
}

TEST_P(EveryStrategy, SurvivesTenMillionPoints) {
  SpacePart part{.pattern = "free"};
  for (const char* name : {"X", "Y", "TILE", "VEC", "PAD", "A", "B"}) part.parameters.emplace_back(name, Range(1, 10));
  EXPECT_EQ(Run(Space::FromParts({part}), {.evaluations = 40}).size(), 40u);
}

TEST_P(EveryStrategy, SurvivesSeveralPatterns) {
  const Space space =
      Space::FromParts({{.pattern = "a", .parameters = {{"X", Powers(0, 8)}, {"TILE", Powers(0, 4)}}},
                        {.pattern = "b", .parameters = {{"X", Powers(0, 5)}, {"Y", Powers(0, 5)}, {"PAD", Range(0, 1)}}}});
  EXPECT_EQ(Run(space, {}).size(), space.Count());
}

TEST_P(EveryStrategy, GivesTheSameRunForTheSameSeed) {
  const auto first = Run(TiledSpace(), {.evaluations = 80}, true), second = Run(TiledSpace(), {.evaluations = 80}, true);
  ASSERT_EQ(first.size(), second.size());
  for (std::size_t i = 0; i < first.size(); ++i) EXPECT_EQ(first[i].point, second[i].point);
}

INSTANTIATE_TEST_SUITE_P(Table, EveryStrategy, testing::ValuesIn(AllTested()), [](const auto& tested) {
  std::string name(tested.param.strategy.name);
  if (tested.param.ahead > 0) name += "_ahead";
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
});

TEST(Strategies, UnknownNamesGetASuggestion) {
  try {
    FindStrategy("genetics");
    FAIL();
  } catch (const Error& error) {
    EXPECT_NE(std::string(error.what()).find("did you mean 'genetic'"), std::string::npos) << error.what();
  }
}

// What compiles ahead never runs dry: even just before the next announcement many are announced.
TEST(Strategies, ThoseThatLearnNothingAnnounceFarAhead) {
  class Announced : public Objective {
   public:
    Observation Measure(PointId point) override {
      EXPECT_TRUE(announced.erase(point)) << point;
      least = std::min(least, announced.size());
      return {.cost = 1, .seconds = 1};
    }
    void Expect(std::span<const PointId> points) override { announced = {points.begin(), points.end()}; }
    std::set<PointId> announced;
    std::size_t least = 1000;
  };
  for (const char* name : {"exhaustive", "random"}) {
    SCOPED_TRACE(name);
    const Space space = TiledSpace();
    Announced objective;
    Trial trial(space, objective, {.budget = {.evaluations = 100}});
    RunTrial(FindStrategy(name), trial);
    EXPECT_GE(objective.least, 32u);
  }
}

TEST(Trial, ContinuesFromWhatIsKnownWithoutMeasuringItAgain) {
  const Space space = TiledSpace();
  TiledObjective objective(space);
  TrialOptions options{.budget = {.evaluations = 10}};
  for (PointId point = 0; point < space.Count() - 5; ++point) options.known.emplace_back(point, objective.Measure(point));
  OnceObjective once(objective);
  Trial trial(space, once, options);
  RunTrial(FindStrategy("auto"), trial);
  EXPECT_EQ(trial.evaluations(), 5u);
  EXPECT_EQ(trial.stopped(), Stop::kExhausted);
}

TEST(Trial, TriesTheStartingPointsFirst) {
  const Space space = TiledSpace();
  for (const char* name : {"auto", "bayes-forest", "hill-climbing", "genetic", "particle-swarm", "bandit"}) {
    TiledObjective objective(space);
    Trial trial(space, objective, {.budget = {.evaluations = 20}, .start = {17}});
    RunTrial(FindStrategy(name), trial);
    EXPECT_EQ(trial.records().front().point, 17u) << name;
  }
}

// Two patterns of one size that have nothing in common: points of both come early, though each pattern's own points are far
// apart.
TEST(Auto, BeginsInSeveralPatterns) {
  const std::vector<std::pair<std::string, std::vector<Value>>> few = {
      {"A", Powers(0, 8)}, {"B", Powers(0, 8)}, {"C", Powers(0, 8)}};
  const std::vector<std::pair<std::string, std::vector<Value>>> other = {
      {"X", Powers(0, 8)}, {"Y", Powers(0, 8)}, {"Z", Powers(0, 8)}};
  const Space space = Space::FromParts({{.pattern = "p", .parameters = few}, {.pattern = "q", .parameters = other}});
  class Same : public Objective {
   public:
    Observation Measure(PointId) override { return {.cost = 1, .seconds = 1}; }
  } objective;
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    Trial trial(space, objective, {.budget = {.evaluations = 2}, .seed = seed});
    RunTrial(FindStrategy("auto"), trial);
    ASSERT_EQ(trial.records().size(), 2u);
    EXPECT_NE(space.PatternOf(trial.records()[0].point), space.PatternOf(trial.records()[1].point)) << "seed " << seed;
  }
}

// Half of the space fails, the best points beside the failures: what fails must be learned, not feared.
TEST(Auto, FindsTheOptimumBesideFailures) {
  const Space space = TiledSpace();
  TiledObjective objective(space, true);
  double optimum = kFailed;
  for (PointId point = 0; point < space.Count(); ++point) optimum = std::min(optimum, objective.Measure(point).cost);
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    Trial trial(space, objective, {.budget = {.evaluations = space.Count() / 5}, .seed = seed});
    RunTrial(FindStrategy("auto"), trial);
    EXPECT_EQ(trial.best_cost(), optimum) << seed;
  }
}

// A bowl in X and Y, known for A = 1 but for one point beside the lowest: the model is sure of it, and that it is no gain.
// Of A = 2 nothing is known, so that improvement is hoped for there.
class Bowl : public Objective {
 public:
  Observation Measure(PointId point) override {
    const Codes codes = space.CodesOf(point);
    return {.cost = 10 + std::pow(codes[1] - 3.0, 2) + std::pow(codes[2] - 3.0, 2), .seconds = 1};
  }
  // What `auto` asks when it goes on from that many known points; every fit then decides at most three.
  std::vector<PointId> Asked(std::size_t known, std::uint64_t seed, std::vector<Prior> priors) {
    TrialOptions options{.budget = {.evaluations = 6}, .seed = seed, .priors = std::move(priors)};
    for (PointId point = 0; options.known.size() < known; ++point) {
      if (point != sure) options.known.emplace_back(point, Measure(point));
    }
    Trial trial(space, *this, options);
    RunTrial(FindStrategy("auto"), trial);
    std::vector<PointId> asked;
    for (std::size_t i = known; i < trial.records().size(); ++i) asked.push_back(trial.records()[i].point);
    return asked;
  }

  const Space space =
      Space::FromParts({{.pattern = "p", .parameters = {{"A", Range(1, 2)}, {"X", Range(1, 12)}, {"Y", Range(1, 12)}}}});
  const PointId sure = space.Find("", Values::FromText("A=1 X=3 Y=4")).value();
};

TEST(Auto, TakesTheLowestExpectedCostInEverySecondFitOnceAHundredPointsAreKnown) {
  Bowl bowl;
  const std::vector<Prior> cold, taught = {{.label = "other", .costs = {{0, 1.0}, {1, 1.1}, {2, 1.2}}}};
  for (const std::vector<Prior>& priors : {cold, taught}) {
    for (std::uint64_t seed = 1; seed <= 3; ++seed) {
      SCOPED_TRACE(testing::Message() << priors.size() << " priors, seed " << seed);
      for (std::size_t known : {100u, 110u}) {
        const std::vector<PointId> asked = bowl.Asked(known, seed, priors);
        ASSERT_EQ(asked.size(), 6u);
        EXPECT_EQ(std::find(asked.begin(), asked.end(), bowl.sure) - asked.begin(), 3) << known << " known";
      }
      const std::vector<PointId> early = bowl.Asked(97, seed, priors);  // 99 at the second fit
      EXPECT_EQ(std::count(early.begin(), early.end(), bowl.sure), 0);
    }
  }
}

// Every dimension has one word that pays and costs by itself; known are the lines through a point that is wrong in all. So the
// model knows the optimum, but the best known points are right in one dimension, and their neighbours in two.
TEST(Auto, DescendsTheModelOverSeveralDimensions) {
  class Words : public Objective {
   public:
    Observation Measure(PointId point) override {
      Observation seen{.cost = 10, .seconds = 1};
      for (Code code : space.CodesOf(point)) seen.cost += code == 9 ? 0 : 1;
      return seen;
    }
    const Space space = [] {
      SpacePart part{.pattern = "p"};
      for (char name = 'A'; name <= 'F'; ++name) {
        std::vector<Value> words;
        for (char word = 'a'; word <= 'r'; ++word) words.emplace_back(std::string(1, word));
        part.parameters.emplace_back(std::string(1, name), words);
      }
      return Space::FromParts({part});
    }();
  } objective;
  TrialOptions options{.budget = {.evaluations = 4}};
  std::vector<PointId> lines = {0};
  objective.space.Neighbours(0, Neighbourhood::kHamming, lines);
  for (PointId point : lines) options.known.emplace_back(point, objective.Measure(point));
  ASSERT_EQ(lines.size(), 103u);  // three points are decided by each fit
  for (options.seed = 1; options.seed <= 5; ++options.seed) {
    Trial trial(objective.space, objective, options);
    RunTrial(FindStrategy("auto"), trial);
    ASSERT_EQ(trial.records().size(), 107u);
    EXPECT_EQ(trial.records()[105].seen.cost, 14) << "seed " << options.seed;  // improvement looks at neighbours: two words
    EXPECT_LE(trial.records()[106].seen.cost, 12) << "seed " << options.seed;  // the descent comes to four
  }
}

// Costs without a pattern: what is far from all known points promises most, until the budget nears its end.
TEST(Auto, AsksNeighboursOfTheFiveBestInTheLastFifthOfTheBudget) {
  class Noise : public Objective {
   public:
    Observation Measure(PointId point) override {
      return {.cost = 10 + static_cast<double>(point * 2654435761u % 97), .seconds = 1};
    }
    const Space space = Space::FromParts(
        {{.pattern = "p", .parameters = {{"A", Range(1, 8)}, {"B", Range(1, 8)}, {"C", Range(1, 8)}, {"D", Range(1, 8)}}}});
  } objective;
  for (std::uint64_t run = 0; run < 6; ++run) {
    const std::uint64_t seed = 1 + run / 2;
    TrialOptions options{.budget = {.evaluations = 40}, .seed = seed};
    if (run % 2 == 1) options.priors = {{.label = "other", .costs = {{0, 1.0}, {999, 1.1}, {2000, 1.2}}}};
    Trial trial(objective.space, objective, options);
    RunTrial(FindStrategy("auto"), trial);
    ASSERT_EQ(trial.records().size(), 40u);
    std::size_t far = 0;  // before the last fifth
    for (std::size_t i = 10; i < 40; ++i) {
      std::vector<Trial::Record> best(trial.records().begin(), trial.records().begin() + static_cast<std::ptrdiff_t>(i));
      std::sort(best.begin(), best.end(), [](const auto& a, const auto& b) {
        return a.seen.cost != b.seen.cost ? a.seen.cost < b.seen.cost : a.point < b.point;
      });
      std::vector<PointId> near;
      for (std::size_t k = 0; k < 5; ++k) objective.space.Neighbours(best[k].point, Neighbourhood::kHamming, near);
      const bool is_near = std::find(near.begin(), near.end(), trial.records()[i].point) != near.end();
      if (i < 32) {
        far += !is_near;
      } else {
        EXPECT_TRUE(is_near) << "measurement " << i << ", seed " << seed;
      }
    }
    EXPECT_GT(far, 5u) << "seed " << seed;
  }
}

// The worst points, called the best, are tried once; what no prior chose comes beside it, and the optimum is found.
TEST(Auto, IsNotLedAstrayByAPriorThatMisleads) {
  const Space space = TiledSpace();
  TiledObjective objective(space);
  Prior liar{.label = "liar", .costs = {}};
  double optimum = kFailed;
  for (PointId point = 0; point < space.Count(); ++point) {
    const double cost = objective.Measure(point).cost;
    optimum = std::min(optimum, cost);
    liar.costs.emplace_back(point, 1 / cost);
  }
  std::sort(liar.costs.begin(), liar.costs.end(), [](const auto& a, const auto& b) { return a.second < b.second; });
  std::set<PointId> worst;  // the tenth that the prior calls best
  for (std::size_t i = 0; i < space.Count() / 10; ++i) worst.insert(liar.costs[i].first);
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    Trial trial(space, objective, {.budget = {.evaluations = space.Count() / 5}, .seed = seed, .priors = {liar}});
    RunTrial(FindStrategy("auto"), trial);
    EXPECT_EQ(trial.best_cost(), optimum) << seed;
    const auto first = std::span(trial.records()).first(6);
    EXPECT_LE(std::count_if(first.begin(), first.end(), [&](const auto& one) { return worst.contains(one.point); }), 2) << seed;
  }
}

TEST(Trial, EndsWhenWallTimeIsSpent) {
  const Space space = TiledSpace();
  TiledObjective objective(space);
  Trial trial(space, objective, {.budget = {.wall_seconds = 1e-9}});
  RunTrial(FindStrategy("random"), trial);
  EXPECT_EQ(trial.stopped(), Stop::kWallTime);
}

TEST(Trial, GivesAStrategyThatOnlyRevisitsRandomPoints) {
  const Space space = TiledSpace();
  TiledObjective objective(space);
  Trial trial(space, objective, {.budget = {.evaluations = 30, .revisits = 10}});
  const Strategy revisits{"revisits", "", "", [](Trial& t) {
                            for (;;) t.Cost(0);
                          }};
  RunTrial(revisits, trial);
  EXPECT_EQ(trial.stopped(), Stop::kEvaluations);
  EXPECT_EQ(objective.asked, 30u);
}

}  // namespace
}  // namespace hone
