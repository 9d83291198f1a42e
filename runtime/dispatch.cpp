#include "runtime/vulkan.h"

namespace hone {

#define HONE_OF_INSTANCE(name) name = reinterpret_cast<PFN_##name>(vkGetInstanceProcAddr(instance, #name));
#define HONE_OF_DEVICE(name) name = reinterpret_cast<PFN_##name>(vkGetDeviceProcAddr(device, #name));

void Dispatch::init(PFN_vkGetInstanceProcAddr loader) {
  constexpr VkInstance instance = nullptr;
  vkGetInstanceProcAddr = loader;
  HONE_GLOBAL_FUNCTIONS(HONE_OF_INSTANCE)
}

void Dispatch::init(VkInstance instance) {
  HONE_IDENTITY_FUNCTIONS(HONE_OF_INSTANCE)
  HONE_INSTANCE_FUNCTIONS(HONE_OF_INSTANCE)
}

void Dispatch::init(VkDevice device) {
  HONE_PIPELINE_FUNCTIONS(HONE_OF_DEVICE)
  HONE_DEVICE_FUNCTIONS(HONE_OF_DEVICE)
}

void Dispatch::InitForPipelines(VkInstance instance, VkDevice device) {
  HONE_IDENTITY_FUNCTIONS(HONE_OF_INSTANCE)
  HONE_PIPELINE_FUNCTIONS(HONE_OF_DEVICE)
}

#undef HONE_OF_INSTANCE
#undef HONE_OF_DEVICE

}  // namespace hone
