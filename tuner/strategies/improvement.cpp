#include "tuner/strategies/improvement.h"

#include <algorithm>
#include <cmath>

namespace hone {

double ChanceBelow(double best, double mean, double deviation) {
  if (deviation < 1e-12) return mean < best ? 1 : 0;
  return 0.5 * std::erfc((mean - best) / deviation / std::sqrt(2.0));
}

double ExpectedImprovement(double best, double mean, double deviation) {
  if (deviation < 1e-12) return std::max(0.0, best - mean);
  const double z = (best - mean) / deviation;
  return (best - mean) * ChanceBelow(best, mean, deviation) + deviation * 0.3989422804014327 * std::exp(-0.5 * z * z);
}

double Flatten(double log_ratio) {
  constexpr double kScale = 0.5;
  return kScale * std::log1p(log_ratio / kScale);
}

std::vector<PointId> Candidates(Trial& trial, std::size_t most) {
  std::vector<PointId> pool;
  if (trial.space().Count() <= most) {
    for (PointId point = 0; point < trial.space().Count(); ++point) {
      if (!trial.Known(point)) pool.push_back(point);
    }
    return pool;
  }
  for (std::size_t i = 0; i < most; ++i) pool.push_back(trial.SampleUnknown());
  if (trial.best()) trial.space().Neighbours(*trial.best(), Neighbourhood::kHamming, pool);
  std::sort(pool.begin(), pool.end());
  pool.erase(std::unique(pool.begin(), pool.end()), pool.end());
  std::erase_if(pool, [&](PointId point) { return trial.Known(point); });
  return pool;
}

}  // namespace hone
