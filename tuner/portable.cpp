#include "tuner/portable.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "tuner/job.h"

namespace hone {
namespace {

constexpr std::size_t kOfEach = 3;

// Those that work, fastest first.
std::vector<const Measurement*> Fastest(const ResultsByVariant& results) {
  std::vector<const Measurement*> fastest;
  for (const auto& [key, result] : results)
    if (result.outcome == Outcome::kOk) fastest.push_back(&result);
  std::ranges::sort(fastest, {}, [](const Measurement* m) { return m->statistics.median_ns; });
  return fastest;
}

}  // namespace

Variants PortableCandidates(const ResultsByProblem& by_problem) {
  Variants candidates;
  for (const auto& [problem, results] : by_problem) {
    const std::vector<const Measurement*> fastest = Fastest(results);
    for (std::size_t i = 0; i < std::min(kOfEach, fastest.size()); ++i)
      candidates[VariantKey(fastest[i]->pattern, fastest[i]->point)] = {fastest[i]->pattern, fastest[i]->point};
  }
  return candidates;
}

PortableRow MostPortable(const Variants& candidates, const ResultsByProblem& by_problem) {
  PortableRow best;
  for (const auto& [key, variant] : candidates) {
    PortableRow row;
    row.variant = key;
    double logarithms = 0;
    for (const auto& [problem, results] : by_problem) {
      const auto own = results.find(key);
      if (own == results.end() || own->second.outcome != Outcome::kOk) break;
      const double share = Fastest(results).front()->statistics.median_ns / own->second.statistics.median_ns;
      logarithms += std::log(share);
      if (row.problems++ == 0 || share < row.worst_share) {
        row.worst_share = share;
        row.worst_problem = problem;
      }
    }
    if (row.problems != static_cast<int>(by_problem.size())) continue;  // it does not work everywhere
    row.mean_share = std::exp(logarithms / row.problems);
    if (row.mean_share > best.mean_share) best = row;
  }
  return best;
}

}  // namespace hone
