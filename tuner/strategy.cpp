#include "tuner/strategy.h"

#include <string>

#include "db/error.h"
#include "tuner/strategies/strategies.h"

namespace hone {

const std::vector<Strategy>& Strategies() {
  static const std::vector<Strategy> table = {
      {"exhaustive", "every legal point, in order", "", SearchExhaustive},
      {"random", "legal points, uniformly, none twice", "Bergstra and Bengio 2012", SearchRandom},
  };
  return table;
}

const Strategy& FindStrategy(std::string_view name) {
  std::vector<std::string> names;
  for (const Strategy& strategy : Strategies()) {
    if (strategy.name == name) return strategy;
    names.emplace_back(strategy.name);
  }
  std::string list;
  for (const std::string& known : names) list += (list.empty() ? "" : ", ") + known;
  throw Error("--strategy: unknown strategy '" + std::string(name) + "'" + DidYouMean(name, names) + "; there are: " + list);
}

void RunTrial(const Strategy& strategy, Trial& trial) {
  try {
    try {
      strategy.run(trial);
    } catch (const TrialStuck&) {
    }
    for (;;) trial.Cost(trial.SampleUnknown());
  } catch (const TrialOver&) {
  }
}

}  // namespace hone
