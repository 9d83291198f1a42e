// One submission at a time: record, submit, wait with a deadline. Everything that Context does on its queue goes
// through here.
#include "runtime/context_impl.h"
#include "runtime/transfers.h"

namespace hone {
namespace {

void FullBarrier(vk::CommandBuffer commands, const Dispatch& d, bool to_host) {
  using Stage = vk::PipelineStageFlagBits;
  using Access = vk::AccessFlagBits;
  vk::MemoryBarrier barrier{.srcAccessMask = Access::eMemoryWrite, .dstAccessMask = Access::eMemoryRead | Access::eMemoryWrite};
  auto after = Stage::eAllCommands;
  if (to_host) barrier.dstAccessMask = Access::eHostRead, after = Stage::eHost;
  commands.pipelineBarrier(Stage::eAllCommands, after, {}, barrier, nullptr, nullptr, d);
}

// Not where the threads that work are the CPU's own.
bool IsSoonDone(const Gpu& gpu, vk::Fence submitted, std::chrono::microseconds polling) {
  if (gpu.info().type == "cpu") return false;
  const auto end = std::chrono::steady_clock::now() + polling;
  do {
    if (gpu.device.getFenceStatus(submitted, gpu.d) == vk::Result::eSuccess) return true;
  } while (std::chrono::steady_clock::now() < end);
  return false;
}

}  // namespace

void Context::Impl::RequireUsable() const {
  if (failed == Outcome::kOk) return;
  throw DeviceError(failed,
                    gpu->info().name + ": not usable any more, an earlier call ended with: " + std::string(ToText(failed)));
}

void Context::Impl::Begin(vk::CommandBuffer into) const {
  Guard("Vulkan: record", [&] {
    into.begin({.flags = vk::CommandBufferUsageFlagBits::eOneTimeSubmit}, gpu->d);
    Barrier(into);
  });
}

void Context::Impl::Barrier(vk::CommandBuffer into) const { FullBarrier(into, gpu->d, false); }

void Context::Impl::End(vk::CommandBuffer from) const {
  FullBarrier(from, gpu->d, true);
  Guard("Vulkan: record", [&] { from.end(gpu->d); });
}

void Context::Impl::Submit(std::chrono::milliseconds timeout, const std::function<void(vk::CommandBuffer)>& record) {
  RequireUsable();
  const Dispatch& d = gpu->d;
  WaitForTickets(timeout);
  Begin(commands);
  try {
    record(commands);
  } catch (...) {
    if (failed == Outcome::kOk) d.vkEndCommandBuffer(commands);
    throw;
  }
  Finish(timeout);
}

void Context::Impl::Finish(std::chrono::milliseconds timeout) {
  Watch([&] {
    Guard("Vulkan: submit", [&] {
      End(commands);
      queue.submit(vk::SubmitInfo{.commandBufferCount = 1, .pCommandBuffers = &commands}, fence, gpu->d);
    });
    WaitFor(fence, timeout);
  });
  if (gpu->descriptors) gpu->descriptors->Release();
}

void Context::Impl::WaitFor(vk::Fence submitted, std::chrono::milliseconds timeout, std::chrono::microseconds polling) const {
  const auto nanoseconds = static_cast<std::uint64_t>(std::chrono::nanoseconds(timeout).count());
  Guard("Vulkan: wait", [&] {
    if (!IsSoonDone(*gpu, submitted, polling) &&
        gpu->device.waitForFences(submitted, VK_TRUE, nanoseconds, gpu->d) == vk::Result::eTimeout) {
      throw DeviceError(Outcome::kTimeout, gpu->info().name + ": no answer within " + std::to_string(timeout.count()) + " ms");
    }
    gpu->device.resetFences(submitted, gpu->d);
  });
}

void Context::Impl::Watch(const std::function<void()>& call) {
  try {
    call();
  } catch (const DeviceError& error) {
    if (error.outcome == Outcome::kTimeout || error.outcome == Outcome::kDeviceLost) {
      failed = error.outcome;
      gpu->abandoned = true;
    }
    throw;
  }
}

Binding Context::Impl::Workspace(std::uint64_t bytes) {
  if (bytes == 0) return {};
  if (workspace.bytes() < bytes) {
    workspace = {};  // the old one first: two may not fit
    workspace = GpuBuffer(std::make_shared<GpuBuffer::Impl>(gpu, bytes, MemoryKind::kDevice));
  }
  return workspace;
}

Transfers& Context::Impl::transfers() {
  if (!made_transfers) made_transfers = std::make_unique<Transfers>(*this);
  return *made_transfers;
}

}  // namespace hone
