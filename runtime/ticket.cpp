// Context::Submit: many submissions in flight on one queue, in order, told apart by the values of one timeline
// semaphore.
#include "runtime/ticket.h"

#include <algorithm>

#include "runtime/context_impl.h"

namespace hone {

Ticket::Impl::Impl(std::shared_ptr<Gpu> owner) : gpu(std::move(owner)) {
  const vk::SemaphoreTypeCreateInfo type{.semaphoreType = vk::SemaphoreType::eTimeline};
  semaphore = Guard("Vulkan: create semaphore", [&] { return gpu->device.createSemaphore({.pNext = &type}, nullptr, gpu->d); });
}

Ticket::Impl::~Impl() {
  if (!gpu->abandoned) gpu->device.destroySemaphore(semaphore, nullptr, gpu->d);
}

std::uint64_t Ticket::Impl::Reached() const {
  return Guard("Vulkan: read semaphore", [&] { return gpu->device.getSemaphoreCounterValue(semaphore, gpu->d); });
}

void Ticket::Impl::Wait(std::uint64_t value, std::chrono::milliseconds timeout) const {
  const vk::SemaphoreWaitInfo info{.semaphoreCount = 1, .pSemaphores = &semaphore, .pValues = &value};
  const auto nanoseconds = static_cast<std::uint64_t>(std::chrono::nanoseconds(timeout).count());
  const auto result = Guard("Vulkan: wait", [&] { return gpu->device.waitSemaphores(info, nanoseconds, gpu->d); });
  if (result == vk::Result::eTimeout) {
    throw DeviceError(Outcome::kTimeout, gpu->info().name + ": no answer within " + std::to_string(timeout.count()) + " ms");
  }
}

bool Ticket::Done() const { return !impl_ || impl_->Reached() >= value_; }

void Ticket::Wait(std::chrono::milliseconds timeout) const {
  if (impl_) impl_->Wait(value_, timeout);
}

// A command buffer that no submission uses any more.
vk::CommandBuffer Context::Impl::FreeCommands() {
  const std::uint64_t reached = timeline->Reached();
  const auto done = std::ranges::find_if(in_flight, [&](const auto& entry) { return entry.ticket <= reached; });
  if (done != in_flight.end()) {
    const auto free = done->commands;
    in_flight.erase(done);
    return free;
  }
  return Guard("Vulkan: allocate command buffer", [&] {
    return gpu->device.allocateCommandBuffers({.commandPool = pool, .commandBufferCount = 1}, gpu->d).front();
  });
}

void Context::Impl::WaitForTicket(std::uint64_t ticket, std::chrono::milliseconds timeout) {
  if (ticket <= waited_for) return;
  try {
    timeline->Wait(ticket, timeout);
  } catch (const DeviceError& error) {
    failed = error.outcome;
    gpu->abandoned = true;
    throw;
  }
  waited_for = ticket;
  for (auto& flight : in_flight) {
    if (flight.ticket <= ticket) flight.pipeline = {};
  }
}

void Context::Impl::WaitForUses(vk::Buffer buffer, std::chrono::milliseconds timeout) {
  std::uint64_t last = 0;
  for (const Flight& flight : in_flight) {
    if (std::ranges::find(flight.buffers, VkBuffer(buffer)) != flight.buffers.end()) last = std::max(last, flight.ticket);
  }
  WaitForTicket(last, timeout);
}

Ticket Context::Submit(const Pipeline& pipeline, View<Binding> buffers, View<Scalar> scalars, Binding own) {
  std::lock_guard lock(impl_->mutex);
  impl_->RequireUsable();
  if (!impl_->timeline) impl_->timeline = std::make_shared<Ticket::Impl>(impl_->gpu);
  if (!own.buffer && pipeline.WorkspaceBytes() > impl_->workspace.bytes()) impl_->WaitForTickets(kDefaultTimeout);
  if (!own.buffer) own = impl_->Workspace(pipeline.WorkspaceBytes());
  const Dispatch& d = impl_->gpu->d;
  const vk::CommandBuffer commands = impl_->FreeCommands();
  impl_->Begin(commands);
  try {
    pipeline.Record(commands, buffers, scalars, own);
  } catch (...) {
    d.vkEndCommandBuffer(commands);
    impl_->in_flight.push_back({commands, 0, {}, {}});
    throw;
  }
  const std::uint64_t value = impl_->last_ticket + 1;
  impl_->End(commands);
  const vk::TimelineSemaphoreSubmitInfo timeline{.signalSemaphoreValueCount = 1, .pSignalSemaphoreValues = &value};
  const vk::SubmitInfo submit{.pNext = &timeline,
                              .commandBufferCount = 1,
                              .pCommandBuffers = &commands,
                              .signalSemaphoreCount = 1,
                              .pSignalSemaphores = &impl_->timeline->semaphore};
  Guard("Vulkan: submit", [&] { impl_->queue.submit(submit, nullptr, d); });
  std::vector<VkBuffer> used;
  for (const Binding& binding : buffers) used.push_back(binding.buffer);
  used.push_back(own.buffer);
  impl_->in_flight.push_back({commands, value, pipeline, std::move(used)});
  impl_->last_ticket = value;
  return Ticket(impl_->timeline, value);
}

}  // namespace hone
