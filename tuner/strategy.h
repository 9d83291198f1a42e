// The table of search strategies. A strategy is one file in tuner/strategies/ and one line in strategy.cpp.
//
// It is a function that asks `trial` for costs until the trial throws TrialOver. If it returns, or gets stuck among known
// points, RunTrial goes on with random unknown points, so that every strategy finds the optimum given the whole budget.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "tuner/trial.h"

namespace hone {

struct Strategy {
  std::string_view name;     // "genetic"
  std::string_view summary;  // one line, for --help
  std::string_view source;   // paper or book
  void (*run)(Trial& trial);
};

const std::vector<Strategy>& Strategies();  // `auto` first
inline constexpr std::string_view kDefaultStrategy = "auto";
// Errors: Error with a suggestion when there is no such strategy.
const Strategy& FindStrategy(std::string_view name);

// Runs the strategy until the trial ends. Afterwards trial.stopped() says why, trial.best() what was found.
void RunTrial(const Strategy& strategy, Trial& trial);

}  // namespace hone
