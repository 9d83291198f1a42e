#include "runtime/transfers.h"

#include <algorithm>
#include <bit>
#include <cstring>

#include "runtime/imported_pages.h"

namespace hone {
namespace {

using Kind = TransferWay::Kind;
using Queue = TransferWay::Queue;

constexpr std::uint64_t kLeastPart = 32 << 10, kMostPart = 16 << 20, kPage = 4 << 10;
constexpr std::uint64_t kMostDirectDownload = 16 << 10;   // reading the device's memory over the bus is slow
constexpr std::uint64_t kLeastIndirectUpload = 16 << 10;  // a submission takes longer than to write as much over the bus
constexpr std::uint64_t kLeastImport = 1 << 20;           // pinning pages has its price

std::uint64_t PartBytes(std::uint64_t bytes, std::uint32_t parts) {
  return std::clamp((bytes / parts + kPage - 1) / kPage * kPage, kLeastPart, kMostPart);
}

}  // namespace

Transfers::Transfers(Context::Impl& context) : context_(context) {
  const Gpu& gpu = *context.gpu;
  if (!gpu.info().extensions.contains("VK_EXT_external_memory_host")) return;
  const auto properties =
      gpu.physical.getProperties2<vk::PhysicalDeviceProperties2, vk::PhysicalDeviceExternalMemoryHostPropertiesEXT>(gpu.d);
  page_bytes_ = properties.get<vk::PhysicalDeviceExternalMemoryHostPropertiesEXT>().minImportedHostPointerAlignment;
}

std::vector<TransferWay> Transfers::Ways(Direction direction, const GpuBuffer::Impl& buffer, std::uint64_t bytes) const {
  if (buffer.InPlace(direction)) return {{.kind = Kind::kDirect}};
  const bool upload = direction == Direction::kUpload;
  std::vector<TransferWay> ways;
  if (buffer.mapped && (upload || bytes <= kMostDirectDownload)) ways.push_back({.kind = Kind::kDirect});
  if (buffer.mapped && upload && bytes < kLeastIndirectUpload) return ways;
  std::vector<Queue> queues{Queue::kCompute};
  if (context_.transfer_family != context_.family) queues.insert(queues.begin(), Queue::kCopy);
  for (const Queue queue : queues) {
    for (const std::uint32_t parts : {1u, 2u, 4u, 16u, 64u, 256u, 1024u}) {
      const std::uint64_t part = bytes / parts;
      if ((part >= kLeastPart || parts == 1) && part <= kMostPart) ways.push_back({Kind::kRing, queue, parts});
    }
    if (page_bytes_ != 0 && bytes >= kLeastImport) ways.push_back({.kind = Kind::kImport, .queue = queue});
  }
  if (ways.empty()) ways.push_back({Kind::kRing, queues[0], 4096});  // more than 16 GiB
  return ways;
}

WayChoice::Choice Transfers::Choose(Direction direction, const GpuBuffer::Impl& buffer, std::uint64_t bytes) {
  const auto ways = Ways(direction, buffer, bytes);
  if (ways.size() == 1) return {ways[0], false};
  return context_.ways->Choose(direction, bytes, ways);
}

void Transfers::Upload(const GpuBuffer::Impl& to, const std::byte* from, std::uint64_t bytes, std::uint64_t offset) {
  Move(Direction::kUpload, to, offset, {const_cast<std::byte*>(from), bytes});  // only read
}

void Transfers::Download(const GpuBuffer::Impl& from, std::byte* to, std::uint64_t bytes, std::uint64_t offset) {
  Move(Direction::kDownload, from, offset, {to, bytes});
}

void Transfers::Move(Direction direction, const GpuBuffer::Impl& buffer, std::uint64_t offset, Host host) {
  const auto [way, trial] = Choose(direction, buffer, host.bytes);
  if (!trial && way.kind == Kind::kDirect && !buffer.InPlace(direction)) context_.SetDirect(direction, host.bytes);
  if (!trial) return MoveBy(way, direction, buffer, offset, host);
  const auto start = std::chrono::steady_clock::now();
  MoveBy(way, direction, buffer, offset, host);
  const std::chrono::duration<double, std::nano> took = std::chrono::steady_clock::now() - start;
  context_.ways->Learn(direction, host.bytes, way, took.count());
}

void Transfers::MoveBy(const TransferWay& way, Direction direction, const GpuBuffer::Impl& buffer, std::uint64_t offset,
                       Host host) {
  const bool upload = direction == Direction::kUpload;
  if (way.kind == Kind::kDirect) {
    return upload ? buffer.Write(offset, host.memory, host.bytes) : buffer.Read(offset, host.memory, host.bytes);
  }
  CopyLane& lane = Lane(way.queue);
  if (way.kind == Kind::kImport && Import(lane, direction, buffer, offset, host)) return;
  const std::uint64_t part = PartBytes(host.bytes, way.parts);
  const std::uint64_t needed = std::bit_ceil(host.bytes > part ? 2 * part : part);
  if (staging_.bytes() < needed) {
    staging_ = {};  // the old one first
    staging_ = GpuBuffer(std::make_shared<GpuBuffer::Impl>(context_.gpu, needed, MemoryKind::kDownload));
  }
  upload ? RingUp(lane, part, buffer, offset, host) : RingDown(lane, part, buffer, offset, host);
}

// Made when it is first needed; with nothing in flight that a failed call left.
CopyLane& Transfers::Lane(Queue queue) {
  auto& lane = lanes_[std::size_t(queue)];
  if (!lane && queue == Queue::kCopy) lane.emplace(context_, context_.transfer_queue, context_.transfer_family);
  if (!lane) lane.emplace(context_, context_.queue, context_.family);
  for (auto& any : lanes_) {
    if (any) any->Wait(0), any->Wait(1);
  }
  return *lane;
}

void Transfers::RingUp(CopyLane& lane, std::uint64_t part, const GpuBuffer::Impl& to, std::uint64_t offset, Host host) {
  const GpuBuffer::Impl& staging = staging_.impl();
  std::size_t slot = 0;
  for (std::uint64_t at = 0; at < host.bytes; at += part, slot ^= 1) {
    const std::uint64_t bytes = std::min(part, host.bytes - at);
    lane.Wait(slot);
    staging.Write(slot * part, host.memory + at, bytes);
    lane.Copy(slot, staging.handle, to.handle, {slot * part, offset + at, bytes}, Direction::kUpload);
  }
  lane.Wait(0);
  lane.Wait(1);
}

void Transfers::RingDown(CopyLane& lane, std::uint64_t part, const GpuBuffer::Impl& from, std::uint64_t offset, Host host) {
  const GpuBuffer::Impl& staging = staging_.impl();
  const auto start = [&](std::uint64_t at, std::size_t slot) {
    if (at >= host.bytes) return;
    lane.Copy(slot, from.handle, staging.handle, {offset + at, slot * part, std::min(part, host.bytes - at)},
              Direction::kDownload);
  };
  std::size_t slot = 0;
  start(0, slot);
  for (std::uint64_t at = 0; at < host.bytes; at += part, slot ^= 1) {
    start(at + part, slot ^ 1);
    lane.Wait(slot);
    staging.Read(slot * part, host.memory + at, std::min(part, host.bytes - at));
  }
}

bool Transfers::Import(CopyLane& lane, Direction direction, const GpuBuffer::Impl& buffer, std::uint64_t offset, Host host) {
  const ImportedPages pages(*context_.gpu, host.memory, host.bytes, page_bytes_);
  if (!pages.buffer) return false;
  if (direction == Direction::kUpload) {
    lane.Copy(0, pages.buffer, buffer.handle, {pages.offset, offset, host.bytes}, direction);
  } else {
    lane.Copy(0, buffer.handle, pages.buffer, {offset, pages.offset, host.bytes}, direction);
  }
  lane.Wait(0);
  return true;
}

}  // namespace hone
