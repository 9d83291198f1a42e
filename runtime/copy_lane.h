// Private to runtime/: copies between host and device on one queue, up to two in flight.
#pragma once

#include <array>
#include <cstdint>

#include "runtime/context_impl.h"
#include "runtime/way_choice.h"

namespace hone {

// Used under the context's mutex. Errors: DeviceError.
class CopyLane {
 public:
  CopyLane(Context::Impl& context, vk::Queue queue, std::uint32_t family);
  ~CopyLane();
  CopyLane(const CopyLane&) = delete;
  CopyLane& operator=(const CopyLane&) = delete;

  // Submits a copy. slot: 0 or 1, with nothing in flight. What it writes to the host's memory the host can read after Wait.
  void Copy(std::size_t slot, vk::Buffer from, vk::Buffer to, const vk::BufferCopy& region, Direction direction);
  void Wait(std::size_t slot);  // returns at once where nothing is in flight

 private:
  struct Slot {
    vk::CommandBuffer commands;
    vk::Fence fence;
    bool in_flight = false;
  };
  Context::Impl& context_;
  vk::Queue queue_;
  vk::CommandPool pool_;
  std::array<Slot, 2> slots_;
};

}  // namespace hone
