// Private to runtime/: a caller's memory as a Vulkan buffer.
#pragma once

#include <cstddef>
#include <cstdint>

#include "runtime/gpu.h"

namespace hone {

// The pages around [host, host + bytes), imported by VK_EXT_external_memory_host as long as this object lives. They are
// the caller's: nothing is copied or kept.
struct ImportedPages {
  // page_bytes: minImportedHostPointerAlignment. `buffer` is null where the driver will not have them (read-only
  // mappings, locked-memory limits).
  ImportedPages(const Gpu& owner, const std::byte* host, std::uint64_t bytes, std::uint64_t page_bytes);
  ~ImportedPages();
  ImportedPages(const ImportedPages&) = delete;
  ImportedPages& operator=(const ImportedPages&) = delete;

  const Gpu& gpu;
  vk::Buffer buffer;
  vk::DeviceMemory memory;
  std::uint64_t offset = 0;  // of `host` in the buffer
};

}  // namespace hone
