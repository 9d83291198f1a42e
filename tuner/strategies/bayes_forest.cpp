// Bayesian optimisation with a forest surrogate of the logarithm of the cost, and expected improvement.
//
// Source: Hutter, Hoos and Leyton-Brown, "Sequential model-based optimization for general algorithm configuration (SMAC)",
// LION 5 (2011). A failure counts as a little worse than the worst valid cost.
#include <algorithm>
#include <cmath>
#include <vector>

#include "tuner/forest.h"
#include "tuner/strategies/improvement.h"
#include "tuner/strategies/moves.h"
#include "tuner/strategies/strategies.h"

namespace hone {
namespace {

constexpr std::uint64_t kInitial = 10;
constexpr double kFailurePenalty = 0.3;  // added to the logarithm of the worst valid cost

std::vector<Forest::Sample> SamplesOf(const Trial& trial) {
  double worst = std::log(trial.best_cost());
  for (const Trial::Record& record : trial.records()) {
    if (record.seen.ok()) worst = std::max(worst, std::log(record.seen.cost));
  }
  std::vector<Forest::Sample> samples;
  for (const Trial::Record& record : trial.records()) {
    const double cost = record.seen.ok() ? std::log(record.seen.cost) : worst + kFailurePenalty;
    samples.push_back({record.point, static_cast<float>(cost), 0, record.seen.ok() ? 0.0f : 1.0f});
  }
  return samples;
}

}  // namespace

void SearchBayesForest(Trial& trial) {
  while (trial.evaluations() < kInitial || !trial.best()) RandomStart(trial);
  Forest forest(trial.space());
  Codes codes(trial.space().dimensions().size());
  for (;;) {
    forest.Fit(trial.space(), SamplesOf(trial), {.trees = 16}, trial.random());
    const double best = std::log(trial.best_cost());
    std::vector<std::pair<double, PointId>> ranked;
    double chance = 0;
    for (PointId point : Candidates(trial, 1000)) {
      trial.space().GetCodes(point, codes);
      const Forest::Prediction seen = forest.Predict(codes);
      ranked.emplace_back(-ExpectedImprovement(best, seen.mean, seen.deviation), point);
      chance = std::max(chance, ChanceBelow(best - 0.01, seen.mean, seen.deviation));
    }
    if (ranked.empty()) return;
    trial.SetGainChance(chance);
    std::sort(ranked.begin(), ranked.end());
    std::vector<PointId> batch;  // the model is refitted when the evaluations have grown by a twentieth
    for (std::size_t i = 0; i < ranked.size() && i < 1 + trial.evaluations() / 20; ++i) batch.push_back(ranked[i].second);
    trial.Costs(batch);
  }
}

}  // namespace hone
