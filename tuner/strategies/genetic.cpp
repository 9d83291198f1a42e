// Genetic algorithm: tournaments of two, uniform crossover, mutation of one value, the best two survive; illegal children are
// moved to the nearest legal point.
//
// Source: Goldberg, "Genetic algorithms in search, optimization and machine learning" (1989).
#include <algorithm>
#include <vector>

#include "tuner/strategies/moves.h"
#include "tuner/strategies/strategies.h"

namespace hone {
namespace {

constexpr std::size_t kPopulation = 20, kSurvivors = 2;

PointId Child(Trial& trial, const std::vector<Visited>& population) {
  Random& random = trial.random();
  const auto parent = [&] {
    const Visited &a = population[random.Below(population.size())], &b = population[random.Below(population.size())];
    return trial.space().CodesOf(a.cost <= b.cost ? a.point : b.point);
  };
  Codes child = parent();
  const Codes other = parent();
  for (std::size_t d = 0; d < child.size(); ++d) {
    if (other[d] != kAbsent && random.Chance(0.5)) child[d] = other[d];
  }
  const PointId point = trial.space().Nearest(child);
  return random.Chance(0.3) || trial.Known(point) ? Perturb(trial, point, 1) : point;
}

}  // namespace

void SearchGenetic(Trial& trial) {
  std::vector<Visited> population;
  while (population.size() < kPopulation) population.push_back(RandomStart(trial));
  for (int stale = 0;;) {
    std::sort(population.begin(), population.end(), [](const Visited& a, const Visited& b) { return a.cost < b.cost; });
    std::vector<PointId> children;
    while (children.size() < kPopulation - kSurvivors) children.push_back(Child(trial, population));
    const std::uint64_t before = trial.evaluations();
    const std::vector<double> costs = trial.Costs(children);
    for (std::size_t i = 0; i < children.size(); ++i) population[kSurvivors + i] = {children[i], costs[i]};
    stale = trial.evaluations() == before ? stale + 1 : 0;
    if (stale < 5) continue;  // all alike: fresh blood
    for (std::size_t i = kPopulation / 2; i < kPopulation; ++i) population[i] = RandomStart(trial);
    stale = 0;
  }
}

}  // namespace hone
