// How good a search is on a recorded space: 1 = the optimum at once, 0 = as random search, negative = worse.
//
// At 1,000 equally spaced times between the budgets that random search needs to come 1 % and 95 % of the way from the median
// to the optimum, P(t) = (random(t) - strategy(t)) / (random(t) - optimum), averaged. random(t): its expected best;
// strategy(t): mean over runs of the best so far, the median of the space before a first valid result.
// Source: Willemsen, van Nieuwpoort and van Werkhoven, "A methodology for comparing optimization algorithms for auto-tuning",
// Future Generation Computer Systems 159 (2024).
#pragma once

#include <span>
#include <vector>

#include "tuner/trial.h"

namespace hone {

// Seconds spent so far, lowest cost so far; times ascend.
using Trace = std::vector<std::pair<double, double>>;
// One entry per improvement, and the end.
Trace TraceOf(const Trial& trial);

struct Score {
  double p = 0;
  double final_over_optimum = 1;  // mean over runs, at the end of the budget
  double hit = 0;                 // share of runs that end within 0.01 % of the optimum
};

class Scorer {
 public:
  // All points of the space. seconds may be NaN where unknown. Errors: Error when no point is valid or no time is known.
  explicit Scorer(std::span<const Observation> seen);

  double optimum() const { return sorted_.front(); }
  double median() const { return median_; }
  // Seconds that random search needs to come `share` of the way from the median to the optimum.
  double BudgetSeconds(double share) const;
  double RandomBest(double seconds) const;
  Score Of(std::span<const Trace> runs) const;  // runs: at least one

 private:
  std::vector<double> sorted_;
  double median_ = 0, typical_s_ = 0, mean_s_ = 0;
};

}  // namespace hone
