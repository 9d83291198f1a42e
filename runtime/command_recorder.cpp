// Context::Run: one dispatch, or several steps that would be one submission each, in one.
#include <algorithm>

#include "runtime/context_impl.h"
#include "runtime/pipeline_impl.h"

namespace hone {

void CommandRecorder::Fill(const GpuBuffer& buffer, std::uint8_t byte, std::uint64_t offset, std::uint64_t bytes) {
  if (offset % 4 || bytes % 4) throw Error("CommandRecorder::Fill: offset and size must be multiples of 4");
  const Binding range = buffer.Range(offset, bytes);
  if (bytes == 0) return;
  vk::CommandBuffer(commands_).fillBuffer(range.buffer, offset, bytes, byte * 0x01010101u, context_.gpu->d);
  context_.Barrier(commands_);
}

void CommandRecorder::Copy(const GpuBuffer& from, std::uint64_t from_offset, const GpuBuffer& to, std::uint64_t to_offset,
                           std::uint64_t bytes) {
  const Binding source = from.Range(from_offset, bytes), target = to.Range(to_offset, bytes);
  if (bytes == 0) return;
  vk::CommandBuffer(commands_).copyBuffer(source.buffer, target.buffer, vk::BufferCopy{from_offset, to_offset, bytes},
                                          context_.gpu->d);
  context_.Barrier(commands_);
}

// A divided pipeline: each part is a submission of its own, the last one shared with what follows.
void CommandRecorder::Dispatch(const Pipeline& pipeline, View<Binding> buffers, View<Scalar> scalars, Binding workspace) {
  const FlatPlan& plan = *pipeline.impl().plan;
  const std::size_t steps = plan.steps.size(), at_once = plan.divided ? 1 : steps;
  std::size_t first = 0;
  do {  // once where there are no steps: the call is checked
    if (first > 0) {
      context_.Finish(timeout_);
      if (timing_) ticks_ += context_.ReadTicks(2).front();
      context_.Begin(commands_);
    }
    if (timing_) {
      context_.ResetQueries(commands_, 2);
      context_.Stamp(commands_, 0);
    }
    RecordSteps(pipeline.impl(), commands_, buffers, scalars, workspace, first, std::min(first + at_once, steps));
    if (timing_) context_.Stamp(commands_, 1);
    first += at_once;
  } while (first < steps);
  context_.Barrier(commands_);
}

void CommandRecorder::DispatchTimed(const Pipeline& pipeline, View<Binding> buffers, View<Scalar> scalars, Binding workspace) {
  if (timed_) throw Error("CommandRecorder::DispatchTimed: one a submission");
  timed_ = context_.timestamp_mask != 0;
  timing_ = timed_;
  Dispatch(pipeline, buffers, scalars, workspace);
  timing_ = false;
}

void Context::Run(const Pipeline& pipeline, View<Binding> buffers, View<Scalar> scalars, Binding workspace,
                  std::chrono::milliseconds timeout) {
  std::lock_guard lock(impl_->mutex);
  impl_->RequireUsable();
  if (!workspace.buffer) workspace = impl_->Workspace(pipeline.WorkspaceBytes());
  impl_->Submit(timeout, [&](vk::CommandBuffer into) {
    CommandRecorder(*impl_, into, timeout).Dispatch(pipeline, buffers, scalars, workspace);
  });
}

double Context::Run(const std::function<void(CommandRecorder&)>& record, std::chrono::milliseconds timeout) {
  std::lock_guard lock(impl_->mutex);
  CommandRecorder commands(*impl_, impl_->commands, timeout);
  impl_->Submit(timeout, [&](vk::CommandBuffer) { record(commands); });
  if (!commands.timed_) return 0;
  return (commands.ticks_ + impl_->ReadTicks(2).front()) * info().limits.at("timestampPeriod");
}

}  // namespace hone
