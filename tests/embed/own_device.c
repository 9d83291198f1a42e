/* Tuned kernels for a C program that has its own Vulkan device.   own_device_c TUNED.db [USER.db] */
#include <stdio.h>
#include <stdlib.h>
#include <vulkan/vulkan.h>

#include "runtime/hone.h"

enum { kCount = 1000 };
#define CHECK_VK(call) do { if ((call) != VK_SUCCESS) { fprintf(stderr, "%s failed\n", #call); exit(1); } } while (0)
#define CHECK(call) do { if ((call) != HONE_OK) { fprintf(stderr, "%s: %s\n", #call, hone_last_error()); exit(1); } } while (0)

static VkPhysicalDevice physical;
static VkDevice device;

static hone_binding make_buffer(float** mapped) {
  const VkBufferCreateInfo info = {VK_STRUCTURE_TYPE_BUFFER_CREATE_INFO, NULL, 0, kCount * sizeof(float),
                                   VK_BUFFER_USAGE_STORAGE_BUFFER_BIT, VK_SHARING_MODE_EXCLUSIVE, 0, NULL};
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
  const hone_binding binding = {buffer, 0, kCount * sizeof(float)};
  return binding;
}

int main(int count, char** arguments) {
  const VkApplicationInfo application = {VK_STRUCTURE_TYPE_APPLICATION_INFO, NULL, "embed", 1, NULL, 0, VK_API_VERSION_1_3};
  VkInstanceCreateInfo instance_info = {VK_STRUCTURE_TYPE_INSTANCE_CREATE_INFO, NULL, 0, &application, 0, NULL, 0, NULL};
  VkInstance instance;
  uint32_t one = 1;
  if (count < 2) return 2;
  CHECK_VK(vkCreateInstance(&instance_info, NULL, &instance));
  if (vkEnumeratePhysicalDevices(instance, &one, &physical) < 0 || one == 0) return 1;

  /* The device, with what the kernels of the database can use. Family 0 computes on every driver this example was run on. */
  hone_requirements* requirements;
  CHECK(hone_requirements_create(arguments[1], instance, physical, vkGetInstanceProcAddr, &requirements));
  const float priority = 1;
  const VkDeviceQueueCreateInfo queue_info = {VK_STRUCTURE_TYPE_DEVICE_QUEUE_CREATE_INFO, NULL, 0, 0, 1, &priority};
  VkDeviceCreateInfo info = {VK_STRUCTURE_TYPE_DEVICE_CREATE_INFO};
  info.pNext = hone_requirements_chain(requirements);
  info.queueCreateInfoCount = 1;
  info.pQueueCreateInfos = &queue_info;
  info.enabledExtensionCount = hone_requirements_extension_count(requirements);
  info.ppEnabledExtensionNames = hone_requirements_extensions(requirements);
  CHECK_VK(vkCreateDevice(physical, &info, NULL, &device));

  const hone_device handles = {instance, physical, device, &info, vkGetInstanceProcAddr};
  hone_library* library;
  CHECK(hone_library_open_with(arguments[1], &handles, count > 2 ? arguments[2] : NULL, &library));
  hone_requirements_destroy(requirements);

  hone_pipeline* axpy;
  char problem[32];
  snprintf(problem, sizeof(problem), "n=%d", kCount);
  CHECK(hone_load(library, "axpy", problem, HONE_MATCH_MANIFEST_DEFAULT, &axpy));

  float *x, *y;
  const hone_binding buffers[2] = {make_buffer(&x), make_buffer(&y)};
  for (int i = 0; i < kCount; ++i) x[i] = (float)i, y[i] = 1;

  VkQueue queue;
  VkCommandPool pool;
  VkCommandBuffer commands;
  vkGetDeviceQueue(device, 0, 0, &queue);
  const VkCommandPoolCreateInfo pool_info = {VK_STRUCTURE_TYPE_COMMAND_POOL_CREATE_INFO, NULL, 0, 0};
  CHECK_VK(vkCreateCommandPool(device, &pool_info, NULL, &pool));
  const VkCommandBufferAllocateInfo allocate = {VK_STRUCTURE_TYPE_COMMAND_BUFFER_ALLOCATE_INFO, NULL, pool,
                                                VK_COMMAND_BUFFER_LEVEL_PRIMARY, 1};
  CHECK_VK(vkAllocateCommandBuffers(device, &allocate, &commands));
  const VkCommandBufferBeginInfo begin = {VK_STRUCTURE_TYPE_COMMAND_BUFFER_BEGIN_INFO, NULL, 0, NULL};
  CHECK_VK(vkBeginCommandBuffer(commands, &begin));
  const hone_scalar a = {"a", 2.5, 0, 0};
  CHECK(hone_record(axpy, commands, buffers, 2, &a, 1, NULL));
  if (hone_record(axpy, commands, buffers, 1, &a, 1, NULL) != HONE_ERROR) return 1; /* refused before the driver sees it */
  CHECK_VK(vkEndCommandBuffer(commands));
  const VkSubmitInfo submit = {VK_STRUCTURE_TYPE_SUBMIT_INFO, NULL, 0, NULL, NULL, 1, &commands, 0, NULL};
  CHECK_VK(vkQueueSubmit(queue, 1, &submit, VK_NULL_HANDLE));
  CHECK_VK(vkQueueWaitIdle(queue));

  for (int i = 0; i < kCount; ++i) {
    if (y[i] != 2.5f * x[i] + 1) return printf("wrong at %d\n", i), 1;
  }
  printf("right\n%s\n", hone_pipeline_explain(axpy));
  hone_pipeline_destroy(axpy);
  hone_library_destroy(library);
  return 0; /* the process ends here; a longer-lived program destroys its Vulkan objects */
}
