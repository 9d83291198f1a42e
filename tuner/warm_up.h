// Until a device's clocks are up and a variant's time is steady; and whether it is worth that.
//
// A GPU that has been idle reads up to six times too slow. So nothing is decided of a variant before the clocks are up: neither
// that it is hopeless nor that one call of it takes too long. Later the stove keeps them up (tuner/stove.h).
#pragma once

#include <functional>

namespace hone {

struct WarmUpFrom {
  bool gpu = true;
  double busy_ns = 0;            // of the device for this process so far
  double hopeless_above_ns = 0;  // no warm-up for what is slower at once; 0: always a warm-up
  double long_ns = 0;            // a call over that is taken again, so that it is not the clock's; 0: none is
};

struct WarmUpSample {
  double call_ns = 0;  // of one
  double busy_ns = 0;  // of all in the sample
};

// No sample is slower for the clock's sake.
bool ClocksAreUp(const WarmUpFrom& from);

// sample: takes one, and may fit the next to it. Returns the latest one's time of a call.
double WarmUp(const WarmUpFrom& from, const std::function<WarmUpSample()>& sample);

}  // namespace hone
