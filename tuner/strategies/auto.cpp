// The default: what other devices and problems know first, then a model learnt while measuring.
#include <algorithm>
#include <vector>

#include "tuner/strategies/strategies.h"
#include "tuner/trial.h"

namespace hone {

void SearchAuto(Trial& trial) {
  for (const Prior& prior : trial.options().priors) {
    trial.Say("starts from the best of " + prior.label);
    for (std::size_t i = 0; i < std::min<std::size_t>(4, prior.costs.size()); ++i) trial.Cost(prior.costs[i].first);
  }
  SearchBayesForest(trial);
}

}  // namespace hone
