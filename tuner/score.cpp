#include "tuner/score.h"

#include <algorithm>
#include <cmath>

#include "db/error.h"

namespace hone {
namespace {

double Median(const std::vector<double>& sorted) {
  const std::size_t n = sorted.size();
  return n % 2 ? sorted[n / 2] : (sorted[n / 2 - 1] + sorted[n / 2]) / 2;
}

double Mean(const std::vector<double>& values) {
  double sum = 0;
  for (double value : values) sum += value;
  return sum / static_cast<double>(values.size());
}

}  // namespace

Trace TraceOf(const Trial& trial) {
  Trace trace;
  double best = kFailed, end = 0;
  for (const Trial::Record& record : trial.records()) {
    end = record.at_seconds;
    if (!record.seen.ok() || record.seen.cost >= best) continue;
    best = record.seen.cost;
    trace.emplace_back(record.at_seconds, best);
  }
  if (!trace.empty() && trace.back().first < end) trace.emplace_back(end, best);
  return trace;
}

Scorer::Scorer(std::span<const Observation> seen) {
  std::vector<double> times, valid_times, failed_times;
  for (const Observation& one : seen) {
    if (one.ok()) sorted_.push_back(one.cost);
    if (!std::isfinite(one.seconds)) continue;
    times.push_back(one.seconds);
    (one.ok() ? valid_times : failed_times).push_back(one.seconds);
  }
  if (sorted_.empty() || valid_times.empty()) throw Error("a recorded space without a valid, timed point cannot be scored");
  std::sort(sorted_.begin(), sorted_.end());
  std::sort(times.begin(), times.end());
  median_ = Median(sorted_);
  typical_s_ = Median(times);
  const double valid_share = static_cast<double>(sorted_.size()) / static_cast<double>(seen.size());
  mean_s_ = Mean(valid_times) + (failed_times.empty() ? 0 : (1 - valid_share) * Mean(failed_times));
}

double Scorer::BudgetSeconds(double share) const {
  const double target = optimum() + (median_ - optimum()) * (1 - share);
  const std::size_t n = sorted_.size();
  std::size_t i = 0;  // worst first: the first point that is good enough
  while (sorted_[n - 1 - i] > target) ++i;
  if (sorted_[n - 1 - i] == optimum() && i > 0) --i;
  return std::ceil(static_cast<double>(i) / static_cast<double>(n + 1 - i)) * typical_s_;
}

double Scorer::RandomBest(double seconds) const {
  const auto n = static_cast<double>(sorted_.size());
  const double draws = std::max(std::nearbyint(std::max(seconds / mean_s_, 1.0)), 1.0);
  const double rank = std::min(n - 1, std::nearbyint(draws * (n + 1) / (draws + 1)));  // worst first
  return sorted_[sorted_.size() - 1 - static_cast<std::size_t>(rank)];
}

Score Scorer::Of(std::span<const Trace> runs) const {
  constexpr int kSteps = 1000;
  const double begin = BudgetSeconds(0.01), step = (BudgetSeconds(0.95) - begin) / (kSteps - 1);
  const auto count = static_cast<double>(runs.size());
  const auto best_at = [this](const Trace& trace, double when) {
    const auto after = std::upper_bound(trace.begin(), trace.end(), when, [](double t, const auto& p) { return t < p.first; });
    return after == trace.begin() ? median_ : std::prev(after)->second;
  };
  Score score;
  for (int i = 0; i < kSteps; ++i) {
    const double when = i == kSteps - 1 ? BudgetSeconds(0.95) : begin + i * step;
    double mean = 0;
    for (const Trace& run : runs) mean += best_at(run, when) / count;
    const double base = RandomBest(when);
    score.p += (base - mean) / std::max(base - optimum(), 1e-12) / kSteps;
  }
  score.final_over_optimum = 0;
  for (const Trace& run : runs) {
    const double final_ratio = best_at(run, BudgetSeconds(0.95)) / optimum();
    score.final_over_optimum += final_ratio / count;
    score.hit += (final_ratio <= 1.0001 ? 1 : 0) / count;
  }
  return score;
}

}  // namespace hone
