#include "tuner/playoff.h"

#include <algorithm>
#include <numeric>

#include "db/store.h"
#include "tuner/rank_test.h"

namespace hone {

Verdict Judge(std::span<const std::vector<double>> times, std::span<const double> complexity) {
  Verdict verdict;
  std::vector<double> medians;
  for (const std::vector<double>& each : times) medians.push_back(Summarize(each).median_ns);
  verdict.order.resize(times.size());
  std::iota(verdict.order.begin(), verdict.order.end(), std::size_t{0});
  std::ranges::stable_sort(verdict.order, {}, [&](std::size_t i) { return medians[i]; });
  const std::size_t leader = verdict.order.front();
  verdict.winner = leader;
  for (std::size_t i = 0; i < times.size(); ++i) {
    const double p = i == leader ? 1 : MannWhitney(times[leader], times[i]);
    verdict.p_values.push_back(p);
    verdict.tied.push_back(p >= kTiedAbove || medians[i] <= medians[leader] * (1 + kNegligibleShare));
    if (verdict.tied[i] && complexity[i] < complexity[verdict.winner]) verdict.winner = i;
  }
  return verdict;
}

}  // namespace hone
