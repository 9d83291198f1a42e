// Context::Run and TimeNs.
#include <algorithm>

#include "runtime/context_impl.h"
#include "runtime/pipeline_impl.h"

namespace hone {
namespace {

constexpr int kDefaultBatch = 64;

void ComputeBarrier(vk::CommandBuffer commands, const Dispatch& d) {
  using Stage = vk::PipelineStageFlagBits;
  const vk::MemoryBarrier barrier{.srcAccessMask = vk::AccessFlagBits::eShaderWrite,
                                  .dstAccessMask = vk::AccessFlagBits::eShaderRead | vk::AccessFlagBits::eShaderWrite};
  commands.pipelineBarrier(Stage::eComputeShader, Stage::eComputeShader, {}, barrier, nullptr, nullptr, d);
}

void NeedQueries(Context::Impl& context, std::uint32_t count) {
  if (context.query_count >= count) return;
  const Gpu& gpu = *context.gpu;
  gpu.device.destroyQueryPool(context.queries, nullptr, gpu.d);
  context.queries = nullptr;
  context.query_count = 0;
  context.queries = Guard("Vulkan: create query pool", [&] {
    return gpu.device.createQueryPool({.queryType = vk::QueryType::eTimestamp, .queryCount = count}, nullptr, gpu.d);
  });
  context.query_count = count;
}

}  // namespace

void Context::Run(const Pipeline& pipeline, View<Binding> buffers, View<Scalar> scalars, Binding workspace,
                  std::chrono::milliseconds timeout) {
  std::lock_guard lock(impl_->mutex);
  impl_->RequireUsable();
  if (!workspace.buffer) workspace = impl_->Workspace(pipeline.WorkspaceBytes());
  impl_->Submit(timeout, [&](vk::CommandBuffer commands) { pipeline.Record(commands, buffers, scalars, workspace); });
}

std::vector<double> Context::TimeNs(const Pipeline& pipeline, const std::vector<BindingSet>& sets, View<Scalar> scalars,
                                    int count, std::chrono::milliseconds timeout, int batch) {
  std::lock_guard lock(impl_->mutex);
  impl_->RequireUsable();
  if (sets.empty()) throw Error("TimeNs: no buffers to run on");
  if (impl_->timestamp_mask == 0)
    throw DeviceError(Outcome::kOverLimit, info().name + ": its compute queue has no timestamps");
  if (batch <= 0) batch = kDefaultBatch;
  const Dispatch& d = impl_->gpu->d;
  const double period_ns = info().limits.at("timestampPeriod");
  const Binding own = impl_->Workspace(pipeline.WorkspaceBytes());
  std::vector<double> times;
  for (int done = 0; done < count;) {
    const int part = std::min(batch, count - done);
    NeedQueries(*impl_, static_cast<std::uint32_t>(2 * part));
    impl_->Submit(timeout, [&](vk::CommandBuffer commands) {
      commands.resetQueryPool(impl_->queries, 0, static_cast<std::uint32_t>(2 * part), d);
      for (int i = 0; i < part; ++i) {
        const auto& set = sets[static_cast<std::size_t>(done + i) % sets.size()];
        const auto query = static_cast<std::uint32_t>(2 * i);
        ComputeBarrier(commands, d);
        commands.writeTimestamp(vk::PipelineStageFlagBits::eComputeShader, impl_->queries, query, d);
        pipeline.Record(commands, set.buffers, scalars, set.workspace.buffer ? set.workspace : own);
        commands.writeTimestamp(vk::PipelineStageFlagBits::eComputeShader, impl_->queries, query + 1, d);
      }
    });
    std::vector<std::uint64_t> ticks(static_cast<std::size_t>(2 * part));
    Check(impl_->gpu->device.getQueryPoolResults(impl_->queries, 0, static_cast<std::uint32_t>(2 * part),
                                                 ticks.size() * 8, ticks.data(), 8,
                                                 vk::QueryResultFlagBits::e64 | vk::QueryResultFlagBits::eWait, d),
          "Vulkan: read timestamps");
    for (std::size_t i = 0; i < ticks.size(); i += 2) {
      times.push_back(double((ticks[i + 1] - ticks[i]) & impl_->timestamp_mask) * period_ns);
    }
    done += part;
  }
  return times;
}

}  // namespace hone
