#include "runtime/vulkan.h"

#include <string>

namespace hone {

Outcome OutcomeOf(vk::Result result) {
  switch (result) {
    case vk::Result::eSuccess: return Outcome::kOk;
    case vk::Result::eTimeout:
    case vk::Result::eNotReady: return Outcome::kTimeout;
    case vk::Result::eErrorDeviceLost: return Outcome::kDeviceLost;
    case vk::Result::eErrorOutOfDeviceMemory:
    case vk::Result::eErrorOutOfPoolMemory:
    case vk::Result::eErrorFragmentedPool: return Outcome::kOutOfDeviceMemory;
    case vk::Result::eErrorOutOfHostMemory: return Outcome::kOutOfHostMemory;
    case vk::Result::eErrorFeatureNotPresent:
    case vk::Result::eErrorExtensionNotPresent: return Outcome::kOverLimit;
    default: return Outcome::kDriverError;
  }
}

void FailVulkan(vk::Result result, std::string_view doing) {
  throw DeviceError(OutcomeOf(result), std::string(doing) + ": Vulkan says " + vk::to_string(result));
}

void Check(vk::Result result, std::string_view doing) {
  if (result != vk::Result::eSuccess) FailVulkan(result, doing);
}

}  // namespace hone
