#include "runtime/imported_pages.h"

#include <bit>

namespace hone {

ImportedPages::ImportedPages(const Gpu& owner, const std::byte* host, std::uint64_t bytes, std::uint64_t page_bytes)
    : gpu(owner) {
  constexpr auto kHost = vk::ExternalMemoryHandleTypeFlagBits::eHostAllocationEXT;
  const auto address = reinterpret_cast<std::uintptr_t>(host);
  offset = address % page_bytes;
  const std::uint64_t size = (offset + bytes + page_bytes - 1) / page_bytes * page_bytes;
  void* const first = reinterpret_cast<void*>(address - offset);
  try {
    const auto pages = gpu.device.getMemoryHostPointerPropertiesEXT(kHost, first, gpu.d);
    const vk::ExternalMemoryBufferCreateInfo external{.handleTypes = kHost};
    buffer = gpu.device.createBuffer({.pNext = &external,
                                      .size = size,
                                      .usage = vk::BufferUsageFlagBits::eTransferSrc | vk::BufferUsageFlagBits::eTransferDst},
                                     nullptr, gpu.d);
    const auto needs = gpu.device.getBufferMemoryRequirements(buffer, gpu.d);
    const std::uint32_t types = needs.memoryTypeBits & pages.memoryTypeBits;
    if (types == 0 || needs.size > size) throw vk::SystemError(vk::make_error_code(vk::Result::eErrorInvalidExternalHandle));
    const vk::ImportMemoryHostPointerInfoEXT import{.handleType = kHost, .pHostPointer = first};
    memory = gpu.device.allocateMemory(
        {.pNext = &import, .allocationSize = size, .memoryTypeIndex = static_cast<std::uint32_t>(std::countr_zero(types))},
        nullptr, gpu.d);
    gpu.device.bindBufferMemory(buffer, memory, 0, gpu.d);
  } catch (const vk::SystemError&) {  // there are other ways
    gpu.device.destroyBuffer(buffer, nullptr, gpu.d);
    gpu.device.freeMemory(memory, nullptr, gpu.d);
    buffer = nullptr;
    memory = nullptr;
  }
}

ImportedPages::~ImportedPages() {
  if (gpu.abandoned) return;
  gpu.device.destroyBuffer(buffer, nullptr, gpu.d);
  gpu.device.freeMemory(memory, nullptr, gpu.d);
}

}  // namespace hone
