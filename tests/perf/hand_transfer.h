// Bytes between host and device as one writes it by hand: the ways that perf_runtime_transfer holds the runtime
// against.
#pragma once

#include <array>
#include <bit>
#include <cstring>
#include <deque>
#include <string>
#include <utility>
#include <vector>

#include "runtime/context.h"
#include "runtime/context_impl.h"

namespace hone {

using MemoryFlag = vk::MemoryPropertyFlagBits;

// A buffer with memory of its own, mapped where the host sees it. Null handle: the device has no such memory.
struct HandBuffer {
  HandBuffer(const Gpu& owner, std::uint64_t bytes, vk::MemoryPropertyFlags wanted) : gpu(owner) {
    vk::BufferCreateInfo info{.size = bytes,
                              .usage = vk::BufferUsageFlagBits::eStorageBuffer | vk::BufferUsageFlagBits::eTransferSrc |
                                       vk::BufferUsageFlagBits::eTransferDst};
    if (gpu.families.size() > 1) {
      info.sharingMode = vk::SharingMode::eConcurrent;
      info.queueFamilyIndexCount = static_cast<std::uint32_t>(gpu.families.size());
      info.pQueueFamilyIndices = gpu.families.data();
    }
    handle = gpu.device.createBuffer(info, nullptr, gpu.d);
    const auto needs = gpu.device.getBufferMemoryRequirements(handle, gpu.d);
    const auto types = gpu.physical.getMemoryProperties(gpu.d);
    for (std::uint32_t i = 0; i < types.memoryTypeCount && !memory; ++i) {
      const auto flags = types.memoryTypes[i].propertyFlags;
      if (!(needs.memoryTypeBits >> i & 1) || (flags & wanted) != wanted) continue;
      memory = gpu.device.allocateMemory({.allocationSize = needs.size, .memoryTypeIndex = i}, nullptr, gpu.d);
      gpu.device.bindBufferMemory(handle, memory, 0, gpu.d);
      if (flags & MemoryFlag::eHostVisible) {
        mapped = static_cast<std::byte*>(gpu.device.mapMemory(memory, 0, VK_WHOLE_SIZE, {}, gpu.d));
      }
      coherent = static_cast<bool>(flags & MemoryFlag::eHostCoherent) || !mapped;
    }
    if (!memory || !coherent) Free();
  }
  ~HandBuffer() { Free(); }
  HandBuffer(const HandBuffer&) = delete;
  HandBuffer& operator=(const HandBuffer&) = delete;
  void Free() {
    gpu.device.destroyBuffer(handle, nullptr, gpu.d);
    gpu.device.freeMemory(memory, nullptr, gpu.d);
    handle = nullptr;
    memory = nullptr;
  }

  const Gpu& gpu;
  vk::Buffer handle;
  vk::DeviceMemory memory;
  std::byte* mapped = nullptr;
  bool coherent = false;
};

// Two command buffers and fences on one queue. polls: it asks until the fence is signalled, and never sleeps.
class HandQueue {
 public:
  HandQueue(const Gpu& owner, vk::Queue to, std::uint32_t family, bool polling) : gpu(owner), queue(to), polls(polling) {
    pool = gpu.device.createCommandPool(
        {.flags = vk::CommandPoolCreateFlagBits::eResetCommandBuffer, .queueFamilyIndex = family}, nullptr, gpu.d);
    const auto made = gpu.device.allocateCommandBuffers({.commandPool = pool, .commandBufferCount = 2}, gpu.d);
    for (std::size_t i = 0; i < 2; ++i) {
      commands[i] = made[i];
      fences[i] = gpu.device.createFence({.flags = vk::FenceCreateFlagBits::eSignaled}, nullptr, gpu.d);
    }
  }
  ~HandQueue() {
    for (auto fence : fences) gpu.device.destroyFence(fence, nullptr, gpu.d);
    gpu.device.destroyCommandPool(pool, nullptr, gpu.d);
  }
  HandQueue(const HandQueue&) = delete;
  HandQueue& operator=(const HandQueue&) = delete;

  void Copy(std::size_t slot, vk::Buffer from, vk::Buffer to, vk::BufferCopy region) {
    gpu.device.resetFences(fences[slot], gpu.d);
    commands[slot].begin({.flags = vk::CommandBufferUsageFlagBits::eOneTimeSubmit}, gpu.d);
    commands[slot].copyBuffer(from, to, region, gpu.d);
    const vk::MemoryBarrier barrier{.srcAccessMask = vk::AccessFlagBits::eTransferWrite,
                                    .dstAccessMask = vk::AccessFlagBits::eHostRead};
    commands[slot].pipelineBarrier(vk::PipelineStageFlagBits::eTransfer, vk::PipelineStageFlagBits::eHost, {}, barrier, nullptr,
                                   nullptr, gpu.d);
    commands[slot].end(gpu.d);
    queue.submit(vk::SubmitInfo{.commandBufferCount = 1, .pCommandBuffers = &commands[slot]}, fences[slot], gpu.d);
  }
  void Wait(std::size_t slot) {
    while (polls && gpu.device.getFenceStatus(fences[slot], gpu.d) == vk::Result::eNotReady) continue;
    (void)gpu.device.waitForFences(fences[slot], VK_TRUE, ~std::uint64_t{0}, gpu.d);
  }

  const Gpu& gpu;
  vk::Queue queue;
  bool polls;
  vk::CommandPool pool;
  std::array<vk::CommandBuffer, 2> commands;
  std::array<vk::Fence, 2> fences;
};

// One way, both directions. nullptr functions: not on this device.
struct HandWay {
  std::string name;
  std::function<void(const std::byte* from, std::uint64_t bytes)> upload;
  std::function<void(std::byte* to, std::uint64_t bytes)> download;
  std::uint64_t most_download = ~std::uint64_t{0},
                most_upload = ~std::uint64_t{0};  // above it takes seconds, or too much memory
  std::uint64_t same_up_to = 0;                   // bytes: so far another way does the very same
};

// Each way has host memory of its own, as a program has that knows no other: what all of them shared, the others would have
// kept warm in caches and TLBs for the next.
class HandTransfers {
 public:
  // device: where the bytes go, by hand as by the runtime, so that neither finds it warmer in a cache.
  HandTransfers(Context& context, const GpuBuffer& device) : gpu_(*context.impl().gpu), device_(device) {
    if (device.mapped()) ways.push_back(InPlace());
    const auto& impl = context.impl();
    for (const bool polls : {false, true}) {
      if (polls && gpu_.info().type == "cpu") continue;  // it would take the time from the threads that it waits for
      const std::string suffix = polls ? ", polling" : "";
      AddQueue(queues_.emplace_back(gpu_, impl.queue, impl.family, polls), suffix);
      if (impl.transfer_family == impl.family) continue;
      AddQueue(queues_.emplace_back(gpu_, impl.transfer_queue, impl.transfer_family, polls), ", transfer queue" + suffix);
    }
  }

  std::vector<HandWay> ways;

 private:
  vk::Buffer Device() const { return device_.handle(); }

  HandWay InPlace() {
    return {"mapped device memory",
            [this](const std::byte* from, std::uint64_t bytes) { std::memcpy(device_.mapped(), from, bytes); },
            [this](std::byte* to, std::uint64_t bytes) { std::memcpy(to, device_.mapped(), bytes); }, 1 << 20};
  }

  const HandBuffer& Staging(std::uint64_t bytes) {
    const auto& made = stagings_.emplace_back(gpu_, bytes, MemoryFlag::eHostVisible | MemoryFlag::eHostCached);
    if (!made.handle) throw Error("no cached host memory");
    return made;
  }

  void AddQueue(HandQueue& queue, const std::string& suffix) {
    constexpr std::uint64_t kMostWhole = 64 << 20;  // a ring overlaps the two copies, and is faster from far below on
    const HandBuffer& whole = Staging(std::min(device_.bytes(), kMostWhole));
    ways.push_back({"one staging buffer" + suffix,
                    [this, &queue, &whole](const std::byte* from, std::uint64_t bytes) {
                      std::memcpy(whole.mapped, from, bytes);
                      queue.Copy(0, whole.handle, Device(), {0, 0, bytes});
                      queue.Wait(0);
                    },
                    [this, &queue, &whole](std::byte* to, std::uint64_t bytes) {
                      queue.Copy(0, Device(), whole.handle, {0, 0, bytes});
                      queue.Wait(0);
                      std::memcpy(to, whole.mapped, bytes);
                    },
                    kMostWhole, kMostWhole});
    std::uint64_t same_up_to = 0;
    for (const std::uint64_t mib : {1, 4, 16}) {
      const std::uint64_t half = mib << 20;
      const HandBuffer& ring = Staging(2 * half);
      HandWay& way = ways.emplace_back();
      way.name = "ring of two " + std::to_string(mib) + " MiB" + suffix;
      way.upload = [=, this, &queue, &ring](const std::byte* from, std::uint64_t bytes) {
        RingUp(queue, ring, half, from, bytes);
      };
      way.download = [=, this, &queue, &ring](std::byte* to, std::uint64_t bytes) { RingDown(queue, ring, half, to, bytes); };
      way.same_up_to = std::exchange(same_up_to, 2 * half);
    }
    if (!gpu_.info().extensions.contains("VK_EXT_external_memory_host")) return;
    ways.push_back({"imported pages" + suffix,
                    [this, &queue](const std::byte* from, std::uint64_t bytes) {
                      Import(queue, const_cast<std::byte*>(from), bytes, true);
                    },
                    [this, &queue](std::byte* to, std::uint64_t bytes) { Import(queue, to, bytes, false); }});
  }

  void RingUp(HandQueue& queue, const HandBuffer& ring, std::uint64_t half, const std::byte* from, std::uint64_t bytes) {
    half = std::min(half, (bytes + 1) / 2);
    std::size_t slot = 0;
    for (std::uint64_t at = 0; at < bytes; at += half, slot ^= 1) {
      const std::uint64_t part = std::min(half, bytes - at);
      queue.Wait(slot);
      std::memcpy(ring.mapped + slot * half, from + at, part);
      queue.Copy(slot, ring.handle, Device(), {slot * half, at, part});
    }
    queue.Wait(0);
    queue.Wait(1);
  }

  void RingDown(HandQueue& queue, const HandBuffer& ring, std::uint64_t half, std::byte* to, std::uint64_t bytes) {
    half = std::min(half, (bytes + 1) / 2);
    const auto start = [&](std::uint64_t at) {
      if (at >= bytes) return;
      const std::size_t slot = at / half % 2;
      queue.Copy(slot, Device(), ring.handle, {at, slot * half, std::min(half, bytes - at)});
    };
    start(0);
    for (std::uint64_t at = 0; at < bytes; at += half) {
      start(at + half);
      const std::size_t slot = at / half % 2;
      queue.Wait(slot);
      std::memcpy(to + at, ring.mapped + slot * half, std::min(half, bytes - at));
    }
  }

  // host: at the start of a page.
  void Import(HandQueue& queue, std::byte* host, std::uint64_t bytes, bool upload) {
    constexpr auto kHost = vk::ExternalMemoryHandleTypeFlagBits::eHostAllocationEXT;
    const vk::ExternalMemoryBufferCreateInfo external{.handleTypes = kHost};
    const auto buffer =
        gpu_.device.createBuffer({.pNext = &external,
                                  .size = bytes,
                                  .usage = vk::BufferUsageFlagBits::eTransferSrc | vk::BufferUsageFlagBits::eTransferDst},
                                 nullptr, gpu_.d);
    const auto pages = gpu_.device.getMemoryHostPointerPropertiesEXT(kHost, host, gpu_.d);
    const auto needs = gpu_.device.getBufferMemoryRequirements(buffer, gpu_.d);
    const vk::ImportMemoryHostPointerInfoEXT import{.handleType = kHost, .pHostPointer = host};
    const auto memory = gpu_.device.allocateMemory(
        {.pNext = &import,
         .allocationSize = bytes,
         .memoryTypeIndex = static_cast<std::uint32_t>(std::countr_zero(pages.memoryTypeBits & needs.memoryTypeBits))},
        nullptr, gpu_.d);
    gpu_.device.bindBufferMemory(buffer, memory, 0, gpu_.d);
    queue.Copy(0, upload ? buffer : Device(), upload ? Device() : buffer, {0, 0, bytes});
    queue.Wait(0);
    gpu_.device.destroyBuffer(buffer, nullptr, gpu_.d);
    gpu_.device.freeMemory(memory, nullptr, gpu_.d);
  }

  const Gpu& gpu_;
  const GpuBuffer& device_;
  std::deque<HandBuffer> stagings_;  // the ways refer to them
  std::deque<HandQueue> queues_;
};

}  // namespace hone
