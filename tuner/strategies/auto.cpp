// The default. It learns a forest of the logarithm of the cost while it measures, and asks next for what promises most
// improvement a second.
//
// 1. First points: what the kernel's author gave, then what priors (other devices, problems) hold best; without them four points
//    with sizes that divide, far from each other.
// 2. The model: extremely randomised trees over logarithms, odd rests and powers of two of the parameters and their products
//    (tuner/forest.h), over what priors expect (prior_model.h). A failure counts as a little worse than the worst; the
//    seconds that a measurement takes are predicted by the same trees.
// 3. Candidates: random legal points, every neighbour of the best few, the best of the priors. A sample, not all: a decision stays
//    cheap in a space of any size, and the model's optimism about far points is not harvested at once.
// 4. The next point has the highest expected improvement over expected seconds to the power kThrift. The model is fitted
//    again when the measurements have grown by a twentieth; in between the runners-up are measured (and compiled ahead).
//
// Source: ours, from the parts named in forest.h and improvement.h; cost-aware improvement after Snoek, Larochelle and
// Adams (2012). tuner/README.md has the numbers.
#include <algorithm>
#include <cmath>
#include <vector>

#include "tuner/forest.h"
#include "tuner/strategies/first_points.h"
#include "tuner/strategies/improvement.h"
#include "tuner/strategies/prior_model.h"
#include "tuner/strategies/strategies.h"
#include "tuner/trial.h"

namespace hone {
namespace {

constexpr std::size_t kFirst = 4;          // measured before the model is used
constexpr std::size_t kLeaders = 3;        // whose neighbours are always candidates
constexpr int kPool = 1000;                // random candidates
constexpr std::size_t kFromPriors = 100;   // candidates
constexpr double kGrowth = 0.05;           // share of measurements between fits
constexpr double kThrift = 0.6;            // how much seconds count
constexpr double kFailurePenalty = 0.3;    // over the logarithm of the worst valid cost
constexpr double kWorthwhile = 0.01;       // a gain, for stopping when confident
constexpr int kSureFits = 3;               // fits in a row that must agree on it

class AutoSearch {
 public:
  explicit AutoSearch(Trial& trial)
      : trial_(trial), space_(trial.space()), priors_(space_, trial.options().priors, trial.random()), forest_(space_),
        codes_(space_.dimensions().size()) {}

  void Run() {
    FirstPoints();
    for (;;) {
      Fit();
      const std::vector<PointId> next = Rank(Candidates());
      if (next.empty()) {
        trial_.Cost(trial_.SampleUnknown());
      } else {
        trial_.Costs(next);
      }
    }
  }

 private:
  void FirstPoints() {
    for (PointId point : trial_.options().start) trial_.Cost(point);
    for (const Prior& prior : trial_.options().priors) {
      if (prior.costs.empty()) continue;
      trial_.Say("starts from what " + prior.label + " found best");
      trial_.Cost(prior.costs.front().first);
    }
    while (trial_.records().size() < kFirst || !trial_.best()) {
      const auto next = priors_.Best(trial_, 1);
      trial_.Cost(next.empty() ? FirstPoint(trial_) : next.front());
    }
  }

  // Best first.
  std::vector<PointId> Leaders() const {
    std::vector<std::pair<double, PointId>> order;
    for (const Trial::Record& record : trial_.records()) {
      if (record.seen.ok()) order.emplace_back(record.seen.cost, record.point);
    }
    const std::size_t count = std::min(kLeaders, order.size());
    std::partial_sort(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(count), order.end());
    std::vector<PointId> leaders;
    for (std::size_t i = 0; i < count; ++i) leaders.push_back(order[i].second);
    return leaders;
  }

  void Fit() {
    std::vector<std::pair<PointId, double>> costs;
    double worst = -1e300;
    for (const Trial::Record& record : trial_.records()) {
      if (record.seen.ok()) worst = std::max(worst, std::log(record.seen.cost));
    }
    for (const Trial::Record& record : trial_.records()) {
      costs.emplace_back(record.point, record.seen.ok() ? std::log(record.seen.cost) : worst + kFailurePenalty);
    }
    priors_.Weigh(costs);
    samples_.clear();
    for (std::size_t i = 0; i < costs.size(); ++i) {
      const Observation& seen = trial_.records()[i].seen;
      const double cost = costs[i].second - priors_.Expect(costs[i].first);
      samples_.push_back({costs[i].first, static_cast<float>(cost), static_cast<float>(std::log(seen.seconds + 1e-3)), seen.ok() ? 0.0f : 1.0f});
    }
    forest_.Fit(space_, samples_, {.trees = 16, .combine = 0.5}, trial_.random());
  }

  std::vector<PointId> Candidates() {
    std::vector<PointId> pool = priors_.Best(trial_, kFromPriors);
    for (PointId leader : Leaders()) space_.Neighbours(leader, Neighbourhood::kHamming, pool);
    for (int i = 0; i < kPool; ++i) pool.push_back(space_.Sample(trial_.random()));
    std::sort(pool.begin(), pool.end());
    pool.erase(std::unique(pool.begin(), pool.end()), pool.end());
    std::erase_if(pool, [this](PointId point) { return trial_.Known(point); });
    return pool;
  }

  // The most promising candidates until the next fit.
  std::vector<PointId> Rank(const std::vector<PointId>& pool) {
    const double best = std::log(trial_.best_cost());
    std::vector<std::pair<double, PointId>> order;
    double chance = 0;
    for (PointId point : pool) {
      space_.GetCodes(point, codes_);
      const Forest::Prediction seen = forest_.Predict(codes_);
      const double mean = seen.mean + priors_.Expect(point);
      chance = std::max(chance, ChanceBelow(best - kWorthwhile, mean, seen.deviation));
      order.emplace_back(kThrift * seen.seconds - std::log(ExpectedImprovement(best, mean, seen.deviation) + 1e-30), point);
    }
    sure_ = chance < 0.05 ? sure_ + 1 : 0;
    if (sure_ >= kSureFits) trial_.SetGainChance(chance);
    const std::size_t count =
        std::min(order.size(), 1 + static_cast<std::size_t>(kGrowth * static_cast<double>(trial_.records().size())));
    std::partial_sort(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(count), order.end());
    std::vector<PointId> next;
    for (std::size_t i = 0; i < count; ++i) next.push_back(order[i].second);
    return next;
  }

  Trial& trial_;
  const Space& space_;
  PriorModel priors_;
  Forest forest_;
  std::vector<Forest::Sample> samples_;
  Codes codes_;
  int sure_ = 0;
};

}  // namespace

void SearchAuto(Trial& trial) { AutoSearch(trial).Run(); }

}  // namespace hone
