// Memory over the budget, which is fed in: the driver's own would take all of the machine's.
#include "runtime/memory.h"

#include <gtest/gtest.h>

#include <cstring>

#include "runtime/context_impl.h"

namespace hone {
namespace {

// What stands between VulkanMemoryAllocator and the driver.
PFN_vkGetInstanceProcAddr real_instance_functions;
PFN_vkGetDeviceProcAddr real_device_functions;
PFN_vkGetPhysicalDeviceMemoryProperties2 real_properties;
PFN_vkAllocateMemory real_allocate;
std::uint64_t budget;  // of each heap, of which nothing is used
int allocations;       // that the driver was asked for

VKAPI_ATTR void VKAPI_CALL Properties(VkPhysicalDevice device, VkPhysicalDeviceMemoryProperties2* properties) {
  real_properties(device, properties);
  for (auto* next = static_cast<VkBaseOutStructure*>(properties->pNext); next; next = next->pNext) {
    if (next->sType != VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_MEMORY_BUDGET_PROPERTIES_EXT) continue;
    auto* told = reinterpret_cast<VkPhysicalDeviceMemoryBudgetPropertiesEXT*>(next);
    std::fill(std::begin(told->heapBudget), std::end(told->heapBudget), budget);
    std::fill(std::begin(told->heapUsage), std::end(told->heapUsage), 0);
  }
}

VKAPI_ATTR VkResult VKAPI_CALL Allocate(VkDevice device, const VkMemoryAllocateInfo* info,
                                        const VkAllocationCallbacks* callbacks, VkDeviceMemory* memory) {
  ++allocations;
  return real_allocate(device, info, callbacks, memory);
}

VKAPI_ATTR PFN_vkVoidFunction VKAPI_CALL DeviceFunctions(VkDevice device, const char* name) {
  if (!std::strcmp(name, "vkAllocateMemory")) return reinterpret_cast<PFN_vkVoidFunction>(Allocate);
  return real_device_functions(device, name);
}

VKAPI_ATTR PFN_vkVoidFunction VKAPI_CALL InstanceFunctions(VkInstance instance, const char* name) {
  if (std::string_view(name).starts_with("vkGetPhysicalDeviceMemoryProperties2")) {
    return reinterpret_cast<PFN_vkVoidFunction>(Properties);
  }
  if (!std::strcmp(name, "vkGetDeviceProcAddr")) return reinterpret_cast<PFN_vkVoidFunction>(DeviceFunctions);
  if (!std::strcmp(name, "vkAllocateMemory")) return reinterpret_cast<PFN_vkVoidFunction>(Allocate);
  return real_instance_functions(instance, name);
}

TEST(Memory, OverTheBudgetIsAnErrorThatTheDriverNeverSees) {
  Context context;
  Gpu& gpu = *context.impl().gpu;
  real_instance_functions = gpu.d.vkGetInstanceProcAddr;
  real_device_functions = gpu.d.vkGetDeviceProcAddr;
  real_properties = gpu.d.vkGetPhysicalDeviceMemoryProperties2;
  real_allocate = gpu.d.vkAllocateMemory;
  const_cast<DeviceInfo&>(gpu.info()).extensions.insert("VK_EXT_memory_budget");
  DestroyAllocator(gpu.memory);
  gpu.d.vkGetInstanceProcAddr = InstanceFunctions;
  gpu.d.vkGetDeviceProcAddr = DeviceFunctions;
  gpu.memory = CreateAllocator(gpu);

  budget = 24 << 20;
  const GpuBuffer first = context.CreateBuffer(std::uint64_t{1} << 20);
  ASSERT_GT(allocations, 0);
  for (const MemoryKind kind : {MemoryKind::kDevice, MemoryKind::kUpload, MemoryKind::kDownload}) {
    const int before = allocations;
    try {
      context.CreateBuffer(std::uint64_t{25} << 20, kind);
      FAIL();
    } catch (const DeviceError& error) {
      EXPECT_EQ(error.outcome, Outcome::kOutOfDeviceMemory) << error.what();
    }
    EXPECT_EQ(allocations, before);
  }
  budget = 12 << 20;  // another program has grown: found out without any allocation in between
  EXPECT_THROW(context.CreateBuffer(std::uint64_t{20} << 20), DeviceError);
  budget = 28 << 20;
  const GpuBuffer second = context.CreateBuffer(std::uint64_t{20} << 20);
  const std::vector<int> sent{1, 2, 3};
  std::vector<int> got(3);
  context.Upload(second, sent.data(), 12);
  context.Download(second, got.data(), 12);
  EXPECT_EQ(got, sent);
}

}  // namespace
}  // namespace hone
