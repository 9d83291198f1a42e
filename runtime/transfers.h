// Private to runtime/: the ways of Context::Upload and Download.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>

#include "runtime/context_impl.h"
#include "runtime/way_choice.h"

namespace hone {

// Used under the context's mutex, with nothing in flight on its queue.
class Transfers {
 public:
  explicit Transfers(Context::Impl& context);
  ~Transfers();
  Transfers(const Transfers&) = delete;
  Transfers& operator=(const Transfers&) = delete;

  // Done when they return. Errors: DeviceError.
  void Upload(const GpuBuffer::Impl& to, const std::byte* from, std::uint64_t bytes, std::uint64_t offset);
  void Download(const GpuBuffer::Impl& from, std::byte* to, std::uint64_t bytes, std::uint64_t offset);

  std::optional<TransferWay> demanded;  // by tests and benchmarks; where it is impossible: as without

 private:
  struct Half {
    GpuBuffer memory;
    vk::CommandBuffer commands;
    vk::Fence fence;
    bool in_flight = false;
    std::uint64_t at = 0, bytes = 0;  // of the part in it
  };
  using Part = std::function<void(const Half&)>;

  struct Plan {
    TransferWay way = TransferWay::kRing;
    bool learn = false;  // several are possible, and this one has trials left
  };
  Plan ChooseWay(Direction direction, const GpuBuffer::Impl& buffer, std::uint64_t bytes) const;
  template <typename Body>
  void Take(Plan plan, Direction direction, std::uint64_t bytes, Body&& body);
  // Part by part through the two halves. before: fills a half; after: empties it.
  void Ring(std::uint64_t bytes, const Part& before, const std::function<vk::BufferCopy(const Half&)>& copy, vk::Buffer from,
            vk::Buffer to, const Part& after);
  void Submit(Half& half, vk::Buffer from, vk::Buffer to, const vk::BufferCopy& copy);
  void Finish(Half& half, const Part& after);
  // False: the driver will not have these pages, and nothing was done.
  bool Import(const std::byte* host, std::uint64_t bytes, const GpuBuffer::Impl& device, std::uint64_t offset,
              Direction direction);
  void MakeHalves();

  Context::Impl& context_;
  vk::Queue queue_;
  vk::CommandPool pool_;
  std::array<Half, 2> halves_;
  std::uint64_t page_bytes_ = 0;  // of imported memory; 0: cannot
  WayChoice choice_;
};

}  // namespace hone
