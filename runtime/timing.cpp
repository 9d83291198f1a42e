// Timestamps, and Context::TimeNs.
#include <algorithm>

#include "runtime/context_impl.h"
#include "runtime/pipeline_impl.h"

namespace hone {
namespace {

constexpr int kDispatchesAtOnce = 64;

void ComputeBarrier(vk::CommandBuffer commands, const Dispatch& d) {
  using Stage = vk::PipelineStageFlagBits;
  const vk::MemoryBarrier barrier{.srcAccessMask = vk::AccessFlagBits::eShaderWrite,
                                  .dstAccessMask = vk::AccessFlagBits::eShaderRead | vk::AccessFlagBits::eShaderWrite};
  commands.pipelineBarrier(Stage::eComputeShader, Stage::eComputeShader, {}, barrier, nullptr, nullptr, d);
}

// One call of a divided pipeline: the sum over its parts, each a submission of its own.
double DividedTicks(Context::Impl& context, const Pipeline& pipeline, const BindingSet& set, View<Scalar> scalars,
                    const Binding& workspace, std::chrono::milliseconds timeout) {
  const Dispatch& d = context.gpu->d;
  double sum = 0;
  for (std::size_t step = 0; step < pipeline.dispatch_count(); ++step) {
    context.Submit(timeout, [&](vk::CommandBuffer commands) {
      context.ResetQueries(commands, 2);
      ComputeBarrier(commands, d);
      context.Stamp(commands, 0);
      RecordSteps(pipeline.impl(), commands, set.buffers, scalars, workspace, step, step + 1);
      context.Stamp(commands, 1);
    });
    sum += context.ReadTicks(2).front();
  }
  return sum;
}

}  // namespace

void Context::Impl::ResetQueries(vk::CommandBuffer into, std::uint32_t count) {
  if (query_count < count) {
    gpu->device.destroyQueryPool(queries, nullptr, gpu->d);
    queries = nullptr;
    query_count = 0;
    queries = Guard("Vulkan: create query pool", [&] {
      return gpu->device.createQueryPool({.queryType = vk::QueryType::eTimestamp, .queryCount = count}, nullptr, gpu->d);
    });
    query_count = count;
  }
  into.resetQueryPool(queries, 0, count, gpu->d);
}

void Context::Impl::Stamp(vk::CommandBuffer into, std::uint32_t query) const {
  into.writeTimestamp(vk::PipelineStageFlagBits::eComputeShader, queries, query, gpu->d);
}

std::vector<double> Context::Impl::ReadTicks(std::uint32_t count) const {
  std::vector<std::uint64_t> ticks(count);
  Check(gpu->device.getQueryPoolResults(queries, 0, count, ticks.size() * 8, ticks.data(), 8,
                                        vk::QueryResultFlagBits::e64 | vk::QueryResultFlagBits::eWait, gpu->d),
        "Vulkan: read timestamps");
  std::vector<double> between;
  for (std::size_t i = 0; i < ticks.size(); i += 2) between.push_back(double((ticks[i + 1] - ticks[i]) & timestamp_mask));
  return between;
}

std::vector<double> Context::TimeNs(const Pipeline& pipeline, const std::vector<BindingSet>& sets, View<Scalar> scalars,
                                    int samples, int dispatches, std::chrono::milliseconds timeout) {
  std::lock_guard lock(impl_->mutex);
  impl_->RequireUsable();
  if (sets.empty() || dispatches < 1) throw Error("TimeNs: no buffers to run on, or no dispatches");
  if (impl_->timestamp_mask == 0) throw DeviceError(Outcome::kOverLimit, info().name + ": its compute queue has no timestamps");
  const Dispatch& d = impl_->gpu->d;
  const double period_ns = info().limits.at("timestampPeriod");
  const Binding own = impl_->Workspace(pipeline.WorkspaceBytes());
  const int at_once = std::max(1, kDispatchesAtOnce / dispatches);
  std::vector<double> times;
  std::size_t turn = 0;
  const bool divided = pipeline.impl().plan->divided;
  while (divided && static_cast<int>(times.size()) < samples) {
    double ticks = 0;
    for (int i = 0; i < dispatches; ++i) {
      const BindingSet& set = sets[turn++ % sets.size()];
      ticks += DividedTicks(*impl_, pipeline, set, scalars, set.workspace.buffer ? set.workspace : own, timeout);
    }
    times.push_back(ticks * period_ns / dispatches);
  }
  while (static_cast<int>(times.size()) < samples) {
    const int part = std::min(at_once, samples - static_cast<int>(times.size()));
    const auto queries = static_cast<std::uint32_t>(2 * part);
    impl_->Submit(timeout, [&](vk::CommandBuffer commands) {
      impl_->ResetQueries(commands, queries);
      for (std::uint32_t query = 0; query < queries; query += 2) {
        ComputeBarrier(commands, d);
        impl_->Stamp(commands, query);
        for (int i = 0; i < dispatches; ++i) {
          if (i > 0) ComputeBarrier(commands, d);
          const BindingSet& set = sets[turn++ % sets.size()];
          pipeline.Record(commands, set.buffers, scalars, set.workspace.buffer ? set.workspace : own);
        }
        impl_->Stamp(commands, query + 1);
      }
    });
    for (const double ticks : impl_->ReadTicks(queries)) times.push_back(ticks * period_ns / dispatches);
  }
  return times;
}

}  // namespace hone
