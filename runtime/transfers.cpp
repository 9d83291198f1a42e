#include "runtime/transfers.h"

#include <algorithm>
#include <cstring>
#include <span>

#include "runtime/imported_pages.h"

namespace hone {
namespace {

constexpr std::uint64_t kHalfBytes = 8 << 20;
constexpr std::uint64_t kLeastPart = 256 << 10;          // smaller ones cost more to submit than they hide
constexpr std::uint64_t kMostDirectDownload = 16 << 10;  // reading the device's memory over the bus is slow
constexpr std::uint64_t kLeastRing = 16 << 10;           // where the host writes in place
constexpr std::uint64_t kLeastImport = 1 << 20;          // pinning pages has its price
constexpr auto kTimeout = std::chrono::milliseconds(60000);

// Large enough to be worth a submission, small enough that several overlap.
std::uint64_t PartBytes(std::uint64_t bytes) {
  return std::clamp((bytes / 8 + kLeastPart - 1) / kLeastPart * kLeastPart, kLeastPart, kHalfBytes);
}

}  // namespace

Transfers::Transfers(Context::Impl& context) : context_(context) {
  const Gpu& gpu = *context.gpu;
  queue_ = context.transfer_queue;
  pool_ = Guard("Vulkan: create command pool", [&] {
    return gpu.device.createCommandPool(
        {.flags = vk::CommandPoolCreateFlagBits::eResetCommandBuffer, .queueFamilyIndex = context.transfer_family}, nullptr,
        gpu.d);
  });
  if (gpu.info.extensions.contains("VK_EXT_external_memory_host")) {
    const auto properties =
        gpu.physical.getProperties2<vk::PhysicalDeviceProperties2, vk::PhysicalDeviceExternalMemoryHostPropertiesEXT>(gpu.d);
    page_bytes_ = properties.get<vk::PhysicalDeviceExternalMemoryHostPropertiesEXT>().minImportedHostPointerAlignment;
  }
}

Transfers::~Transfers() {
  const Gpu& gpu = *context_.gpu;
  if (gpu.abandoned) return;
  for (Half& half : halves_) gpu.device.destroyFence(half.fence, nullptr, gpu.d);
  gpu.device.destroyCommandPool(pool_, nullptr, gpu.d);
}

Transfers::Plan Transfers::ChooseWay(Direction direction, const GpuBuffer::Impl& buffer, std::uint64_t bytes) const {
  const bool upload = direction == Direction::kUpload;
  const bool can_import = page_bytes_ != 0;
  if (demanded == TransferWay::kRing || (demanded == TransferWay::kDirect && buffer.mapped) ||
      (demanded == TransferWay::kImport && can_import)) {
    return {*demanded, false};
  }
  if (buffer.mapped && (buffer.cached || (upload && !buffer.device_local))) return {TransferWay::kDirect, false};
  std::array<TransferWay, kTransferWays> ways;
  std::size_t count = 0;
  const bool near = buffer.mapped && (upload || bytes <= kMostDirectDownload);
  if (near) ways[count++] = TransferWay::kDirect;
  if (!near || !upload || bytes >= kLeastRing) ways[count++] = TransferWay::kRing;
  if (can_import && bytes >= kLeastImport) ways[count++] = TransferWay::kImport;
  if (count == 1) return {ways[0], false};
  const TransferWay way = choice_.Choose(direction, bytes, std::span(ways.data(), count));
  return {way, choice_.IsOpen(direction, bytes, way)};
}

void Transfers::Upload(const GpuBuffer::Impl& to, const std::byte* from, std::uint64_t bytes, std::uint64_t offset) {
  Take(ChooseWay(Direction::kUpload, to, bytes), Direction::kUpload, bytes, [&](TransferWay way) {
    if (way == TransferWay::kDirect) {
      std::memcpy(static_cast<std::byte*>(to.mapped) + offset, from, bytes);
      to.Flush(offset, bytes);
    } else if (way == TransferWay::kRing || !Import(from, bytes, to, offset, Direction::kUpload)) {
      const auto fill = [&](const Half& half) {
        std::memcpy(half.memory.mapped(), from + half.at, half.bytes);
        half.memory.impl().Flush(0, half.bytes);
      };
      Ring(
          bytes, fill,
          [&](const Half& half) {
            return vk::BufferCopy{0, offset + half.at, half.bytes};
          },
          nullptr, to.handle, [](const Half&) {});
    }
  });
}

void Transfers::Download(const GpuBuffer::Impl& from, std::byte* to, std::uint64_t bytes, std::uint64_t offset) {
  Take(ChooseWay(Direction::kDownload, from, bytes), Direction::kDownload, bytes, [&](TransferWay way) {
    if (way == TransferWay::kDirect) {
      from.Invalidate(offset, bytes);
      std::memcpy(to, static_cast<const std::byte*>(from.mapped) + offset, bytes);
    } else if (way == TransferWay::kRing || !Import(to, bytes, from, offset, Direction::kDownload)) {
      const auto empty = [&](const Half& half) {
        half.memory.impl().Invalidate(0, half.bytes);
        std::memcpy(to + half.at, half.memory.mapped(), half.bytes);
      };
      Ring(
          bytes, [](const Half&) {},
          [&](const Half& half) {
            return vk::BufferCopy{offset + half.at, 0, half.bytes};
          },
          from.handle, nullptr, empty);
    }
  });
}

template <typename Body>
void Transfers::Take(Plan plan, Direction direction, std::uint64_t bytes, Body&& body) {
  if (!plan.learn) return body(plan.way);
  const auto start = std::chrono::steady_clock::now();
  body(plan.way);
  const std::chrono::duration<double, std::nano> took = std::chrono::steady_clock::now() - start;
  choice_.Learn(direction, bytes, plan.way, took.count());
}

void Transfers::MakeHalves() {
  const Gpu& gpu = *context_.gpu;
  for (Half& half : halves_) {
    if (half.fence) continue;
    half.memory = GpuBuffer(std::make_shared<GpuBuffer::Impl>(context_.gpu, kHalfBytes, MemoryKind::kDownload));
    Guard("Vulkan: create transfer objects", [&] {
      half.commands = gpu.device.allocateCommandBuffers({.commandPool = pool_, .commandBufferCount = 1}, gpu.d).front();
      half.fence = gpu.device.createFence({}, nullptr, gpu.d);
    });
  }
}

void Transfers::Ring(std::uint64_t bytes, const Part& before, const std::function<vk::BufferCopy(const Half&)>& copy,
                     vk::Buffer from, vk::Buffer to, const Part& after) {
  MakeHalves();
  for (Half& half : halves_) Finish(half, [](const Half&) {});  // what a failed call left
  const std::uint64_t part = PartBytes(bytes);
  std::size_t next = 0;
  for (std::uint64_t at = 0; at < bytes; at += part, next ^= 1) {
    Half& half = halves_[next];
    Finish(half, after);
    half.at = at;
    half.bytes = std::min(part, bytes - at);
    before(half);
    const vk::Buffer own = half.memory.impl().handle;
    Submit(half, from ? from : own, to ? to : own, copy(half));
  }
  Finish(halves_[next], after);  // the older one first
  Finish(halves_[next ^ 1], after);
}

void Transfers::Submit(Half& half, vk::Buffer from, vk::Buffer to, const vk::BufferCopy& copy) {
  const Dispatch& d = context_.gpu->d;
  context_.Begin(half.commands);
  half.commands.copyBuffer(from, to, copy, d);
  context_.End(half.commands);
  context_.Watch([&] {
    Guard("Vulkan: submit",
          [&] { queue_.submit(vk::SubmitInfo{.commandBufferCount = 1, .pCommandBuffers = &half.commands}, half.fence, d); });
  });
  half.in_flight = true;
}

void Transfers::Finish(Half& half, const Part& after) {
  if (!half.in_flight) return;
  context_.Watch([&] { context_.WaitFor(half.fence, kTimeout); });
  half.in_flight = false;
  after(half);
}

bool Transfers::Import(const std::byte* host, std::uint64_t bytes, const GpuBuffer::Impl& device, std::uint64_t offset,
                       Direction direction) {
  const ImportedPages pages(*context_.gpu, host, bytes, page_bytes_);
  if (!pages.buffer) return false;
  MakeHalves();
  Half& half = halves_[0];
  const bool upload = direction == Direction::kUpload;
  const auto copy = upload ? vk::BufferCopy{pages.offset, offset, bytes} : vk::BufferCopy{offset, pages.offset, bytes};
  Submit(half, upload ? pages.buffer : device.handle, upload ? device.handle : pages.buffer, copy);
  Finish(half, [](const Half&) {});
  return true;
}

}  // namespace hone
