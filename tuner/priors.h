// What a database knows that helps a search here: the kernel's results on other devices, for other problems, of older sources.
#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "db/store.h"
#include "tuner/trial.h"

namespace hone {

// Of the same problem on other devices, of other problems on this device, and of older sources for both; only points that are
// legal in `space`. The best 500 of each, at most four of them, those with the most results first. before_ms: what was not
// measured before that is left out, so that a search that is continued sees what it saw when it began.
std::vector<Prior> PriorsFrom(const Store& store, const Space& space, const std::string& kernel, const Values& problem,
                              const DeviceInfo& device, std::int64_t before_ms = std::numeric_limits<std::int64_t>::max());

}  // namespace hone
