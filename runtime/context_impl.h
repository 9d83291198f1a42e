// Private to runtime/: what a Context holds, and one submission at a time on its queue.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <mutex>

#include "runtime/context.h"
#include "runtime/gpu.h"
#include "runtime/memory.h"

namespace hone {

class Transfers;

// The timeline that tickets read.
struct Ticket::Impl {
  explicit Impl(std::shared_ptr<Gpu> owner);
  ~Impl();
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;
  std::uint64_t Reached() const;
  void Wait(std::uint64_t value, std::chrono::milliseconds timeout) const;

  std::shared_ptr<Gpu> gpu;
  vk::Semaphore semaphore;
};

struct Context::Impl {
  explicit Impl(const ContextOptions& options);
  ~Impl();

  // Records with `record`, submits, waits. Whatever ran before is finished and visible to it; what it wrote is visible
  // to the host and to the next. The caller holds `mutex`. Errors: DeviceError; kTimeout and kDeviceLost make the
  // context unusable.
  void Submit(std::chrono::milliseconds timeout, const std::function<void(vk::CommandBuffer)>& record);
  void RequireUsable() const;
  void Finish(std::chrono::milliseconds timeout);                  // ends `commands`, submits them, waits
  void Begin(vk::CommandBuffer into) const;                        // with a barrier after everything earlier on the queue
  void End(vk::CommandBuffer from) const;                          // with a barrier to the host
  void Barrier(vk::CommandBuffer into) const;                      // what follows sees everything before
  void ResetQueries(vk::CommandBuffer into, std::uint32_t count);  // timestamps, for what is recorded next
  void Stamp(vk::CommandBuffer into, std::uint32_t query) const;   // when the shaders before are done
  std::vector<double> ReadTicks(std::uint32_t count) const;        // from each even one to the one after it
  vk::CommandBuffer FreeCommands();
  // Nothing of Context::Submit is in flight afterwards: the host may touch memory. Errors: as Submit.
  void WaitForTickets(std::chrono::milliseconds timeout) { WaitForTicket(last_ticket, timeout); }
  // Nothing that is in flight afterwards uses this buffer: a transfer overlaps with the rest. Errors: as Submit.
  void WaitForUses(vk::Buffer buffer, std::chrono::milliseconds timeout);
  void WaitForTicket(std::uint64_t ticket, std::chrono::milliseconds timeout);
  // A buffer of at least `bytes` that Run uses where the caller brings no workspace.
  Binding Workspace(std::uint64_t bytes);
  // Waits for the fence of a submission and resets it: asks for so long whether it is over, because a thread that sleeps is
  // woken late, then sleeps. Errors: DeviceError kTimeout, kDeviceLost.
  static constexpr std::chrono::microseconds kPolling{200};
  void WaitFor(vk::Fence submitted, std::chrono::milliseconds timeout, std::chrono::microseconds polling = kPolling) const;
  // Runs `call`; a kTimeout or kDeviceLost that comes of it makes the context unusable.
  void Watch(const std::function<void()>& call);
  Transfers& transfers();
  // Whether the host may move so many bytes through the buffer's mapping now, with no lock and nothing to wait for.
  bool MayMoveDirectly(Direction direction, const GpuBuffer::Impl& buffer, std::uint64_t bytes) const;
  // The best way for sizes like this, between host and memory that is mapped, is through the mapping.
  void SetDirect(Direction direction, std::uint64_t bytes);

  // What a small transfer looks at, side by side.
  std::atomic<Outcome> failed = Outcome::kOk;                   // what made it unusable; CreatePipeline reads it on any thread
  std::atomic<std::uint64_t> last_ticket = 0, waited_for = 0;   // written under the mutex
  std::array<std::atomic<std::uint64_t>, 2> direct_sizes = {};  // SetDirect's, by direction: bit i for sizes of i bits

  std::shared_ptr<Gpu> gpu;
  std::uint32_t family = 0;
  vk::Queue queue;
  std::uint32_t transfer_family = 0;  // of copies between host and device: a family for nothing else, or else `family`
  vk::Queue transfer_queue;
  vk::CommandPool pool;
  vk::CommandBuffer commands;
  vk::Fence fence;
  vk::QueryPool queries;
  std::uint32_t query_count = 0;
  std::uint64_t timestamp_mask = ~std::uint64_t{0};  // 0: no timestamps on this queue
  std::mutex mutex;
  GpuBuffer workspace;
  std::unique_ptr<Transfers> made_transfers;
  const std::shared_ptr<WayChoice> ways = std::make_shared<WayChoice>();  // a Library may bring what was measured
  std::shared_ptr<Ticket::Impl> timeline;                                 // null before the first Context::Submit
  struct Flight {
    vk::CommandBuffer commands;
    std::uint64_t ticket = 0;  // frees it
    Pipeline pipeline;         // kept alive meanwhile
    std::vector<VkBuffer> buffers;
  };
  std::vector<Flight> in_flight;
};

}  // namespace hone
