// Private to runtime/: VulkanMemoryAllocator behind four functions; memory.cpp is the only file that sees its header.
#pragma once

#include <cstdint>
#include <memory>

#include "runtime/context.h"
#include "runtime/gpu.h"
#include "runtime/way_choice.h"

struct VmaAllocation_T;

namespace hone {

VmaAllocator_T* CreateAllocator(const Gpu& gpu);  // Errors: DeviceError
void DestroyAllocator(VmaAllocator_T* allocator);

// Device-local bytes that are still free in the largest such heap.
std::uint64_t FreeDeviceBytes(const Gpu& gpu);

struct GpuBuffer::Impl {
  // Errors: DeviceError; leaves nothing behind.
  Impl(std::shared_ptr<Gpu> owner, std::uint64_t size_bytes, MemoryKind memory_kind);
  ~Impl();
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  // The host copies from or to `mapped`, and sees to it that the device sees it, or it the device's. Threads: any.
  void Write(std::uint64_t offset, const void* from, std::uint64_t size) const;
  void Read(std::uint64_t offset, void* to, std::uint64_t size) const;
  void Flush(std::uint64_t offset, std::uint64_t size) const;       // host writes -> device
  void Invalidate(std::uint64_t offset, std::uint64_t size) const;  // device writes -> host

  std::shared_ptr<Gpu> gpu;
  std::uint64_t bytes = 0;
  vk::Buffer handle;
  VmaAllocation_T* allocation = nullptr;
  void* mapped = nullptr;
  bool coherent = true;       // Flush and Invalidate have nothing to do
  bool cached = false;        // reading through `mapped` is fast
  bool device_local = false;  // where shaders are fastest
  // Nothing is faster than the host's own copy through `mapped`.
  bool InPlace(Direction direction) const { return mapped && (cached || (direction == Direction::kUpload && !device_local)); }
};

}  // namespace hone
