// Pipeline::Record: the hot path. Checks, then copies numbers that plan.cpp computed; no formula, no allocation, no
// lock where the device pushes descriptors.
#include <algorithm>
#include <array>
#include <bit>
#include <cstring>

#include "runtime/pipeline_impl.h"

namespace hone {
namespace {

using Infos = std::array<VkDescriptorBufferInfo, kMaxBindings>;
using Arguments = std::array<const Scalar*, kMaxScalars>;

std::string Place(const Pipeline::Impl& pipeline) { return "kernel " + pipeline.variant->Get().binary.kernel->name; }

// Says what is wrong with a binding that does not fit. Nothing, where an empty buffer is left out.
[[gnu::cold]] void Refuse(const Pipeline::Impl& pipeline, std::size_t index, const Binding& binding, std::uint64_t needed) {
  const auto wrong = [&](const std::string& fact) {
    const auto& buffers = pipeline.variant->Get().binary.kernel->buffers;
    const std::string name = index < buffers.size() ? "buffer '" + buffers[index].name + "'" : "workspace";
    throw Error(Place(pipeline) + ": " + name + " " + fact);
  };
  if (!binding.buffer) {
    if (needed == 0) return;
    wrong("is missing");
  }
  if (binding.bytes < needed) {
    wrong("has " + std::to_string(binding.bytes) + " bytes, " + std::to_string(needed) + " are needed at " +
          pipeline.variant->Get().problem.ToText());
  }
  wrong("starts at byte " + std::to_string(binding.offset) + ", the device wants multiples of " +
        std::to_string(pipeline.gpu->alignment));
}

static_assert(kWholeBuffer == VK_WHOLE_SIZE);
VkDescriptorBufferInfo Checked(const Pipeline::Impl& pipeline, std::size_t index, const Binding& binding,
                               std::uint64_t needed) {
  const bool misaligned = binding.offset & (pipeline.gpu->alignment - 1);  // a power of two
  if (!binding.buffer || binding.bytes < needed || misaligned) Refuse(pipeline, index, binding, needed);
  return {binding.buffer, binding.offset, binding.bytes};
}

bool Empty(const VkDescriptorBufferInfo& info) { return !info.buffer || info.range == 0; }

// An empty buffer is never read, but Vulkan wants something bound: any of the others.
[[gnu::cold]] void FillEmpty(Infos& infos, std::size_t count) {
  const auto end = infos.begin() + count;
  const auto any = std::find_if_not(infos.begin(), end, Empty);
  if (any != end) std::replace_if(infos.begin(), end, Empty, *any);
}

// Resolves the caller's buffers and the workspace to one descriptor a binding.
void Resolve(const Pipeline::Impl& pipeline, View<Binding> buffers, const Binding& workspace, Infos& infos) {
  const FlatPlan& plan = *pipeline.plan;
  const std::size_t count = plan.buffer_bytes.size();
  if (buffers.size() != count) {
    throw Error(Place(pipeline) + ": " + std::to_string(buffers.size()) + " buffers given, it has " + std::to_string(count));
  }
  bool some_empty = false;
  for (std::size_t i = 0; i < count; ++i) {
    infos[i] = Checked(pipeline, i, buffers[i], plan.buffer_bytes[i]);
    some_empty |= Empty(infos[i]);
  }
  if (plan.workspace_bytes) {
    const auto all = Checked(pipeline, count, workspace, plan.workspace_bytes);
    for (std::size_t i = 0; i < plan.workspaces.size(); ++i) {
      infos[count + i] = {all.buffer, all.offset + plan.workspaces[i].offset, plan.workspaces[i].bytes};
    }
  }
  if (some_empty) FillEmpty(infos, plan.binding_count());
}

[[gnu::cold]] std::vector<std::string> ScalarNames(const FlatPlan& plan) {
  std::vector<std::string> names;
  for (const FlatText& name : plan.scalars) names.emplace_back(name.view());
  return names;
}

// The scalar arguments in the plan's order.
void MatchScalars(const Pipeline::Impl& pipeline, View<Scalar> scalars, Arguments& matched) {
  const auto& names = pipeline.plan->scalars;
  static_assert(kMaxScalars < 32);
  std::uint32_t found = 0;  // a bit for each name
  for (const Scalar& scalar : scalars) {
    std::size_t i = 0;
    while (i < names.size() && names[i].view() != scalar.name) ++i;
    if (i == names.size()) {
      throw Error(Place(pipeline) + ": no scalar argument '" + std::string(scalar.name) + "'" +
                  DidYouMean(scalar.name, ScalarNames(*pipeline.plan)));
    }
    if (found >> i & 1) throw Error(Place(pipeline) + ": scalar '" + std::string(scalar.name) + "' is given twice");
    found |= 1u << i;
    matched[i] = &scalar;
  }
  if (scalars.size() == names.size()) return;
  const std::string_view missing = names[static_cast<std::size_t>(std::countr_one(found))].view();
  throw Error(Place(pipeline) + ": scalar '" + std::string(missing) + "' is missing");
}

// Two of the buffers share bytes: the barriers of the plan, which tells them apart, would not do.
bool Overlap(const Infos& infos, std::size_t count) {
  for (std::size_t i = 1; i < count; ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      if (infos[i].buffer != infos[j].buffer) continue;
      const bool apart = (infos[i].range != VK_WHOLE_SIZE && infos[i].offset + infos[i].range <= infos[j].offset) ||
                         (infos[j].range != VK_WHOLE_SIZE && infos[j].offset + infos[j].range <= infos[i].offset);
      if (!apart) return true;
    }
  }
  return false;
}

void Bind(const Pipeline::Impl& pipeline, VkCommandBuffer commands, const Infos& infos, std::uint32_t order) {
  const Gpu& gpu = *pipeline.gpu;
  const auto& binding_of = pipeline.plan->orders[order];
  if (binding_of.empty()) return;
  const VkDescriptorBufferInfo* bound = infos.data();
  Infos swapped;
  if (order != 0) {  // orders[0] is the identity
    for (std::size_t i = 0; i < binding_of.size(); ++i) swapped[i] = infos[binding_of[i]];
    bound = swapped.data();
  }
  const PipelineLayout& layout = pipeline.layout;
  if (gpu.push_descriptors) {
    gpu.d.vkCmdPushDescriptorSetWithTemplateKHR(commands, layout.descriptors, layout.layout, 0, bound);
    return;
  }
  const Dispatch& d = gpu.descriptors->d;
  const VkDescriptorSet set = gpu.descriptors->Allocate(layout.set);
  d.vkUpdateDescriptorSetWithTemplate(gpu.device, set, layout.descriptors, bound);
  d.vkCmdBindDescriptorSets(commands, VK_PIPELINE_BIND_POINT_COMPUTE, layout.layout, 0, 1, &set, 0, nullptr);
}

// Writes the caller's scalars into a pass's push constants.
void WriteScalars(const FlatPass& pass, const Arguments& arguments, std::byte* push) {
  for (const Patch& patch : pass.patches) StoreScalar(*arguments[patch.scalar], patch.type, push + patch.offset);
}

void Barrier(const Gpu& gpu, VkCommandBuffer commands) {
  static constexpr VkMemoryBarrier kBarrier{VK_STRUCTURE_TYPE_MEMORY_BARRIER, nullptr, VK_ACCESS_SHADER_WRITE_BIT,
                                            VK_ACCESS_SHADER_READ_BIT | VK_ACCESS_SHADER_WRITE_BIT};
  gpu.d.vkCmdPipelineBarrier(commands, VK_PIPELINE_STAGE_COMPUTE_SHADER_BIT, VK_PIPELINE_STAGE_COMPUTE_SHADER_BIT, 0, 1,
                             &kBarrier, 0, nullptr, 0, nullptr);
}

struct Call {
  Infos infos;
  Arguments arguments;
};

void Prepare(const Pipeline::Impl& pipeline, View<Binding> buffers, View<Scalar> scalars, const Binding& workspace,
             Call& call) {
  Resolve(pipeline, buffers, workspace, call.infos);
  MatchScalars(pipeline, scalars, call.arguments);
}

// Errors: Error for a scalar that its type cannot hold.
void TryScalars(const Pipeline::Impl& pipeline, const Call& call, std::byte* push) {
  for (const FlatPass& pass : pipeline.plan->passes) WriteScalars(pass, call.arguments, push);
}

}  // namespace

void CheckCall(const Pipeline::Impl& pipeline, View<Binding> buffers, View<Scalar> scalars, const Binding& workspace) {
  Call call;
  Prepare(pipeline, buffers, scalars, workspace, call);
  std::array<std::byte, kMaxPushBytes> push;
  TryScalars(pipeline, call, push.data());
}

void Pipeline::Record(VkCommandBuffer commands, View<Binding> buffers, View<Scalar> scalars, Binding workspace) const {
  if (!impl_) throw Error("an empty hone::Pipeline cannot record");
  RecordSteps(*impl_, commands, buffers, scalars, workspace, 0, impl_->plan->steps.size());
}

void RecordSteps(const Pipeline::Impl& pipeline, VkCommandBuffer commands, View<Binding> buffers, View<Scalar> scalars,
                 const Binding& workspace, std::size_t first, std::size_t last) {
  const Gpu& gpu = *pipeline.gpu;
  const FlatPlan& plan = *pipeline.plan;
  Call call;
  Prepare(pipeline, buffers, scalars, workspace, call);
  std::array<std::byte, kMaxPushBytes> push;
  if (plan.steps.size() > 1) TryScalars(pipeline, call, push.data());  // an error before anything is recorded
  const bool careful = plan.steps.size() > 1 && Overlap(call.infos, plan.buffer_bytes.size());

  const ComputePipeline* bound = nullptr;
  std::uint32_t order = ~0u;
  for (std::size_t i = first; i < last; ++i) {
    const FlatStep& step = plan.steps[i];
    std::memcpy(push.data(), step.push.data(), step.push.size());
    WriteScalars(plan.passes[step.pass], call.arguments, push.data());
    if (step.barrier_before || (careful && bound)) Barrier(gpu, commands);
    const ComputePipeline* wanted = pipeline.passes[step.pass].get();
    if (wanted != bound) {
      gpu.d.vkCmdBindPipeline(commands, VK_PIPELINE_BIND_POINT_COMPUTE, wanted->handle);
      bound = wanted;
    }
    if (step.order != order) Bind(pipeline, commands, call.infos, order = step.order);
    if (!step.push.empty()) {
      gpu.d.vkCmdPushConstants(commands, pipeline.layout.layout, VK_SHADER_STAGE_COMPUTE_BIT, 0,
                               static_cast<std::uint32_t>(step.push.size()), push.data());
    }
    if (plan.divided) {
      gpu.d.vkCmdDispatchBase(commands, step.first[0], step.first[1], step.first[2], step.groups[0], step.groups[1],
                              step.groups[2]);
    } else {
      gpu.d.vkCmdDispatch(commands, step.groups[0], step.groups[1], step.groups[2]);
    }
  }
}

}  // namespace hone
