// Context::Upload, Download, Fill.
#include <algorithm>
#include <cstring>

#include "runtime/transfers.h"

namespace hone {
namespace {

constexpr auto kTransferTimeout = std::chrono::milliseconds(60000);

void CheckRange(const GpuBuffer& buffer, std::uint64_t offset, std::uint64_t bytes) { (void)buffer.Range(offset, bytes); }

}  // namespace

void Context::Upload(const GpuBuffer& to, const void* from, std::uint64_t bytes, std::uint64_t offset) {
  CheckRange(to, offset, bytes);
  std::lock_guard lock(impl_->mutex);
  impl_->RequireUsable();
  impl_->WaitForTickets(kTransferTimeout);
  if (bytes) impl_->transfers().Upload(to.impl(), static_cast<const std::byte*>(from), bytes, offset);
}

void Context::Download(const GpuBuffer& from, void* to, std::uint64_t bytes, std::uint64_t offset) {
  CheckRange(from, offset, bytes);
  std::lock_guard lock(impl_->mutex);
  impl_->RequireUsable();
  impl_->WaitForTickets(kTransferTimeout);
  if (bytes) impl_->transfers().Download(from.impl(), static_cast<std::byte*>(to), bytes, offset);
}

void Context::Fill(const GpuBuffer& buffer, std::uint8_t byte) { Fill(buffer, byte, 0, buffer.bytes()); }

void Context::Fill(const GpuBuffer& buffer, std::uint8_t byte, std::uint64_t offset, std::uint64_t bytes) {
  CheckRange(buffer, offset, bytes);
  if (bytes == 0) return;
  if (buffer.mapped() && (buffer.impl().cached || !buffer.impl().device_local)) {
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
