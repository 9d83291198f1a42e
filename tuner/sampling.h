// When enough is known of a variant's time. The search needs to know who is among the best, and roughly how slow the others
// are; the play-off times the best again. So what cannot win is run as little as can be.
#pragma once

#include <optional>
#include <span>
#include <vector>

namespace hone {

struct SamplingRules {
  double interval = 0.01;  // half width of the median's 95 % interval to reach, relative
  int min_samples = 7, max_samples = 50;
  double max_timing_ms = 250;  // wall time for samples of one variant; min_samples come first
  double long_call_ms = 1;     // a call of that length is timed by its checks where these settle it, on a GPU by fewer samples
};

// The runs of a variant's two checks were calls of the whole problem too.
struct Checked {
  std::vector<double> times_ns;  // of both, on the device; empty where its queue has no timestamps
  bool clocks_up = true;         // from before the first
};

// How far a check's run may be from a timed one: its caches are cold, its outputs and workspaces were just written. Of calls of
// a millisecond and more, filling an H100's caches is 2 %; a CPU does other things meanwhile.
constexpr double kCheckMargin = 1.15, kCheckMarginCpu = 1.5;

// The time of a long call whose checks were both so much slower than the bound that it cannot win: it needs no timing.
// bound_ns: what it would have to beat; 0: nothing.
std::optional<double> HopelessByItsChecks(const Checked& checked, double bound_ns, bool gpu, const SamplingRules& rules);

// Of a long call on a GPU whose clocks were up, the second check's time: that run was the warm-up. 0: it needs one.
double WarmByItsChecks(const Checked& checked, bool gpu, const SamplingRules& rules);

// samples_ns: not empty. spent_ms: since the first began. bound_ns: as above.
bool IsEnough(const std::vector<double>& samples_ns, double spent_ms, double bound_ns, bool gpu, const SamplingRules& rules);

}  // namespace hone
