// What drivers make of a database's winners, made ahead of time: `hone pack --binaries` ships it, so that the first
// start on such a device compiles nothing.
#pragma once

#include <cstddef>

#include "db/store.h"

namespace hone {

class Context;

// For the best variant of each problem tuned on the context's device: what its driver makes of each pass, stored under
// "VkPipelineCache" where it is not there yet. Returns how many were added. Errors: as Store; DeviceError kDeviceLost
// and the like. A variant that this driver will not have is passed over.
std::size_t StoreDriverBinaries(Store& store, Context& context);

}  // namespace hone
