#include "runtime/pipeline.h"

#include <algorithm>
#include <optional>

#include "runtime/pipeline_impl.h"

namespace hone {

std::vector<PassCode> CodesOf(const Binary& binary) {
  std::vector<PassCode> codes;
  for (const auto& module : binary.modules) codes.push_back({*module, {}});
  return codes;
}

Pipeline MakePipeline(std::shared_ptr<Gpu> gpu, std::shared_ptr<Pipeline::Impl> begun, std::span<const PassCode> codes,
                      const KeeperOf& keeper_of) {
  const FlatPlan& plan = *begun->plan;
  const auto over_limit = [&](const std::string& fact) {
    throw DeviceError(Outcome::kOverLimit, "kernel " + begun->variant->Get().binary.kernel->name + ": " + fact);
  };
  if (plan.binding_count() > kMaxBindings) {
    over_limit(std::to_string(plan.binding_count()) + " buffers, at most " + std::to_string(kMaxBindings) + " can be bound");
  }
  if (plan.push_bytes > kMaxPushBytes || plan.scalars.size() > kMaxScalars) over_limit("too many push constants");
  begun->layout = gpu->LayoutFor(plan.binding_count(), plan.push_bytes);
  begun->passes.resize(plan.passes.size());
  for (std::size_t i = 0; i < plan.passes.size(); ++i) {
    if (!plan.passes[i].used) continue;
    std::optional<Gpu::Keeper> keeper;
    if (keeper_of) keeper = keeper_of(i);
    begun->passes[i] = gpu->PipelineFor(codes[i].code, plan.passes[i], begun->layout, plan.binding_count(), plan.push_bytes,
                                        codes[i].kept, keeper ? &*keeper : nullptr);
  }
  begun->gpu = std::move(gpu);
  return Pipeline(std::move(begun));
}

const Binary& Pipeline::binary() const { return impl_->variant->Get().binary; }
const Values& Pipeline::problem() const { return impl_->variant->Get().problem; }
std::uint64_t Pipeline::BufferBytes(std::size_t index) const {
  const auto& all = impl_->plan->buffer_bytes;
  if (index < all.size()) return all[index];
  throw Error("kernel " + binary().kernel->name + ": no buffer " + std::to_string(index) + ", it has " +
              std::to_string(all.size()));
}
std::uint64_t Pipeline::WorkspaceBytes() const { return impl_->plan->workspace_bytes; }
std::uint64_t Pipeline::WorkspaceAlignment() const { return impl_->gpu->alignment; }
std::size_t Pipeline::dispatch_count() const { return impl_->plan->steps.size(); }
Match Pipeline::match() const { return impl_->match; }
std::string Pipeline::Explain() const { return impl_->variant->Get().explanation; }

std::vector<std::string> Pipeline::DriverBinaries() const {
  std::vector<std::string> all(impl_->passes.size());
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (!impl_->passes[i]) continue;
    const auto made = impl_->gpu->MakeKept(*binary().modules[i], impl_->plan->passes[i], impl_->layout.layout, all[i]);
    impl_->gpu->device.destroyPipeline(made, nullptr, impl_->gpu->d);
  }
  return all;
}

namespace {

double NumberOf(const vk::PipelineExecutableStatisticKHR& statistic) {
  switch (statistic.format) {
    case vk::PipelineExecutableStatisticFormatKHR::eBool32: return statistic.value.b32;
    case vk::PipelineExecutableStatisticFormatKHR::eInt64: return double(statistic.value.i64);
    case vk::PipelineExecutableStatisticFormatKHR::eUint64: return double(statistic.value.u64);
    default: return statistic.value.f64;
  }
}

void AddProperties(Gpu& gpu, vk::Pipeline pipeline, std::map<std::string, double>& properties) {
  const auto executables = gpu.device.getPipelineExecutablePropertiesKHR({.pipeline = pipeline}, gpu.All());
  for (std::uint32_t i = 0; i < executables.size(); ++i) {
    for (const auto& statistic :
         gpu.device.getPipelineExecutableStatisticsKHR({.pipeline = pipeline, .executableIndex = i}, gpu.All())) {
      auto& value = properties[statistic.name.data()];
      value = std::max(value, NumberOf(statistic));
    }
  }
}

}  // namespace

std::map<std::string, double> Pipeline::Properties() const {
  Gpu& gpu = *impl_->gpu;
  std::map<std::string, double> properties;
  if (!gpu.info().features.contains("pipelineExecutableInfo")) return properties;
  for (std::size_t i = 0; i < impl_->passes.size(); ++i) {
    if (!impl_->passes[i]) continue;
    const vk::Pipeline made = gpu.Make(*binary().modules[i], impl_->plan->passes[i], impl_->layout.layout, gpu.cache,
                                       vk::PipelineCreateFlagBits::eCaptureStatisticsKHR);
    Guard("Vulkan: ask the pipeline's properties", [&] { AddProperties(gpu, made, properties); });
    gpu.device.destroyPipeline(made, nullptr, gpu.d);
  }
  return properties;
}

}  // namespace hone
