#include <algorithm>
#include <array>
#include <cstdio>

#include "runtime/adaptive_impl.h"

namespace hone {

AdaptivePipeline::Impl::Impl(std::vector<Pipeline> candidates, const AdaptiveOptions& options, Keep keep_)
    : pipelines(std::move(candidates)),
      gpu(pipelines[0].impl().gpu),
      d(gpu->All()),
      keep(std::move(keep_)),
      trials(std::vector<double>(pipelines.size(), Trials::kUnknown), options.overhead) {
  candidate_of.fill(-1);
  if (pipelines.size() < 2 || !CanTime(options.queue_family)) return;
  const auto bits = gpu->physical.getQueueFamilyProperties(d)[options.queue_family].timestampValidBits;
  mask = bits >= 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << bits) - 1;
  period_ns = gpu->info().limits.at("timestampPeriod");
  queries = Guard("Vulkan: create query pool", [&] {
    return gpu->device.createQueryPool({.queryType = vk::QueryType::eTimestamp, .queryCount = 2 * kSlots}, nullptr, d);
  });
  gpu->device.resetQueryPool(queries, 0, 2 * kSlots, d);
}

AdaptivePipeline::Impl::~Impl() {
  if (!gpu->abandoned) gpu->device.destroyQueryPool(queries, nullptr, d);
}

bool AdaptivePipeline::Impl::CanTime(std::uint32_t queue_family) const {
  const auto families = gpu->physical.getQueueFamilyProperties(d);
  if (queue_family >= families.size()) throw Error("AdaptiveOptions: the device has no such queue family");
  return families[queue_family].timestampValidBits > 0 && gpu->info().features.contains("hostQueryReset");
}

int AdaptivePipeline::Impl::FreeSlot() const {
  const auto free = std::ranges::find(candidate_of, -1);
  return free == candidate_of.end() ? -1 : static_cast<int>(free - candidate_of.begin());
}

void AdaptivePipeline::Impl::Collect() {
  for (std::uint32_t slot = 0; slot < kSlots; ++slot) {
    if (candidate_of[slot] < 0) continue;
    std::array<std::uint64_t, 4> ticks{};  // time and availability, twice
    const auto result =
        gpu->device.getQueryPoolResults(queries, 2 * slot, 2, sizeof(ticks), ticks.data(), 16,
                                        vk::QueryResultFlagBits::e64 | vk::QueryResultFlagBits::eWithAvailability, d);
    if (result != vk::Result::eNotReady) Check(result, "Vulkan: read timestamps");
    if (!ticks[1] || !ticks[3]) continue;
    trials.Learn(static_cast<std::size_t>(candidate_of[slot]), double((ticks[2] - ticks[0]) & mask) * period_ns);
    candidate_of[slot] = -1;
    gpu->device.resetQueryPool(queries, 2 * slot, 2, d);
  }
  if (!trials.converged() || kept || !queries) return;
  kept = true;
  keep(pipelines, trials);
}

void AdaptivePipeline::Record(VkCommandBuffer commands, View<Binding> buffers, View<Scalar> scalars, Binding workspace) const {
  Impl& impl = *impl_;
  std::lock_guard lock(impl.mutex);
  const int slot = impl.queries ? impl.FreeSlot() : -1;
  if (slot < 0) return impl.pipelines[impl.trials.best()].Record(commands, buffers, scalars, workspace);
  const Trials::Next next = impl.trials.Choose();
  const Pipeline& pipeline = impl.pipelines[next.candidate];
  if (!next.timed) return pipeline.Record(commands, buffers, scalars, workspace);
  const auto query = static_cast<std::uint32_t>(2 * slot);
  try {
    CheckCall(pipeline.impl(), buffers, scalars, workspace);
  } catch (...) {
    impl.trials.Forget(next.candidate);
    throw;
  }
  impl.d.vkCmdWriteTimestamp(commands, VK_PIPELINE_STAGE_COMPUTE_SHADER_BIT, impl.queries, query);
  pipeline.Record(commands, buffers, scalars, workspace);
  impl.d.vkCmdWriteTimestamp(commands, VK_PIPELINE_STAGE_COMPUTE_SHADER_BIT, impl.queries, query + 1);
  impl.candidate_of[static_cast<std::size_t>(slot)] = static_cast<int>(next.candidate);
}

std::uint64_t AdaptivePipeline::WorkspaceBytes() const {
  std::uint64_t most = 0;
  for (const Pipeline& pipeline : impl_->pipelines) most = std::max(most, pipeline.WorkspaceBytes());
  return most;
}

bool AdaptivePipeline::Collect() const {
  std::lock_guard lock(impl_->mutex);
  if (impl_->queries) impl_->Collect();
  return impl_->trials.converged();
}

bool AdaptivePipeline::converged() const {
  std::lock_guard lock(impl_->mutex);
  return impl_->trials.converged() || !impl_->queries;
}

Pipeline AdaptivePipeline::best() const {
  std::lock_guard lock(impl_->mutex);
  return impl_->pipelines[impl_->trials.best()];
}

double AdaptivePipeline::lost() const {
  std::lock_guard lock(impl_->mutex);
  return impl_->trials.lost();
}

std::string AdaptivePipeline::Explain() const {
  std::lock_guard lock(impl_->mutex);
  std::size_t timed = 0;
  for (std::size_t i = 0; i < impl_->pipelines.size(); ++i) timed += impl_->trials.samples(i).size();
  char text[96];
  std::snprintf(text, sizeof text, "%zu candidates, %zu timed dispatches, %.2f %% lost; %s: ", impl_->pipelines.size(), timed,
                100 * impl_->trials.lost(), impl_->trials.converged() ? "fastest" : "meanwhile");
  return text + impl_->pipelines[impl_->trials.best()].Explain();
}

}  // namespace hone
