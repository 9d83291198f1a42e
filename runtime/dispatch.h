// Private to runtime/: the Vulkan functions that we call, as a table for Vulkan-Hpp. Its own table resolves all there are,
// which takes the loader about two milliseconds for an application's device: longer than all else in a start.
#pragma once

#include <vulkan/vulkan_core.h>

#include <cstdint>

namespace hone {

#define HONE_GLOBAL_FUNCTIONS(f) f(vkCreateInstance) f(vkEnumerateInstanceLayerProperties)

#define HONE_INSTANCE_FUNCTIONS(f)                                                                                       \
  f(vkCreateDebugUtilsMessengerEXT) f(vkCreateDevice) f(vkDestroyDebugUtilsMessengerEXT) f(vkDestroyInstance)            \
      f(vkEnumerateDeviceExtensionProperties) f(vkEnumeratePhysicalDevices) f(vkGetDeviceProcAddr)                       \
          f(vkGetPhysicalDeviceFeatures2) f(vkGetPhysicalDeviceMemoryProperties) f(vkGetPhysicalDeviceMemoryProperties2) \
              f(vkGetPhysicalDeviceProperties) f(vkGetPhysicalDeviceProperties2) f(vkGetPhysicalDeviceQueueFamilyProperties)

// What a Library needs of an application's device.
#define HONE_PIPELINE_FUNCTIONS(f)                                                                                            \
  f(vkAllocateDescriptorSets) f(vkCmdBindDescriptorSets) f(vkCmdBindPipeline) f(vkCmdDispatch) f(vkCmdDispatchBase)           \
      f(vkCmdPipelineBarrier) f(vkCmdPushConstants) f(vkCmdPushDescriptorSetWithTemplateKHR) f(vkCmdWriteTimestamp)           \
          f(vkCreateComputePipelines) f(vkCreateDescriptorPool) f(vkCreateDescriptorSetLayout)                                \
              f(vkCreateDescriptorUpdateTemplate) f(vkCreatePipelineCache) f(vkCreatePipelineLayout) f(vkCreateQueryPool)     \
                  f(vkCreateShaderModule) f(vkDestroyDescriptorPool) f(vkDestroyDescriptorSetLayout)                          \
                      f(vkDestroyDescriptorUpdateTemplate) f(vkDestroyPipeline) f(vkDestroyPipelineCache)                     \
                          f(vkDestroyPipelineLayout) f(vkDestroyQueryPool) f(vkDestroyShaderModule) f(vkGetPipelineCacheData) \
                              f(vkGetPipelineExecutablePropertiesKHR) f(vkGetPipelineExecutableStatisticsKHR)                 \
                                  f(vkGetQueryPoolResults) f(vkResetDescriptorPool) f(vkResetQueryPool)                       \
                                      f(vkUpdateDescriptorSetWithTemplate)

// What a Context needs besides.
#define HONE_CONTEXT_FUNCTIONS(f)                                                                                              \
  f(vkAllocateCommandBuffers) f(vkAllocateMemory) f(vkBeginCommandBuffer) f(vkBindBufferMemory) f(vkCmdCopyBuffer)             \
      f(vkCmdFillBuffer) f(vkCmdResetQueryPool) f(vkCreateBuffer) f(vkCreateCommandPool) f(vkCreateFence) f(vkCreateSemaphore) \
          f(vkDestroyBuffer) f(vkDestroyCommandPool) f(vkDestroyDevice) f(vkDestroyFence) f(vkDestroySemaphore)                \
              f(vkDeviceWaitIdle) f(vkEndCommandBuffer) f(vkFreeMemory) f(vkGetDeviceQueue) f(vkGetFenceStatus)                \
                  f(vkGetMemoryHostPointerPropertiesEXT) f(vkGetSemaphoreCounterValue) f(vkQueueSubmit) f(vkResetFences)       \
                      f(vkWaitForFences)                                                                                       \
                          f(vkWaitSemaphores) /* by hand, in tests and benchmarks */ f(vkCmdPushDescriptorSetKHR)              \
                              f(vkGetBufferMemoryRequirements) f(vkMapMemory) f(vkQueueWaitIdle) f(vkResetCommandBuffer)       \
                                  f(vkResetCommandPool)

struct Dispatch {
  void init(PFN_vkGetInstanceProcAddr loader);
  void init(VkInstance instance);
  void InitForPipelines(VkDevice device);                                 // after its instance
  void init(VkDevice device);                                             // that, and what a Context needs
  std::uint32_t getVkHeaderVersion() const { return VK_HEADER_VERSION; }  // Vulkan-Hpp asserts that it is its own

  PFN_vkGetInstanceProcAddr vkGetInstanceProcAddr = nullptr;
#define HONE_DECLARE(name) PFN_##name name = nullptr;
  HONE_GLOBAL_FUNCTIONS(HONE_DECLARE)
  HONE_INSTANCE_FUNCTIONS(HONE_DECLARE)
  HONE_PIPELINE_FUNCTIONS(HONE_DECLARE)
  HONE_CONTEXT_FUNCTIONS(HONE_DECLARE)
#undef HONE_DECLARE
};

}  // namespace hone
