// Vulkan's handles without its headers, so that a program that lets hone::Context do everything needs none. Including
// <vulkan/vulkan.h> before or after is fine: the declarations are the same.
#pragma once

#include <cstdint>

typedef struct VkInstance_T* VkInstance;
typedef struct VkPhysicalDevice_T* VkPhysicalDevice;
typedef struct VkDevice_T* VkDevice;
typedef struct VkQueue_T* VkQueue;
typedef struct VkCommandBuffer_T* VkCommandBuffer;
#if defined(__LP64__) || defined(_WIN64)
typedef struct VkBuffer_T* VkBuffer;
typedef struct VkSemaphore_T* VkSemaphore;
#else
typedef std::uint64_t VkBuffer;
typedef std::uint64_t VkSemaphore;
#endif
struct VkDeviceCreateInfo;

namespace hone {

// vkGetInstanceProcAddr, as volk, Vulkan-Hpp, a window library or the plain loader give it.
using GetInstanceProcAddr = void (*(*)(VkInstance, const char*))();

}  // namespace hone
