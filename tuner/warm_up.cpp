#include "tuner/warm_up.h"

#include <algorithm>
#include <cmath>

namespace hone {
namespace {

constexpr double kFirst_ns = 300e6, kAlways_ns = 1e6;  // of work until the clocks are up

bool IsNew(const WarmUpFrom& from) { return from.busy_ns < kFirst_ns; }

}  // namespace

bool ClocksAreUp(const WarmUpFrom& from) { return !from.gpu || !IsNew(from); }

double WarmUp(const WarmUpFrom& from, const std::function<WarmUpSample()>& sample) {
  const bool cold = IsNew(from);
  const double least_ns = !from.gpu ? 0 : cold ? kFirst_ns : kAlways_ns;
  const double most_ns = std::max(4 * least_ns, from.gpu ? 100e6 : 50e6);
  WarmUpSample latest = sample();
  if (!cold && from.hopeless_above_ns > 0 && latest.call_ns > from.hopeless_above_ns) return latest.call_ns;
  const bool again = cold && from.long_ns > 0 && latest.call_ns > from.long_ns;
  double busy_ns = latest.busy_ns;
  if (busy_ns >= most_ns && again) return sample().call_ns;
  while (busy_ns < most_ns) {
    const double before_ns = latest.call_ns;
    latest = sample();
    busy_ns += latest.busy_ns;
    const bool steady = std::fabs(latest.call_ns - before_ns) <= 0.02 * latest.call_ns;
    if (steady && busy_ns >= least_ns) break;
  }
  return latest.call_ns;
}

}  // namespace hone
