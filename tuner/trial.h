// One search: a strategy asks a Trial for costs of points; the Trial keeps the budget, the memory, the seed and the failures,
// and asks an Objective (a GPU, or a recorded space) for what it does not know yet. Strategies see nothing else.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "db/outcome.h"
#include "tuner/random.h"
#include "tuner/space.h"

namespace hone {

inline constexpr double kFailed = std::numeric_limits<double>::infinity();

// What measuring a point brought. A failure is a value: ok() is false, it has cost time and has no cost value.
struct Observation {
  double cost = kFailed;  // what is minimised: time of a run, in any one unit; kFailed: no value
  double seconds = 0;     // spent on it: compile, check, benchmark; failures too
  Outcome outcome = Outcome::kOk;
  bool ok() const { return cost < kFailed; }
};

// Where costs come from. The tuner implements it over worker processes, replay over a recorded space.
class Objective {
 public:
  virtual ~Objective() = default;
  // Each point is asked once in a trial.
  virtual Observation Measure(PointId point) = 0;
  // Points likely to be asked next, most likely first: compile them ahead. A hint, replaced by the next one.
  virtual void Expect(std::span<const PointId>) {}
  // Of at most so many, how many points should be decided before their turn, as measuring goes now.
  virtual std::size_t PointsAhead(std::size_t most) { return most; }
  // The share of the time that is used up; at 1 the trial ends as Budget::seconds does.
  virtual double TimeUsed() { return 0; }
};

// 0 (or infinity) means no such limit. A trial ends also when every point is known.
struct Budget {
  std::uint64_t evaluations = 0;
  double seconds = 0;                // sum of Observation::seconds
  double target = 0;                 // stop at a cost at or under it
  std::uint64_t no_improvement = 0;  // stop after so many evaluations without a better one
  bool confident = false;            // stop when the model says: a gain over 1 % has a chance under 5 % (auto, bayes-*)
  double wall_seconds = 0;           // real time, for replays of strategies that stop the simulated clock
  std::uint64_t revisits = 100000;   // known points asked in a row before the strategy counts as stuck
};

// Known results from elsewhere: another device, problem or version of the kernel. Best first.
struct Prior {
  std::string label;                              // "NVIDIA A100, n=4096": what a report says
  std::vector<std::pair<PointId, double>> costs;  // points of this space; costs in the prior's own unit; kFailed: failed there
};

struct TrialOptions {
  Budget budget;
  std::uint64_t seed = 1;
  std::vector<PointId> start;  // worth trying first: the kernel's default points
  std::vector<Prior> priors;
  std::vector<std::pair<PointId, Observation>> known;  // measured earlier here (a continued run): free
  std::size_t ahead = 0;  // points that a model may decide before their turn, so that they are compiled meanwhile
};

enum class Stop { kNone, kEvaluations, kSeconds, kTarget, kNoImprovement, kConfident, kWallTime, kExhausted };
std::string_view ToText(Stop stop);

// Thrown by Trial::Cost when the trial has ended, caught by RunTrial. Not an error: strategies need no loop conditions.
struct TrialOver {};
// Thrown by Trial::Cost after Budget::revisits known points in a row, caught by RunTrial.
struct TrialStuck {};

class Trial {
 public:
  struct Record {
    PointId point;
    Observation seen;
    double at_seconds;  // spent so far, this one included
  };

  Trial(const Space& space, Objective& objective, TrialOptions options);

  // The cost of a point; kFailed if it failed. Known points are free and not measured again.
  double Cost(PointId point);
  // Costs of a batch, in order; the objective hears of the whole batch first.
  std::vector<double> Costs(std::span<const PointId> points);
  void Expect(std::span<const PointId> points) { objective_.Expect(points); }
  std::size_t PointsAhead() { return objective_.PointsAhead(options_.ahead); }

  const Space& space() const { return space_; }
  Random& random() { return random_; }
  const TrialOptions& options() const { return options_; }
  bool Known(PointId point) const { return memory_.contains(point); }
  const Observation* Recall(PointId point) const;                  // nullptr: not known
  const std::vector<Record>& records() const { return records_; }  // in order, `known` ones first with at_seconds 0
  std::uint64_t evaluations() const { return evaluations_; }
  double seconds() const { return seconds_; }
  std::optional<PointId> best() const { return best_; }  // nullopt: nothing valid yet
  double best_cost() const { return best_cost_; }        // kFailed: nothing valid yet
  // Share of the budget used, in [0, 1]; 0 when there is no budget but the space.
  double Progress() const;

  // A point not known yet, uniform over them. Throws TrialOver when all are known.
  PointId SampleUnknown();
  // A strategy's own view: the chance that an unknown point is better by more than 1 %. Ends a `confident` trial under 5 %.
  void SetGainChance(double chance);
  double gain_chance() const { return gain_chance_; }
  // What the strategy wants to tell the user once ("started from the best of NVIDIA A100").
  void Say(std::string note) { notes_.push_back(std::move(note)); }
  const std::vector<std::string>& notes() const { return notes_; }
  Stop stopped() const { return stop_; }

 private:
  void Remember(PointId point, const Observation& seen);
  void CheckBudget();

  const Space& space_;
  Objective& objective_;
  TrialOptions options_;
  Random random_;
  std::unordered_map<PointId, Observation> memory_;
  std::vector<Record> records_;
  std::vector<PointId> unknown_;  // shuffled rest, once sampling by rejection became slow
  std::vector<std::string> notes_;
  std::uint64_t evaluations_ = 0, since_improvement_ = 0, revisits_ = 0;
  double seconds_ = 0, best_cost_ = kFailed, gain_chance_ = 1, wall_start_ = 0;
  std::optional<PointId> best_;
  Stop stop_ = Stop::kNone;
};

}  // namespace hone
