// Private to runtime/: the Vulkan functions that we call, as a table for Vulkan-Hpp. Its own table resolves all there are,
// which takes the loader about two milliseconds for an application's device: longer than all else in a start.
#pragma once

#include <vulkan/vulkan_core.h>

#include <cstdint>

namespace hone {

#define HONE_GLOBAL_FUNCTIONS(f) f(vkCreateInstance) f(vkEnumerateInstanceLayerProperties)

// What loading and recording take of an application's instance and device.
#define HONE_IDENTITY_FUNCTIONS(f)                                                               \
  f(vkGetDeviceProcAddr) f(vkGetPhysicalDeviceMemoryProperties) f(vkGetPhysicalDeviceProperties) \
      f(vkGetPhysicalDeviceProperties2)

#define HONE_PIPELINE_FUNCTIONS(f)                                                                                             \
  f(vkCmdBindPipeline) f(vkCmdDispatch) f(vkCmdPipelineBarrier) f(vkCmdPushConstants) f(vkCmdPushDescriptorSetWithTemplateKHR) \
      f(vkCreateComputePipelines) f(vkCreateDescriptorSetLayout) f(vkCreateDescriptorUpdateTemplate) f(vkCreatePipelineCache)  \
          f(vkCreatePipelineLayout) f(vkCreateShaderModule) f(vkDestroyDescriptorSetLayout)                                    \
              f(vkDestroyDescriptorUpdateTemplate) f(vkDestroyPipeline) f(vkDestroyPipelineCache) f(vkDestroyPipelineLayout)   \
                  f(vkDestroyShaderModule)

// All else.
#define HONE_INSTANCE_FUNCTIONS(f)                                                                            \
  f(vkCreateDebugUtilsMessengerEXT) f(vkCreateDevice) f(vkDestroyDebugUtilsMessengerEXT) f(vkDestroyInstance) \
      f(vkEnumerateDeviceExtensionProperties) f(vkEnumeratePhysicalDevices) f(vkGetPhysicalDeviceFeatures2)   \
          f(vkGetPhysicalDeviceMemoryProperties2) f(vkGetPhysicalDeviceQueueFamilyProperties)

#define HONE_DEVICE_FUNCTIONS(f)                                                                                               \
  f(vkAllocateCommandBuffers) f(vkAllocateDescriptorSets) f(vkAllocateMemory) f(vkBeginCommandBuffer) f(vkBindBufferMemory)    \
      f(vkCmdBindDescriptorSets) f(vkCmdCopyBuffer) f(vkCmdDispatchBase) f(vkCmdFillBuffer) f(vkCmdResetQueryPool)             \
          f(vkCmdWriteTimestamp) f(vkCreateBuffer) f(vkCreateCommandPool) f(vkCreateDescriptorPool) f(vkCreateFence)           \
              f(vkCreateQueryPool) f(vkCreateSemaphore) f(vkDestroyBuffer) f(vkDestroyCommandPool) f(vkDestroyDescriptorPool)  \
                  f(vkDestroyDevice) f(vkDestroyFence) f(vkDestroyQueryPool) f(vkDestroySemaphore) f(vkDeviceWaitIdle) f(      \
                      vkEndCommandBuffer) f(vkFreeMemory) f(vkGetDeviceQueue) f(vkGetFenceStatus)                              \
                      f(vkGetMemoryHostPointerPropertiesEXT) f(vkGetPipelineCacheData) f(vkGetPipelineExecutablePropertiesKHR) \
                          f(vkGetPipelineExecutableStatisticsKHR) f(vkGetQueryPoolResults) f(vkGetSemaphoreCounterValue)       \
                              f(vkQueueSubmit) f(vkResetDescriptorPool) f(vkResetFences) f(vkResetQueryPool)                   \
                                  f(vkUpdateDescriptorSetWithTemplate) f(vkWaitForFences)                                      \
                                      f(vkWaitSemaphores) /* by hand, in tests and benchmarks */ f(vkCmdPushDescriptorSetKHR)  \
                                          f(vkGetBufferMemoryRequirements) f(vkMapMemory) f(vkQueueWaitIdle)                   \
                                              f(vkResetCommandBuffer) f(vkResetCommandPool)

struct Dispatch {
  void init(PFN_vkGetInstanceProcAddr loader);
  void init(VkInstance instance);
  void init(VkDevice device);                                             // after its instance
  void InitForPipelines(VkInstance instance, VkDevice device);            // no more than loading and recording take
  std::uint32_t getVkHeaderVersion() const { return VK_HEADER_VERSION; }  // Vulkan-Hpp asserts that it is its own

  PFN_vkGetInstanceProcAddr vkGetInstanceProcAddr = nullptr;
#define HONE_DECLARE(name) PFN_##name name = nullptr;
  HONE_GLOBAL_FUNCTIONS(HONE_DECLARE)
  HONE_IDENTITY_FUNCTIONS(HONE_DECLARE)
  HONE_PIPELINE_FUNCTIONS(HONE_DECLARE)
  HONE_INSTANCE_FUNCTIONS(HONE_DECLARE)
  HONE_DEVICE_FUNCTIONS(HONE_DECLARE)
#undef HONE_DECLARE
};

}  // namespace hone
