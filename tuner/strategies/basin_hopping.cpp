// Basin hopping: perturb, descend to a local minimum, accept it by Metropolis' rule.
//
// Source: Wales and Doye, "Global optimization by basin-hopping …", Journal of Physical Chemistry A 101 (1997).
#include <cmath>

#include "tuner/strategies/moves.h"
#include "tuner/strategies/strategies.h"

namespace hone {

void SearchBasinHopping(Trial& trial) {
  constexpr double kTemperature = 0.1;  // relative
  constexpr int kSteps = 3, kPatience = 50;
  for (;;) {
    Visited here = Descend(trial, RandomStart(trial), Neighbourhood::kAdjacent);
    for (int stale = 0; stale < kPatience;) {
      const std::uint64_t before = trial.evaluations();
      const PointId hop = Perturb(trial, here.point, kSteps);
      const Visited there = Descend(trial, {hop, trial.Cost(hop)}, Neighbourhood::kAdjacent);
      stale = trial.evaluations() == before ? stale + 1 : 0;
      const double rise = here.cost < kFailed ? there.cost / here.cost - 1 : -1;
      if (rise <= 0 || trial.random().Chance(std::exp(-rise / kTemperature))) here = there;
    }
  }
}

}  // namespace hone
