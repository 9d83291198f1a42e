// What a device could not do: an Error that also says which outcome it is, so that a tuner stores it as a value.
#pragma once

#include <string>

#include "db/error.h"
#include "db/outcome.h"

namespace hone {

// outcome: kOverLimit, kTimeout, kDeviceLost, kOutOfDeviceMemory, kOutOfHostMemory or kDriverError.
class DeviceError : public Error {
 public:
  DeviceError(Outcome what_became, const std::string& fact) : Error(fact), outcome(what_became) {}
  Outcome outcome;
};

}  // namespace hone
