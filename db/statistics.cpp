#include "db/statistics.h"

#include <algorithm>
#include <cmath>

namespace hone {
namespace {

// fraction in [0, 1]; sorted is not empty.
double Quantile(const std::vector<double>& sorted, double fraction) {
  const double at = fraction * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<std::size_t>(at);
  if (below + 1 >= sorted.size()) return sorted.back();
  return sorted[below] + (at - static_cast<double>(below)) * (sorted[below + 1] - sorted[below]);
}

// How many samples lie outside the 95 % interval of the median on each side: the greatest k with P(X < k) <= 2.5 % for
// X heads in `count` tosses of a coin.
std::size_t OutsideInterval(std::size_t count) {
  const double n = static_cast<double>(count);
  if (count > 500) return static_cast<std::size_t>(std::max(0.0, std::floor((n - 1.96 * std::sqrt(n)) / 2)));
  double probability = std::pow(0.5, n), sum = 0;
  std::size_t k = 0;
  while (sum + probability <= 0.025) {
    sum += probability;
    probability *= (n - static_cast<double>(k)) / (static_cast<double>(k) + 1);
    ++k;
  }
  return k;
}

}  // namespace

std::size_t CountOutliers(const std::vector<double>& samples) {
  if (samples.empty()) return 0;
  const Statistics all = Summarize(samples);
  double mean_deviation = 0;
  for (const double sample : samples) mean_deviation += std::abs(sample - all.median_ns) / double(samples.size());
  // More than half of the samples are equal where the median deviation is 0: the mean deviation takes its place.
  const double unit = all.mad_ns > 0 ? all.mad_ns / 0.6745 : 1.253314 * mean_deviation;
  return static_cast<std::size_t>(std::count_if(samples.begin(), samples.end(),
                                                [&](double sample) { return std::abs(sample - all.median_ns) > 3.5 * unit; }));
}

Statistics Summarize(std::vector<double> samples) {
  Statistics result;
  if (samples.empty()) return result;
  std::sort(samples.begin(), samples.end());
  result.median_ns = Quantile(samples, 0.5);
  result.min_ns = samples.front();
  result.p95_ns = Quantile(samples, 0.95);
  const std::size_t outside = OutsideInterval(samples.size());
  const std::size_t low = outside == 0 ? 0 : outside - 1;
  result.low_ns = samples[low];
  result.high_ns = samples[samples.size() - 1 - low];
  for (double& sample : samples) sample = std::abs(sample - result.median_ns);
  std::sort(samples.begin(), samples.end());
  result.mad_ns = Quantile(samples, 0.5);
  return result;
}

}  // namespace hone
