// Context::Upload, Download, Fill: in place where the host sees the memory, through a staging buffer elsewhere.
#include <algorithm>
#include <cstring>

#include "runtime/context_impl.h"

namespace hone {
namespace {

constexpr auto kTransferTimeout = std::chrono::milliseconds(60000);

void CheckRange(const GpuBuffer& buffer, std::uint64_t offset, std::uint64_t bytes) {
  (void)buffer.Range(offset, bytes);
}

}  // namespace

void Context::Upload(const GpuBuffer& to, const void* from, std::uint64_t bytes, std::uint64_t offset) {
  CheckRange(to, offset, bytes);
  std::lock_guard lock(impl_->mutex);
  impl_->RequireUsable();
  impl_->WaitForTickets(kTransferTimeout);
  const auto* source = static_cast<const std::byte*>(from);
  if (bytes == 0) return;
  if (to.mapped()) {
    std::memcpy(static_cast<std::byte*>(to.mapped()) + offset, source, bytes);
    return to.impl().Flush(offset, bytes);
  }
  GpuBuffer& staging = impl_->Staging();
  for (std::uint64_t done = 0; done < bytes;) {
    const std::uint64_t part = std::min(bytes - done, staging.bytes());
    std::memcpy(staging.mapped(), source + done, part);
    staging.impl().Flush(0, part);
    impl_->Submit(kTransferTimeout, [&](vk::CommandBuffer commands) {
      commands.copyBuffer(staging.impl().handle, to.impl().handle, vk::BufferCopy{0, offset + done, part},
                          impl_->gpu->d);
    });
    done += part;
  }
}

void Context::Download(const GpuBuffer& from, void* to, std::uint64_t bytes, std::uint64_t offset) {
  CheckRange(from, offset, bytes);
  std::lock_guard lock(impl_->mutex);
  impl_->RequireUsable();
  impl_->WaitForTickets(kTransferTimeout);
  auto* target = static_cast<std::byte*>(to);
  if (bytes == 0) return;
  if (from.mapped() && from.impl().cached) {
    from.impl().Invalidate(offset, bytes);
    std::memcpy(target, static_cast<const std::byte*>(from.mapped()) + offset, bytes);
    return;
  }
  GpuBuffer& staging = impl_->Staging();
  for (std::uint64_t done = 0; done < bytes;) {
    const std::uint64_t part = std::min(bytes - done, staging.bytes());
    impl_->Submit(kTransferTimeout, [&](vk::CommandBuffer commands) {
      commands.copyBuffer(from.impl().handle, staging.impl().handle, vk::BufferCopy{offset + done, 0, part},
                          impl_->gpu->d);
    });
    staging.impl().Invalidate(0, part);
    std::memcpy(target + done, staging.mapped(), part);
    done += part;
  }
}

void Context::Fill(const GpuBuffer& buffer, std::uint8_t byte) { Fill(buffer, byte, 0, buffer.bytes()); }

void Context::Fill(const GpuBuffer& buffer, std::uint8_t byte, std::uint64_t offset, std::uint64_t bytes) {
  CheckRange(buffer, offset, bytes);
  if (bytes == 0) return;
  if (buffer.mapped()) {
    std::lock_guard lock(impl_->mutex);
    impl_->RequireUsable();
    impl_->WaitForTickets(kTransferTimeout);
    std::memset(static_cast<std::byte*>(buffer.mapped()) + offset, byte, bytes);
    return buffer.impl().Flush(offset, bytes);
  }
  // vkCmdFillBuffer writes whole words; the odd bytes at either end are uploaded.
  const std::uint64_t first = std::min((offset + 3) / 4 * 4, offset + bytes);
  const std::uint64_t last = std::max((offset + bytes) / 4 * 4, first);
  const std::uint8_t odd[4] = {byte, byte, byte, byte};
  Upload(buffer, odd, first - offset, offset);
  if (last > first) {
    std::lock_guard lock(impl_->mutex);
    impl_->Submit(kTransferTimeout, [&](vk::CommandBuffer commands) {
      commands.fillBuffer(buffer.impl().handle, first, last - first, byte * 0x01010101u, impl_->gpu->d);
    });
  }
  Upload(buffer, odd, offset + bytes - last, last);
}

}  // namespace hone
