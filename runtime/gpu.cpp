#include "runtime/gpu.h"

#include <algorithm>

#include "runtime/memory.h"

namespace hone {
namespace {

constexpr std::uint32_t kSetsPerPool = 256;
constexpr std::uint32_t kBuffersPerSet = 8;  // on average

}  // namespace

ComputePipeline::~ComputePipeline() {
  if (!gpu->abandoned) gpu->device.destroyPipeline(handle, nullptr, gpu->d);
}

Gpu::Gpu() = default;

Gpu::~Gpu() {
  if (abandoned || !device) return;
  descriptors.reset();
  for (const auto& [key, made] : layouts_) {
    device.destroyDescriptorUpdateTemplate(made.descriptors, nullptr, d);
    device.destroyPipelineLayout(made.layout, nullptr, d);
    device.destroyDescriptorSetLayout(made.set, nullptr, d);
  }
  if (cache) device.destroyPipelineCache(cache, nullptr, d);
  if (memory) DestroyAllocator(memory);
  if (instance) device.destroy(nullptr, d);
}

void Gpu::Finish(const DeviceProperties& properties, Enabled names) {
  enabled = std::move(names);
  identity = IdentityOf(properties, enabled);
  alignment = properties.core.properties.limits.minStorageBufferOffsetAlignment;
  const bool has_them = std::ranges::find(enabled.extensions, "VK_KHR_push_descriptor") != enabled.extensions.end();
  push_descriptors = has_them && d.vkCmdPushDescriptorSetWithTemplateKHR;
  if (!push_descriptors) descriptors = std::make_unique<DescriptorHeap>(*this);
}

const DeviceInfo& Gpu::info() const {
  std::call_once(described_, [this] {
    info_ = InfoOf(DeviceProperties(d, physical));
    info_->features.insert(enabled.features.begin(), enabled.features.end());
    info_->extensions.insert(enabled.extensions.begin(), enabled.extensions.end());
  });
  return *info_;
}

const Dispatch& Gpu::All() {
  if (instance) return d;
  std::call_once(resolved_, [&] {
    all_.emplace().vkGetInstanceProcAddr = d.vkGetInstanceProcAddr;
    all_->init(VkInstance(application));
    all_->init(VkDevice(device));
  });
  return *all_;
}

PipelineLayout Gpu::LayoutFor(std::uint32_t bindings, std::uint32_t push_bytes) {
  std::lock_guard lock(mutex_);
  auto& made = layouts_[{bindings, push_bytes}];
  if (made.layout) return made;
  return Guard("Vulkan: create pipeline layout", [&] {
    std::vector<vk::DescriptorSetLayoutBinding> slots(bindings);
    for (std::uint32_t i = 0; i < bindings; ++i) {
      slots[i] = {.binding = i,
                  .descriptorType = vk::DescriptorType::eStorageBuffer,
                  .descriptorCount = 1,
                  .stageFlags = vk::ShaderStageFlagBits::eCompute};
    }
    vk::DescriptorSetLayoutCreateInfo set{.bindingCount = bindings, .pBindings = slots.data()};
    if (push_descriptors) set.flags = vk::DescriptorSetLayoutCreateFlagBits::ePushDescriptorKHR;
    made.set = device.createDescriptorSetLayout(set, nullptr, d);
    const vk::PushConstantRange range{.stageFlags = vk::ShaderStageFlagBits::eCompute, .offset = 0, .size = push_bytes};
    made.layout = device.createPipelineLayout({.setLayoutCount = 1,
                                               .pSetLayouts = &made.set,
                                               .pushConstantRangeCount = push_bytes ? 1u : 0u,
                                               .pPushConstantRanges = &range},
                                              nullptr, d);
    if (bindings) made.descriptors = MakeTemplate(made, bindings);
    return made;
  });
}

vk::DescriptorUpdateTemplate Gpu::MakeTemplate(const PipelineLayout& of, std::uint32_t bindings) const {
  std::vector<vk::DescriptorUpdateTemplateEntry> entries(bindings);
  for (std::uint32_t i = 0; i < bindings; ++i) {
    entries[i] = {.dstBinding = i,
                  .descriptorCount = 1,
                  .descriptorType = vk::DescriptorType::eStorageBuffer,
                  .offset = i * sizeof(VkDescriptorBufferInfo),
                  .stride = sizeof(VkDescriptorBufferInfo)};
  }
  using Type = vk::DescriptorUpdateTemplateType;
  return device.createDescriptorUpdateTemplate(
      {.descriptorUpdateEntryCount = bindings,
       .pDescriptorUpdateEntries = entries.data(),
       .templateType = push_descriptors ? Type::ePushDescriptors : Type::eDescriptorSet,
       .descriptorSetLayout = of.set,
       .pipelineBindPoint = vk::PipelineBindPoint::eCompute,
       .pipelineLayout = of.layout},
      nullptr, d);
}

std::shared_ptr<ComputePipeline> Gpu::PipelineFor(const Code& code, const FlatPass& setup, const PipelineLayout& layout,
                                                  std::uint32_t bindings, std::uint32_t push_bytes, std::string_view kept,
                                                  const Keeper* keeper) {
  PipelineKey key{code.hash, bindings, push_bytes, setup.subgroup_size, {setup.data.begin(), setup.data.end()}, setup.divided};
  {
    std::lock_guard lock(mutex_);
    const auto known = pipelines_.find(key);
    if (known != pipelines_.end()) {
      if (auto alive = known->second.lock()) return alive;
    }
  }
  // Outside the lock: it can take seconds. Two threads may make the same one; the second result is dropped.
  vk::Pipeline handle;
  std::string data;
  if (kept.empty() && keeper) kept = data = keeper->find();
  if (!kept.empty()) {
    handle = MakeFrom(code, setup, layout.layout, kept);
  } else if (keeper && keeper->put) {
    handle = MakeKept(code, setup, layout.layout, data);
    keeper->put(data);
  } else {
    handle = Make(code, setup, layout.layout, cache);
  }
  auto made = std::make_shared<ComputePipeline>(shared_from_this(), handle);
  std::lock_guard lock(mutex_);
  if (auto known = pipelines_[key].lock()) return known;
  std::erase_if(pipelines_, [](const auto& entry) { return entry.second.expired(); });
  pipelines_[std::move(key)] = made;
  return made;
}

namespace {

// A VkPipelineCache that lives for one pipeline.
struct OwnCache {
  OwnCache(const Gpu& owner, std::string_view data) : gpu(owner) {
    const vk::PipelineCacheCreateInfo create{.initialDataSize = data.size(), .pInitialData = data.data()};
    handle = Guard("Vulkan: create pipeline cache", [&] { return gpu.device.createPipelineCache(create, nullptr, gpu.d); });
  }
  ~OwnCache() { gpu.device.destroyPipelineCache(handle, nullptr, gpu.d); }
  OwnCache(const OwnCache&) = delete;
  OwnCache& operator=(const OwnCache&) = delete;

  const Gpu& gpu;
  vk::PipelineCache handle;
};

}  // namespace

vk::Pipeline Gpu::MakeFrom(const Code& code, const FlatPass& setup, vk::PipelineLayout layout, std::string_view kept) const {
  const OwnCache own(*this, kept);
  return Make(code, setup, layout, own.handle);
}

vk::Pipeline Gpu::MakeKept(const Code& code, const FlatPass& setup, vk::PipelineLayout layout, std::string& data) {
  const OwnCache own(*this, "");
  const vk::Pipeline made = Make(code, setup, layout, own.handle);
  try {
    const auto bytes = Guard("Vulkan: read pipeline cache", [&] { return device.getPipelineCacheData(own.handle, All()); });
    data.assign(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  } catch (...) {
    device.destroyPipeline(made, nullptr, d);
    throw;
  }
  return made;
}

vk::Pipeline Gpu::Make(const Code& code, const FlatPass& setup, vk::PipelineLayout layout, vk::PipelineCache with,
                       vk::PipelineCreateFlags flags) const {
  vk::ShaderModule shader;
  vk::Pipeline made;
  const auto result = Guard("Vulkan: create pipeline", [&] {
    shader = device.createShaderModule({.codeSize = code.words.size_bytes(), .pCode = code.words.data()}, nullptr, d);
    std::vector<vk::SpecializationMapEntry> entries;
    for (const auto& constant : setup.constants) entries.push_back({constant.id, constant.offset, constant.bytes});
    const vk::SpecializationInfo specialization{static_cast<std::uint32_t>(entries.size()), entries.data(), setup.data.size(),
                                                setup.data.data()};
    vk::PipelineShaderStageRequiredSubgroupSizeCreateInfo subgroup{.requiredSubgroupSize = setup.subgroup_size};
    vk::PipelineShaderStageCreateInfo stage{
        .stage = vk::ShaderStageFlagBits::eCompute, .module = shader, .pName = "main", .pSpecializationInfo = &specialization};
    if (setup.subgroup_size) stage.pNext = &subgroup;
    if (setup.full_subgroups) stage.flags = vk::PipelineShaderStageCreateFlagBits::eRequireFullSubgroups;
    if (setup.divided) flags |= vk::PipelineCreateFlagBits::eDispatchBase;
    const vk::ComputePipelineCreateInfo create{.flags = flags, .stage = stage, .layout = layout};
    return device.createComputePipelines(with, 1, &create, nullptr, &made, d);
  });
  device.destroyShaderModule(shader, nullptr, d);
  Check(result, "Vulkan: create pipeline");
  return made;
}

DescriptorHeap::~DescriptorHeap() {
  Release();
  for (auto pool : spare) gpu.device.destroyDescriptorPool(pool, nullptr, d);
}

vk::DescriptorSet DescriptorHeap::Allocate(vk::DescriptorSetLayout layout) {
  std::lock_guard lock(mutex);
  for (;;) {
    if (current) {
      vk::DescriptorSet set;
      const vk::DescriptorSetAllocateInfo info{.descriptorPool = current, .descriptorSetCount = 1, .pSetLayouts = &layout};
      const auto result = gpu.device.allocateDescriptorSets(&info, &set, d);
      if (result == vk::Result::eSuccess) return set;
      if (result != vk::Result::eErrorOutOfPoolMemory && result != vk::Result::eErrorFragmentedPool) {
        FailVulkan(result, "Vulkan: allocate descriptors");
      }
      full.push_back(current);
      current = nullptr;
    }
    if (!spare.empty()) {
      current = spare.back();
      spare.pop_back();
      continue;
    }
    const vk::DescriptorPoolSize size{vk::DescriptorType::eStorageBuffer, kSetsPerPool * kBuffersPerSet};
    current = Guard("Vulkan: create descriptor pool", [&] {
      return gpu.device.createDescriptorPool({.maxSets = kSetsPerPool, .poolSizeCount = 1, .pPoolSizes = &size}, nullptr, d);
    });
  }
}

void DescriptorHeap::Release() {
  std::lock_guard lock(mutex);
  if (current) full.push_back(current);
  current = nullptr;
  for (auto pool : full) {
    gpu.device.resetDescriptorPool(pool, {}, d);
    spare.push_back(pool);
  }
  full.clear();
}

}  // namespace hone
