// Differential evolution, best/1/bin, on positions in [0, 1]; trial vectors are moved to the nearest legal point.
//
// Source: Storn and Price, "Differential evolution …", Journal of Global Optimization 11 (1997).
#include <algorithm>
#include <vector>

#include "tuner/strategies/moves.h"
#include "tuner/strategies/strategies.h"

namespace hone {
namespace {

constexpr std::size_t kMembers = 20;
constexpr double kWeightLow = 0.5, kWeightHigh = 1.0, kCrossover = 0.7;

struct Member {
  std::vector<double> at;
  double cost = kFailed;
};

Member NewMember(Trial& trial) {
  const Visited start = RandomStart(trial);
  return {PositionsOf(trial.space(), start.point), start.cost};
}

std::vector<double> Mutant(Random& random, const std::vector<Member>& population, const Member& best, const Member& old) {
  const Member &a = population[random.Below(population.size())], &b = population[random.Below(population.size())];
  const double weight = random.Uniform(kWeightLow, kWeightHigh);
  std::vector<double> at = old.at;
  const std::size_t always = at.empty() ? 0 : random.Below(at.size());
  for (std::size_t d = 0; d < at.size(); ++d) {
    if (d != always && !random.Chance(kCrossover)) continue;
    at[d] = best.at[d] + weight * (a.at[d] - b.at[d]);
    if (at[d] < 0 || at[d] > 1) at[d] = random.Uniform();
  }
  return at;
}

}  // namespace

void SearchDifferentialEvolution(Trial& trial) {
  std::vector<Member> population;
  while (population.size() < kMembers) population.push_back(NewMember(trial));
  for (int stale = 0;;) {
    const Member best = *std::min_element(population.begin(), population.end(),
                                          [](const Member& a, const Member& b) { return a.cost < b.cost; });
    std::vector<PointId> points;
    for (const Member& old : population)
      points.push_back(AtPositions(trial.space(), Mutant(trial.random(), population, best, old)));
    const std::uint64_t before = trial.evaluations();
    const std::vector<double> costs = trial.Costs(points);
    for (std::size_t i = 0; i < points.size(); ++i) {
      if (costs[i] <= population[i].cost) population[i] = {PositionsOf(trial.space(), points[i]), costs[i]};
    }
    stale = trial.evaluations() == before ? stale + 1 : 0;
    if (stale < 5) continue;  // collapsed: start half of it again
    for (std::size_t i = 0; i < kMembers / 2; ++i) population[trial.random().Below(kMembers)] = NewMember(trial);
    stale = 0;
  }
}

}  // namespace hone
