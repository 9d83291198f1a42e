// Context::Upload, Download, Fill.
#include <algorithm>
#include <bit>
#include <cstring>

#include "runtime/transfers.h"

namespace hone {
namespace {

constexpr auto kTransferTimeout = std::chrono::milliseconds(60000);

// Errors: as GpuBuffer::Range.
void CheckRange(const GpuBuffer& buffer, std::uint64_t offset, std::uint64_t bytes) {
  if (!buffer || offset > buffer.impl().bytes || bytes > buffer.impl().bytes - offset) (void)buffer.Range(offset, bytes);
}

std::uint64_t SizeBit(std::uint64_t bytes) { return std::uint64_t{1} << std::min<int>(std::bit_width(bytes), 63); }

}  // namespace

void Context::Impl::SetDirect(Direction direction, std::uint64_t bytes) {
  direct_sizes[std::size_t(direction)].fetch_or(SizeBit(bytes), std::memory_order_relaxed);
}

bool Context::Impl::MayMoveDirectly(Direction direction, const GpuBuffer::Impl& buffer, std::uint64_t bytes) const {
  if (failed.load(std::memory_order_relaxed) != Outcome::kOk) return false;
  if (waited_for.load(std::memory_order_relaxed) != last_ticket.load(std::memory_order_relaxed)) return false;
  if (buffer.InPlace(direction)) return true;
  return buffer.mapped && (direct_sizes[std::size_t(direction)].load(std::memory_order_relaxed) & SizeBit(bytes));
}

// No lock around the host's own copy: to unlock is to wait until what was written has crossed the bus.
void Context::Upload(const GpuBuffer& to, const void* from, std::uint64_t bytes, std::uint64_t offset) {
  CheckRange(to, offset, bytes);
  if (bytes == 0) return;
  const GpuBuffer::Impl& buffer = to.impl();
  if (impl_->MayMoveDirectly(Direction::kUpload, buffer, bytes)) return buffer.Write(offset, from, bytes);
  std::lock_guard lock(impl_->mutex);
  impl_->RequireUsable();
  impl_->WaitForUses(buffer.handle, kTransferTimeout);
  impl_->transfers().Upload(buffer, static_cast<const std::byte*>(from), bytes, offset);
}

void Context::Download(const GpuBuffer& from, void* to, std::uint64_t bytes, std::uint64_t offset) {
  CheckRange(from, offset, bytes);
  if (bytes == 0) return;
  const GpuBuffer::Impl& buffer = from.impl();
  if (impl_->MayMoveDirectly(Direction::kDownload, buffer, bytes)) return buffer.Read(offset, to, bytes);
  std::lock_guard lock(impl_->mutex);
  impl_->RequireUsable();
  impl_->WaitForUses(buffer.handle, kTransferTimeout);
  impl_->transfers().Download(buffer, static_cast<std::byte*>(to), bytes, offset);
}

void Context::Fill(const GpuBuffer& buffer, std::uint8_t byte) { Fill(buffer, byte, 0, buffer.bytes()); }

void Context::Fill(const GpuBuffer& buffer, std::uint8_t byte, std::uint64_t offset, std::uint64_t bytes) {
  CheckRange(buffer, offset, bytes);
  if (bytes == 0) return;
  if (buffer.impl().InPlace(Direction::kUpload)) {
    std::lock_guard lock(impl_->mutex);
    impl_->RequireUsable();
    impl_->WaitForUses(buffer.impl().handle, kTransferTimeout);
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
