#include "tuner/playoff.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "db/store.h"
#include "tuner/rank_test.h"

namespace hone {
namespace {

constexpr int kLeastRounds = 7;       // with fewer the rank test hardly tells anything apart
constexpr double kSample_ns = 250e3;  // as bench.cpp times, and asking for it
constexpr double kPrepare_ns = 20e6;  // of each variant: its pipeline
constexpr int kWarmUp = 4;            // samples
constexpr double kNanosecond = 1e-9;

double Turn_ns(std::span<const double> medians_ns) {
  double sum = 0;
  for (const double median : medians_ns) sum += std::max(median, kSample_ns);
  return sum;
}

}  // namespace

double PlayoffSeconds(std::span<const double> medians_ns, int rounds) {
  return kNanosecond * (static_cast<double>(medians_ns.size()) * kPrepare_ns + (kWarmUp + rounds) * Turn_ns(medians_ns));
}

int PlayoffRounds(double seconds, std::span<const double> medians_ns, int most) {
  const double left = seconds - PlayoffSeconds(medians_ns, 0);
  const double fit = std::floor(left / (kNanosecond * Turn_ns(medians_ns)));
  const int rounds = static_cast<int>(std::clamp(fit, 0.0, static_cast<double>(most)));
  return rounds < std::min(kLeastRounds, most) ? 0 : rounds;
}

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
