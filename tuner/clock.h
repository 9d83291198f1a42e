// The host's clock, for durations and deadlines.
#pragma once

#include <chrono>

namespace hone {

using Clock = std::chrono::steady_clock;

inline double MillisecondsSince(Clock::time_point start) {
  return std::chrono::duration<double, std::milli>(Clock::now() - start).count();
}

}  // namespace hone
