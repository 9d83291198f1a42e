#include "tuner/strategy.h"

#include <string>

#include "db/error.h"
#include "tuner/strategies/strategies.h"

namespace hone {

const std::vector<Strategy>& Strategies() {
  static const std::vector<Strategy> table = {
      {"auto", "learns a model as it measures", "ours", SearchAuto},
      {"exhaustive", "every legal point, in order", "", SearchExhaustive},
      {"annealing", "simulated annealing", "Kirkpatrick, Gelatt and Vecchi 1983", SearchAnnealing},
      {"bandit", "a bandit over seven moves", "Ansel et al. 2014; Fialho et al. 2010", SearchBandit},
      {"basin-hopping", "perturb, descend, accept by Metropolis' rule", "Wales and Doye 1997", SearchBasinHopping},
      {"bayes-forest", "forest surrogate, expected improvement", "Hutter, Hoos and Leyton-Brown 2011", SearchBayesForest},
      {"bayes-gaussian", "Gaussian process, expected improvement", "Snoek, Larochelle and Adams 2012", SearchBayesGaussian},
      {"differential-evolution", "best/1/bin on positions", "Storn and Price 1997", SearchDifferentialEvolution},
      {"genetic", "tournaments, uniform crossover, mutation", "Goldberg 1989", SearchGenetic},
      {"hill-climbing", "first improvement, restarts", "Selman and Gomes 2006", SearchHillClimbing},
      {"particle-swarm", "particles on positions", "Kennedy and Eberhart 1995", SearchParticleSwarm},
      {"tabu-grey-wolf", "tabu search led by a pack", "Glover 1989; Mirjalili et al. 2014", SearchTabuGreyWolf},
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
    SearchRandom(trial);
  } catch (const TrialOver&) {
  }
}

}  // namespace hone
