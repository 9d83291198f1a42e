#include "runtime/memory.h"

#include <algorithm>
#include <string>

#define VMA_IMPLEMENTATION
#define VMA_STATIC_VULKAN_FUNCTIONS 0
#define VMA_DYNAMIC_VULKAN_FUNCTIONS 1
#include <vk_mem_alloc.h>

#include "runtime/host_copy.h"

namespace hone {
namespace {

constexpr std::uint64_t kLeastBytes = 16;  // Vulkan has no empty buffers

// Whether all device-local memory is host-visible: a CPU, an integrated GPU. There the host may as well write in place.
bool IsUnified(const Gpu& gpu) {
  const auto memory = gpu.physical.getMemoryProperties(gpu.d);
  for (std::uint32_t i = 0; i < memory.memoryTypeCount; ++i) {
    const auto flags = memory.memoryTypes[i].propertyFlags;
    if (!(flags & vk::MemoryPropertyFlagBits::eHostVisible)) return false;
  }
  return true;
}

// Whether the host can reach all of the device's own memory over the bus ("resizable BAR"): then it may write in place.
bool IsWithinReach(const Gpu& gpu) {
  const auto memory = gpu.physical.getMemoryProperties(gpu.d);
  const auto both = vk::MemoryPropertyFlagBits::eHostVisible | vk::MemoryPropertyFlagBits::eDeviceLocal;
  std::uint64_t largest = 0, reached = 0;
  for (std::uint32_t i = 0; i < memory.memoryHeapCount; ++i) {
    if (!(memory.memoryHeaps[i].flags & vk::MemoryHeapFlagBits::eDeviceLocal)) continue;
    largest = std::max<std::uint64_t>(largest, memory.memoryHeaps[i].size);
  }
  for (std::uint32_t i = 0; i < memory.memoryTypeCount; ++i) {
    const auto& type = memory.memoryTypes[i];
    if ((type.propertyFlags & both) == both) {
      reached = std::max<std::uint64_t>(reached, memory.memoryHeaps[type.heapIndex].size);
    }
  }
  return reached == largest && largest > 0;
}

bool TellsBudget(const Gpu& gpu) { return gpu.info().extensions.contains("VK_EXT_memory_budget"); }

VmaAllocationCreateInfo HowToAllocate(const Gpu& gpu, MemoryKind kind) {
  VmaAllocationCreateInfo info{};
  if (kind == MemoryKind::kDevice) info.requiredFlags = VK_MEMORY_PROPERTY_DEVICE_LOCAL_BIT;  // where it is full: an error
  info.usage = kind == MemoryKind::kDevice ? VMA_MEMORY_USAGE_AUTO_PREFER_DEVICE : VMA_MEMORY_USAGE_AUTO_PREFER_HOST;
  if (kind == MemoryKind::kUpload) {
    info.flags = VMA_ALLOCATION_CREATE_HOST_ACCESS_SEQUENTIAL_WRITE_BIT | VMA_ALLOCATION_CREATE_MAPPED_BIT;
  } else if (kind == MemoryKind::kDownload || IsUnified(gpu)) {
    info.flags = VMA_ALLOCATION_CREATE_HOST_ACCESS_RANDOM_BIT | VMA_ALLOCATION_CREATE_MAPPED_BIT;
  } else if (IsWithinReach(gpu)) {
    info.flags = VMA_ALLOCATION_CREATE_HOST_ACCESS_SEQUENTIAL_WRITE_BIT |
                 VMA_ALLOCATION_CREATE_HOST_ACCESS_ALLOW_TRANSFER_INSTEAD_BIT | VMA_ALLOCATION_CREATE_MAPPED_BIT;
  }
  return info;
}

// Whether new memory for this buffer would take its heap over the budget that the driver tells now: other programs allocate,
// too.
bool IsOverBudget(const Gpu& gpu, const VkBufferCreateInfo& buffer, const VmaAllocationCreateInfo& how) {
  if (!TellsBudget(gpu)) return false;
  std::uint32_t type = 0;
  if (vmaFindMemoryTypeIndexForBufferInfo(gpu.memory, &buffer, &how, &type) != VK_SUCCESS) return false;
  vmaSetCurrentFrameIndex(gpu.memory, 0);  // asks the driver anew
  VmaBudget budgets[VK_MAX_MEMORY_HEAPS];
  vmaGetHeapBudgets(gpu.memory, budgets);
  const auto& [statistics, usage, budget] = budgets[gpu.physical.getMemoryProperties(gpu.d).memoryTypes[type].heapIndex];
  return usage > budget || buffer.size > budget - usage;
}

}  // namespace

VmaAllocator_T* CreateAllocator(const Gpu& gpu) {
  VmaVulkanFunctions functions{};
  functions.vkGetInstanceProcAddr = gpu.d.vkGetInstanceProcAddr;
  functions.vkGetDeviceProcAddr = gpu.d.vkGetDeviceProcAddr;
  VmaAllocatorCreateInfo info{};
  info.instance = gpu.instance->handle();
  info.physicalDevice = gpu.physical;
  info.device = gpu.device;
  info.pVulkanFunctions = &functions;
  info.vulkanApiVersion = std::min<std::uint32_t>(gpu.info().api_version, VK_API_VERSION_1_3);
  if (TellsBudget(gpu)) info.flags |= VMA_ALLOCATOR_CREATE_EXT_MEMORY_BUDGET_BIT;
  if (gpu.info().features.contains("bufferDeviceAddress")) info.flags |= VMA_ALLOCATOR_CREATE_BUFFER_DEVICE_ADDRESS_BIT;
  VmaAllocator allocator = nullptr;
  Check(vmaCreateAllocator(&info, &allocator), "Vulkan: create memory allocator");
  return allocator;
}

void DestroyAllocator(VmaAllocator_T* allocator) { vmaDestroyAllocator(allocator); }

std::uint64_t FreeDeviceBytes(const Gpu& gpu) {
  const auto memory = gpu.physical.getMemoryProperties(gpu.d);
  VmaBudget budgets[VK_MAX_MEMORY_HEAPS];
  vmaGetHeapBudgets(gpu.memory, budgets);
  std::uint64_t most = 0;
  for (std::uint32_t i = 0; i < memory.memoryHeapCount; ++i) {
    if (!(memory.memoryHeaps[i].flags & vk::MemoryHeapFlagBits::eDeviceLocal)) continue;
    most = std::max(most, budgets[i].budget - std::min(budgets[i].budget, budgets[i].usage));
  }
  return most;
}

GpuBuffer::Impl::Impl(std::shared_ptr<Gpu> owner, std::uint64_t size_bytes, MemoryKind memory_kind)
    : gpu(std::move(owner)), bytes(size_bytes) {
  VkBufferCreateInfo buffer{VK_STRUCTURE_TYPE_BUFFER_CREATE_INFO};
  buffer.size = std::max(kLeastBytes, (bytes + 3) / 4 * 4);  // whole words, so that fills reach the end
  buffer.usage = VK_BUFFER_USAGE_STORAGE_BUFFER_BIT | VK_BUFFER_USAGE_TRANSFER_SRC_BIT | VK_BUFFER_USAGE_TRANSFER_DST_BIT;
  if (gpu->info().features.contains("bufferDeviceAddress")) buffer.usage |= VK_BUFFER_USAGE_SHADER_DEVICE_ADDRESS_BIT;
  if (gpu->families.size() > 1) {
    buffer.sharingMode = VK_SHARING_MODE_CONCURRENT;
    buffer.queueFamilyIndexCount = static_cast<std::uint32_t>(gpu->families.size());
    buffer.pQueueFamilyIndices = gpu->families.data();
  }
  auto how = HowToAllocate(*gpu, memory_kind);
  if (IsOverBudget(*gpu, buffer, how))
    how.flags |= VMA_ALLOCATION_CREATE_NEVER_ALLOCATE_BIT;  // only from blocks that there are
  VmaAllocationInfo got{};
  VkBuffer made = VK_NULL_HANDLE;
  Check(vmaCreateBuffer(gpu->memory, &buffer, &how, &made, &allocation, &got),
        "Vulkan: allocate a buffer of " + std::to_string(bytes) + " bytes");
  handle = made;
  mapped = got.pMappedData;
  VkMemoryPropertyFlags flags = 0;
  vmaGetAllocationMemoryProperties(gpu->memory, allocation, &flags);
  cached = (flags & VK_MEMORY_PROPERTY_HOST_CACHED_BIT) != 0;
  coherent = (flags & VK_MEMORY_PROPERTY_HOST_COHERENT_BIT) != 0;
  device_local = (flags & VK_MEMORY_PROPERTY_DEVICE_LOCAL_BIT) != 0;
}

GpuBuffer::Impl::~Impl() {
  if (!gpu->abandoned) vmaDestroyBuffer(gpu->memory, handle, allocation);
}

void GpuBuffer::Impl::Write(std::uint64_t offset, const void* from, std::uint64_t size) const {
  HostCopy(static_cast<std::byte*>(mapped) + offset, static_cast<const std::byte*>(from), size);
  Flush(offset, size);
}

void GpuBuffer::Impl::Read(std::uint64_t offset, void* to, std::uint64_t size) const {
  Invalidate(offset, size);
  HostCopy(static_cast<std::byte*>(to), static_cast<const std::byte*>(mapped) + offset, size);
}

void GpuBuffer::Impl::Flush(std::uint64_t offset, std::uint64_t size) const {
  if (coherent) return;
  Check(vmaFlushAllocation(gpu->memory, allocation, offset, size), "Vulkan: flush memory");
}

void GpuBuffer::Impl::Invalidate(std::uint64_t offset, std::uint64_t size) const {
  if (coherent) return;
  Check(vmaInvalidateAllocation(gpu->memory, allocation, offset, size), "Vulkan: invalidate memory");
}

}  // namespace hone
