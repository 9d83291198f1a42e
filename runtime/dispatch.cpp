#include "runtime/vulkan.h"

namespace hone {

void Dispatch::init(PFN_vkGetInstanceProcAddr loader) {
  vkGetInstanceProcAddr = loader;
#define HONE_RESOLVE(name) name = reinterpret_cast<PFN_##name>(vkGetInstanceProcAddr(nullptr, #name));
  HONE_GLOBAL_FUNCTIONS(HONE_RESOLVE)
#undef HONE_RESOLVE
}

void Dispatch::init(VkInstance instance) {
#define HONE_RESOLVE(name) name = reinterpret_cast<PFN_##name>(vkGetInstanceProcAddr(instance, #name));
  HONE_INSTANCE_FUNCTIONS(HONE_RESOLVE)
#undef HONE_RESOLVE
}

#define HONE_RESOLVE(name) name = reinterpret_cast<PFN_##name>(vkGetDeviceProcAddr(device, #name));
void Dispatch::InitForPipelines(VkDevice device) { HONE_PIPELINE_FUNCTIONS(HONE_RESOLVE) }

void Dispatch::init(VkDevice device) {
  InitForPipelines(device);
  HONE_CONTEXT_FUNCTIONS(HONE_RESOLVE)
}
#undef HONE_RESOLVE

}  // namespace hone
