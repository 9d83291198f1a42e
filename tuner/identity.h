// When are two variants the same? When their modules are, and all that the runtime reads from their points comes out equal.
#pragma once

#include <string>

#include "db/device.h"
#include "db/kernel.h"

namespace hone {

// Equal texts: the same work would be submitted for this problem, so that one measurement serves both.
std::string IdentityOf(const Binary& binary, const Values& problem, const DeviceInfo& device);

}  // namespace hone
