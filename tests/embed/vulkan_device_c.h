/* What a C program with Vulkan has before it meets hone: a device, its queue, mapped buffers, a command buffer. Plain Vulkan.
 */
#ifndef VULKAN_DEVICE_C_H
#define VULKAN_DEVICE_C_H

#include <stdio.h>
#include <stdlib.h>
#include <vulkan/vulkan.h>

#include "runtime/hone.h"

#define CHECK_VK(call)                       \
  do {                                       \
    if ((call) != VK_SUCCESS) {              \
      fprintf(stderr, "%s failed\n", #call); \
      exit(1);                               \
    }                                        \
  } while (0)
#define CHECK(call)                                          \
  do {                                                       \
    if ((call) != HONE_OK) {                                 \
      fprintf(stderr, "%s: %s\n", #call, hone_last_error()); \
      exit(1);                                               \
    }                                                        \
  } while (0)

static VkPhysicalDevice physical;
static VkDevice device;
static VkQueue queue;
static VkCommandBuffer commands;
enum { kFamily = 0 }; /* which computes on every driver this example was run on */

/* The device, with what the kernels of the database can use, and the library on it. user: may be NULL. */
static hone_library* open_library(const char* database, const char* user) {
  const VkApplicationInfo application = {VK_STRUCTURE_TYPE_APPLICATION_INFO, NULL, "embed", 1, NULL, 0, VK_API_VERSION_1_3};
  VkInstanceCreateInfo instance_info = {VK_STRUCTURE_TYPE_INSTANCE_CREATE_INFO, NULL, 0, &application, 0, NULL, 0, NULL};
  VkInstance instance;
  uint32_t one = 1;
  CHECK_VK(vkCreateInstance(&instance_info, NULL, &instance));
  if (vkEnumeratePhysicalDevices(instance, &one, &physical) < 0 || one == 0) exit(1);

  hone_requirements* requirements;
  CHECK(hone_requirements_create(database, instance, physical, vkGetInstanceProcAddr, &requirements));
  const float priority = 1;
  const VkDeviceQueueCreateInfo queue_info = {VK_STRUCTURE_TYPE_DEVICE_QUEUE_CREATE_INFO, NULL, 0, kFamily, 1, &priority};
  VkDeviceCreateInfo info = {.sType = VK_STRUCTURE_TYPE_DEVICE_CREATE_INFO};
  info.pNext = hone_requirements_chain(requirements);
  info.queueCreateInfoCount = 1;
  info.pQueueCreateInfos = &queue_info;
  info.enabledExtensionCount = hone_requirements_extension_count(requirements);
  info.ppEnabledExtensionNames = hone_requirements_extensions(requirements);
  CHECK_VK(vkCreateDevice(physical, &info, NULL, &device));

  const hone_device handles = {instance, physical, device, &info, vkGetInstanceProcAddr};
  hone_library* library;
  CHECK(hone_library_open_with(database, &handles, user, &library));
  hone_requirements_destroy(requirements);

  VkCommandPool pool;
  vkGetDeviceQueue(device, kFamily, 0, &queue);
  const VkCommandPoolCreateInfo pool_info = {VK_STRUCTURE_TYPE_COMMAND_POOL_CREATE_INFO, NULL,
                                             VK_COMMAND_POOL_CREATE_RESET_COMMAND_BUFFER_BIT, kFamily};
  CHECK_VK(vkCreateCommandPool(device, &pool_info, NULL, &pool));
  const VkCommandBufferAllocateInfo allocate = {VK_STRUCTURE_TYPE_COMMAND_BUFFER_ALLOCATE_INFO, NULL, pool,
                                                VK_COMMAND_BUFFER_LEVEL_PRIMARY, 1};
  CHECK_VK(vkAllocateCommandBuffers(device, &allocate, &commands));
  return library;
}

/* A storage buffer of floats that the host sees. */
static hone_binding make_buffer(size_t count, float** mapped) {
  const VkBufferCreateInfo info = {VK_STRUCTURE_TYPE_BUFFER_CREATE_INFO,
                                   NULL,
                                   0,
                                   count * sizeof(float),
                                   VK_BUFFER_USAGE_STORAGE_BUFFER_BIT,
                                   VK_SHARING_MODE_EXCLUSIVE,
                                   0,
                                   NULL};
  const VkMemoryPropertyFlags wanted = VK_MEMORY_PROPERTY_HOST_VISIBLE_BIT | VK_MEMORY_PROPERTY_HOST_COHERENT_BIT;
  VkBuffer buffer;
  VkMemoryRequirements needs;
  VkPhysicalDeviceMemoryProperties types;
  VkMemoryAllocateInfo allocate = {VK_STRUCTURE_TYPE_MEMORY_ALLOCATE_INFO, NULL, 0, 0};
  VkDeviceMemory memory;
  CHECK_VK(vkCreateBuffer(device, &info, NULL, &buffer));
  vkGetBufferMemoryRequirements(device, buffer, &needs);
  vkGetPhysicalDeviceMemoryProperties(physical, &types);
  while (!(needs.memoryTypeBits >> allocate.memoryTypeIndex & 1) ||
         (types.memoryTypes[allocate.memoryTypeIndex].propertyFlags & wanted) != wanted) {
    ++allocate.memoryTypeIndex;
  }
  allocate.allocationSize = needs.size;
  CHECK_VK(vkAllocateMemory(device, &allocate, NULL, &memory));
  CHECK_VK(vkBindBufferMemory(device, buffer, memory, 0));
  CHECK_VK(vkMapMemory(device, memory, 0, VK_WHOLE_SIZE, 0, (void**)mapped));
  const hone_binding binding = {buffer, 0, count * sizeof(float)};
  return binding;
}

static void begin_commands(void) {
  const VkCommandBufferBeginInfo begin = {VK_STRUCTURE_TYPE_COMMAND_BUFFER_BEGIN_INFO, NULL, 0, NULL};
  CHECK_VK(vkBeginCommandBuffer(commands, &begin));
}

/* What the shaders wrote is there for the host afterwards. */
static void submit_commands_and_wait(void) {
  const VkMemoryBarrier barrier = {VK_STRUCTURE_TYPE_MEMORY_BARRIER, NULL, VK_ACCESS_SHADER_WRITE_BIT, VK_ACCESS_HOST_READ_BIT};
  vkCmdPipelineBarrier(commands, VK_PIPELINE_STAGE_COMPUTE_SHADER_BIT, VK_PIPELINE_STAGE_HOST_BIT, 0, 1, &barrier, 0, NULL, 0,
                       NULL);
  CHECK_VK(vkEndCommandBuffer(commands));
  const VkSubmitInfo submit = {VK_STRUCTURE_TYPE_SUBMIT_INFO, NULL, 0, NULL, NULL, 1, &commands, 0, NULL};
  CHECK_VK(vkQueueSubmit(queue, 1, &submit, VK_NULL_HANDLE));
  CHECK_VK(vkQueueWaitIdle(queue));
}

#endif
