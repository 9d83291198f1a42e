#include "runtime/copy_lane.h"

namespace hone {
namespace {

constexpr auto kTimeout = std::chrono::milliseconds(60000);
constexpr auto kPolling = std::chrono::milliseconds(2);  // about as long as the greatest part of a ring takes

}  // namespace

CopyLane::CopyLane(Context::Impl& context, vk::Queue queue, std::uint32_t family) : context_(context), queue_(queue) {
  const Gpu& gpu = *context.gpu;
  Guard("Vulkan: create transfer objects", [&] {
    pool_ = gpu.device.createCommandPool(
        {.flags = vk::CommandPoolCreateFlagBits::eResetCommandBuffer, .queueFamilyIndex = family}, nullptr, gpu.d);
    const auto commands = gpu.device.allocateCommandBuffers({.commandPool = pool_, .commandBufferCount = 2}, gpu.d);
    for (std::size_t i = 0; i < slots_.size(); ++i)
      slots_[i] = {commands[i], gpu.device.createFence({}, nullptr, gpu.d), false};
  });
}

CopyLane::~CopyLane() {
  const Gpu& gpu = *context_.gpu;
  if (gpu.abandoned) return;
  for (Slot& slot : slots_) gpu.device.destroyFence(slot.fence, nullptr, gpu.d);
  gpu.device.destroyCommandPool(pool_, nullptr, gpu.d);
}

// No barrier before the copy: the host has waited for everything that wrote what it reads.
void CopyLane::Copy(std::size_t index, vk::Buffer from, vk::Buffer to, const vk::BufferCopy& region, Direction direction) {
  using Stage = vk::PipelineStageFlagBits;
  Slot& slot = slots_[index];
  const Dispatch& d = context_.gpu->d;
  context_.Watch([&] {
    Guard("Vulkan: submit a copy", [&] {
      slot.commands.begin({.flags = vk::CommandBufferUsageFlagBits::eOneTimeSubmit}, d);
      slot.commands.copyBuffer(from, to, region, d);
      if (direction == Direction::kDownload) {
        const vk::MemoryBarrier to_host{.srcAccessMask = vk::AccessFlagBits::eTransferWrite,
                                        .dstAccessMask = vk::AccessFlagBits::eHostRead};
        slot.commands.pipelineBarrier(Stage::eTransfer, Stage::eHost, {}, to_host, nullptr, nullptr, d);
      }
      slot.commands.end(d);
      queue_.submit(vk::SubmitInfo{.commandBufferCount = 1, .pCommandBuffers = &slot.commands}, slot.fence, d);
    });
  });
  slot.in_flight = true;
}

void CopyLane::Wait(std::size_t index) {
  Slot& slot = slots_[index];
  if (!slot.in_flight) return;
  context_.Watch([&] { context_.WaitFor(slot.fence, kTimeout, kPolling); });
  slot.in_flight = false;
}

}  // namespace hone
