#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <unordered_set>
#include <vector>

#include "tuner/forest.h"
#include "tuner/strategies/moves.h"
#include "tuner/strategies/strategies.h"

namespace hone {
namespace {
double Knob(const char* name, double otherwise) { const char* t = std::getenv(name); return t ? std::atof(t) : otherwise; }

double Improvement(double best, double mean, double deviation) {
  if (deviation <= 1e-9) return std::max(0.0, best - mean);
  const double z = (best - mean) / deviation;
  return (best - mean) * 0.5 * std::erfc(-z / std::sqrt(2.0)) + deviation * 0.3989422804014327 * std::exp(-0.5 * z * z);
}

}  // namespace

void SearchAuto(Trial& trial) {
  const Space& space = trial.space();
  const int n0 = static_cast<int>(Knob("N0", 6));
  const double xi = Knob("XI", 0), grow = Knob("GROW", 0.03), costpow = Knob("COSTP", 0), penalty = Knob("PEN", 0.3), failpow = Knob("FAILP", 0), shift = Knob("SHIFT", 0);
  const double full = Knob("FULL", 1), greedy = Knob("GREEDY", 0);
  Forest::Options options;
  options.trees = static_cast<int>(Knob("TREES", 24));
  options.tries = static_cast<int>(Knob("TRIES", 0));
  options.combine = Knob("COMB", 0.5);
  options.min_leaf = static_cast<int>(Knob("LEAF", 1));
  options.smooth = Knob("SMOOTH", 0);
  while (trial.evaluations() < static_cast<std::uint64_t>(n0) || trial.best_cost() == kFailed) RandomStart(trial);
  Forest forest(space);
  std::vector<Forest::Sample> samples;
  std::vector<std::pair<double, PointId>> ranked;
  Codes codes(space.dimensions().size());
  std::uint64_t fitted_at = 0;
  for (;;) {
    if (fitted_at == 0 || trial.evaluations() >= fitted_at + std::max<std::uint64_t>(1, static_cast<std::uint64_t>(grow * static_cast<double>(fitted_at))) || ranked.empty()) {
      fitted_at = trial.evaluations();
      samples.clear();
      double worst = -1e300;
      const double base = trial.best_cost() * shift;
      for (const auto& r : trial.records()) if (r.seen.ok()) worst = std::max(worst, std::log(r.seen.cost - base));
      for (const auto& r : trial.records())
        samples.push_back({r.point, static_cast<float>(r.seen.ok() ? std::log(r.seen.cost - base) : worst + penalty), static_cast<float>(std::log(r.seen.seconds + 1e-3)), r.seen.ok() ? 0.f : 1.f});
      forest.Fit(space, samples, options, trial.random());
      const double best = std::log(trial.best_cost() - base) - xi;
      ranked.clear();
      std::vector<PointId> pool;
      if (static_cast<double>(space.Count()) <= full * 20000) { for (PointId p = 0; p < space.Count(); ++p) if (!trial.Known(p)) pool.push_back(p); }
      const bool g = trial.random().Chance(greedy);
      for (PointId p : pool) {
        space.GetCodes(p, codes);
        const auto pr = forest.Predict(codes);
        double a = g ? -pr.mean : std::log(Improvement(best, pr.mean, pr.deviation) + 1e-30);
        a += -costpow * pr.seconds + failpow * std::log(1.02 - pr.failed);
        ranked.emplace_back(a + 1e-7 * trial.random().Uniform(), p);
      }
      std::sort(ranked.begin(), ranked.end());
      if (ranked.size() > 2000) ranked.erase(ranked.begin(), ranked.end() - 2000);
    }
    while (!ranked.empty() && trial.Known(ranked.back().second)) ranked.pop_back();
    if (ranked.empty()) { trial.Cost(trial.SampleUnknown()); continue; }
    const PointId p = ranked.back().second;
    ranked.pop_back();
    trial.Cost(p);
  }
}

}  // namespace hone
