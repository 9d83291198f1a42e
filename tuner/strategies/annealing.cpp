// Simulated annealing: a worse neighbour is accepted with probability exp(-Δ/T) on relative costs; T falls with the budget.
//
// Source: Kirkpatrick, Gelatt and Vecchi, "Optimization by simulated annealing", Science 220 (1983).
#include <algorithm>
#include <cmath>

#include "tuner/strategies/moves.h"
#include "tuner/strategies/strategies.h"

namespace hone {

void SearchAnnealing(Trial& trial) {
  constexpr double kHot = 0.5, kCold = 0.005;  // relative to the current cost
  constexpr int kPatience = 200;               // steps without a new point before a restart
  for (;;) {
    Visited here = RandomStart(trial);
    int stale = 0;
    while (stale < kPatience) {
      const double temperature = kHot * std::pow(kCold / kHot, trial.Progress());
      const PointId point = RandomNeighbour(trial, here.point, Neighbourhood::kHamming);
      stale = trial.Known(point) ? stale + 1 : 0;
      const double cost = trial.Cost(point);
      if (cost == kFailed && here.cost < kFailed) continue;
      const double rise = here.cost < kFailed ? cost / here.cost - 1 : 0;
      if (rise <= 0 || trial.random().Chance(std::exp(-rise / temperature))) here = {point, cost};
    }
  }
}

}  // namespace hone
