#include "tuner/sampling.h"

#include <algorithm>

#include "db/statistics.h"

namespace hone {
namespace {

constexpr int kFew = 3;  // the least that show how far they lie apart

bool IsLong(double call_ns, const SamplingRules& rules) { return call_ns >= rules.long_call_ms * 1e6; }

}  // namespace

std::optional<double> HopelessByItsChecks(const Checked& checked, double bound_ns, bool gpu, const SamplingRules& rules) {
  if (checked.times_ns.empty() || !checked.clocks_up || bound_ns <= 0) return std::nullopt;
  const double least_ns = *std::ranges::min_element(checked.times_ns);
  if (!IsLong(least_ns, rules) || least_ns <= bound_ns * (gpu ? kCheckMargin : kCheckMarginCpu)) return std::nullopt;
  return least_ns;
}

double WarmByItsChecks(const Checked& checked, bool gpu, const SamplingRules& rules) {
  if (!gpu || checked.times_ns.empty() || !checked.clocks_up) return 0;
  return IsLong(checked.times_ns.back(), rules) ? checked.times_ns.back() : 0;
}

bool IsEnough(const std::vector<double>& samples_ns, double spent_ms, double bound_ns, bool gpu, const SamplingRules& rules) {
  const int have = static_cast<int>(samples_ns.size());
  if (have >= rules.max_samples) return true;
  if (have < kFew) return false;
  const Statistics now = Summarize(samples_ns);
  if (bound_ns > 0 && (have < 6 ? now.min_ns : now.low_ns) > bound_ns) return true;  // cannot win
  if (spent_ms > rules.max_timing_ms) return true;                                   // slow: the play-off will tell more
  const double width_ns = now.high_ns - now.low_ns;                                  // of few samples all lie within it
  if (gpu && IsLong(now.median_ns, rules) && width_ns <= rules.interval * now.median_ns) return true;
  return have >= rules.min_samples && width_ns <= 2 * rules.interval * now.median_ns;
}

}  // namespace hone
