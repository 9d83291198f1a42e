// Context::Run with several steps: what would be one submission each, in one.
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

void CommandRecorder::Dispatch(const Pipeline& pipeline, View<Binding> buffers, View<Scalar> scalars, Binding workspace) {
  if (const Plan& plan = pipeline.impl().plan; plan.divided) {
    for (std::size_t step = 0; step < plan.steps.size(); ++step) {
      RecordSteps(pipeline.impl(), commands_, buffers, scalars, workspace, step, step + 1);
      context_.Finish(timeout_);
      context_.Begin(commands_);
    }
    return;
  }
  pipeline.Record(commands_, buffers, scalars, workspace);
  context_.Barrier(commands_);
}

void Context::Run(const std::function<void(CommandRecorder&)>& record, std::chrono::milliseconds timeout) {
  std::lock_guard lock(impl_->mutex);
  impl_->Submit(timeout, [&](vk::CommandBuffer into) {
    CommandRecorder commands(*impl_, into, timeout);
    record(commands);
  });
}

}  // namespace hone
