// Private to runtime/: the ways of Context::Upload and Download.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "runtime/context_impl.h"
#include "runtime/copy_lane.h"
#include "runtime/way_choice.h"

namespace hone {

// Used under the context's mutex, with nothing in flight that touches the buffer.
class Transfers {
 public:
  explicit Transfers(Context::Impl& context);

  // Done when they return. Errors: DeviceError.
  void Upload(const GpuBuffer::Impl& to, const std::byte* from, std::uint64_t bytes, std::uint64_t offset);
  void Download(const GpuBuffer::Impl& from, std::byte* to, std::uint64_t bytes, std::uint64_t offset);

  // The ways that are possible and not known to be bad, the likely best first; at least one.
  std::vector<TransferWay> Ways(Direction direction, const GpuBuffer::Impl& buffer, std::uint64_t bytes) const;
  // Which of them the next transfer like this goes.
  WayChoice::Choice Choose(Direction direction, const GpuBuffer::Impl& buffer, std::uint64_t bytes);

  struct Host {
    std::byte* memory = nullptr;
    std::uint64_t bytes = 0;
  };
  // way: one of Ways for some buffer of this context.
  void MoveBy(const TransferWay& way, Direction direction, const GpuBuffer::Impl& buffer, std::uint64_t offset, Host host);

 private:
  void Move(Direction direction, const GpuBuffer::Impl& buffer, std::uint64_t offset, Host host);
  // Through staging_, with one part at its beginning and one at `part`.
  void RingUp(CopyLane& lane, std::uint64_t part, const GpuBuffer::Impl& to, std::uint64_t offset, Host host);
  void RingDown(CopyLane& lane, std::uint64_t part, const GpuBuffer::Impl& from, std::uint64_t offset, Host host);
  // False: the driver will not have these pages, and nothing was done.
  bool Import(CopyLane& lane, Direction direction, const GpuBuffer::Impl& buffer, std::uint64_t offset, Host host);
  CopyLane& Lane(TransferWay::Queue queue);

  Context::Impl& context_;
  std::array<std::optional<CopyLane>, 2> lanes_;  // by queue
  GpuBuffer staging_;
  std::uint64_t page_bytes_ = 0;  // of imported memory; 0: cannot
};

}  // namespace hone
