// DeviceInfo from a VkPhysicalDevice: identity, limits, features, extensions.
#include <algorithm>

#include "db/hash.h"
#include "runtime/features.h"
#include "runtime/instance.h"

namespace hone {
namespace {

std::string TypeText(vk::PhysicalDeviceType type) {
  switch (type) {
    case vk::PhysicalDeviceType::eDiscreteGpu: return "discrete";
    case vk::PhysicalDeviceType::eIntegratedGpu: return "integrated";
    case vk::PhysicalDeviceType::eVirtualGpu: return "virtual";
    case vk::PhysicalDeviceType::eCpu: return "cpu";
    default: return "other";
  }
}

// Subgroup operations are flags, not features; they are listed with the features, for who reads `hone devices --json`.
using SubgroupBit = vk::SubgroupFeatureFlagBits;
constexpr std::pair<SubgroupBit, std::string_view> kSubgroupOperations[] = {
    {SubgroupBit::eBasic, "subgroupBasic"},           {SubgroupBit::eVote, "subgroupVote"},
    {SubgroupBit::eArithmetic, "subgroupArithmetic"}, {SubgroupBit::eBallot, "subgroupBallot"},
    {SubgroupBit::eShuffle, "subgroupShuffle"},       {SubgroupBit::eShuffleRelative, "subgroupShuffleRelative"},
    {SubgroupBit::eClustered, "subgroupClustered"},   {SubgroupBit::eQuad, "subgroupQuad"},
};

void AddSubgroupOperations(const vk::PhysicalDeviceSubgroupProperties& subgroup, std::set<std::string>& features) {
  if (!(subgroup.supportedStages & vk::ShaderStageFlagBits::eCompute)) return;
  for (auto [bit, name] : kSubgroupOperations) {
    if (subgroup.supportedOperations & bit) features.emplace(name);
  }
}

std::uint64_t DeviceLocalBytes(const vk::PhysicalDeviceMemoryProperties& memory) {
  std::uint64_t most = 0;
  for (std::uint32_t i = 0; i < memory.memoryHeapCount; ++i) {
    const bool local = static_cast<bool>(memory.memoryHeaps[i].flags & vk::MemoryHeapFlagBits::eDeviceLocal);
    if (local) most = std::max<std::uint64_t>(most, memory.memoryHeaps[i].size);
  }
  return most;
}

struct Properties {
  vk::PhysicalDeviceProperties2 core;
  vk::PhysicalDeviceVulkan12Properties v12;
  vk::PhysicalDeviceVulkan13Properties v13;
  vk::PhysicalDeviceIDProperties id;
  vk::PhysicalDeviceSubgroupProperties subgroup;
  vk::PhysicalDeviceShaderSMBuiltinsPropertiesNV sm;
  vk::PhysicalDeviceShaderCorePropertiesAMD amd;
};

// The vendors' structures by vendor: to ask which extensions there are takes the loader longer than all else here, and a
// driver passes over a structure that it does not know.
void Read(const Dispatch& dispatch, vk::PhysicalDevice device, const vk::PhysicalDeviceProperties& basic, Properties& all) {
  constexpr std::uint32_t kNvidia = 0x10de, kAmd = 0x1002;
  all.core.pNext = &all.v12;
  all.v12.pNext = &all.id;
  all.id.pNext = &all.subgroup;
  void** tail = &all.subgroup.pNext;
  auto link = [&](auto& structure, bool known) {
    if (known) *tail = &structure, tail = &structure.pNext;
  };
  link(all.v13, basic.apiVersion >= VK_API_VERSION_1_3);
  link(all.sm, basic.vendorID == kNvidia);
  link(all.amd, basic.vendorID == kAmd);
  device.getProperties2(&all.core, dispatch);
}

std::map<std::string, double> Limits(const Properties& all, const vk::PhysicalDeviceMemoryProperties& memory,
                                     std::uint32_t api_version) {
  const auto& limits = all.core.properties.limits;
  const double size = all.subgroup.subgroupSize;
  const bool control = api_version >= VK_API_VERSION_1_3 && all.v13.minSubgroupSize > 0;
  const bool chosen = control && (all.v13.requiredSubgroupSizeStages & vk::ShaderStageFlagBits::eCompute);
  const double cores = all.sm.shaderSMCount > 0 ? all.sm.shaderSMCount
                                                : double(all.amd.shaderEngineCount) * all.amd.shaderArraysPerEngineCount *
                                                      all.amd.computeUnitsPerShaderArray;
  return {
      {"maxComputeWorkGroupInvocations", limits.maxComputeWorkGroupInvocations},
      {"maxComputeWorkGroupSizeX", limits.maxComputeWorkGroupSize[0]},
      {"maxComputeWorkGroupSizeY", limits.maxComputeWorkGroupSize[1]},
      {"maxComputeWorkGroupSizeZ", limits.maxComputeWorkGroupSize[2]},
      {"maxComputeWorkGroupCountX", limits.maxComputeWorkGroupCount[0]},
      {"maxComputeWorkGroupCountY", limits.maxComputeWorkGroupCount[1]},
      {"maxComputeWorkGroupCountZ", limits.maxComputeWorkGroupCount[2]},
      {"maxComputeSharedMemorySize", limits.maxComputeSharedMemorySize},
      {"maxStorageBufferRange", limits.maxStorageBufferRange},
      {"maxPushConstantsSize", limits.maxPushConstantsSize},
      {"maxPerStageDescriptorStorageBuffers", std::min({limits.maxPerStageDescriptorStorageBuffers,
                                                        limits.maxDescriptorSetStorageBuffers, limits.maxPerStageResources})},
      {"minStorageBufferOffsetAlignment", double(limits.minStorageBufferOffsetAlignment)},
      {"subgroupSize", size},
      {"minSubgroupSize", control ? all.v13.minSubgroupSize : size},
      {"maxSubgroupSize", control ? all.v13.maxSubgroupSize : size},
      {"maxComputeWorkgroupSubgroups", chosen ? all.v13.maxComputeWorkgroupSubgroups : 0},  // of a size that a pass chooses
      {"shaderCoreCount", cores},
      {"timestampPeriod", limits.timestampPeriod},
      {"deviceLocalBytes", double(DeviceLocalBytes(memory))},
  };
}

}  // namespace

std::string Hex(const std::uint8_t* bytes, std::size_t count) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string text(2 * count, '\0');
  for (std::size_t i = 0; i < text.size(); ++i) text[i] = kDigits[i % 2 ? bytes[i / 2] & 15 : bytes[i / 2] >> 4];
  return text;
}

bool IsSubgroupOperation(std::string_view name) {
  return std::ranges::any_of(kSubgroupOperations, [&](const auto& entry) { return entry.second == name; });
}

DeviceInfo Identify(const Dispatch& dispatch, vk::PhysicalDevice device) {
  DeviceInfo info;
  const auto basic = device.getProperties(dispatch);
  Properties all;
  Read(dispatch, device, basic, all);
  info.api_version = basic.apiVersion;
  info.name = basic.deviceName.data();
  info.vendor_id = basic.vendorID;
  info.device_id = basic.deviceID;
  info.type = TypeText(basic.deviceType);
  info.driver_id = static_cast<std::uint32_t>(all.v12.driverID);
  info.driver_name = all.v12.driverName.data();
  info.driver_info = all.v12.driverInfo.data();
  info.driver_version = basic.driverVersion;
  info.device_uuid = Hex(all.id.deviceUUID.data(), VK_UUID_SIZE);
  info.pipeline_cache_uuid = Hex(basic.pipelineCacheUUID.data(), VK_UUID_SIZE);
  info.limits = Limits(all, device.getMemoryProperties(dispatch), info.api_version);
  AddSubgroupOperations(all.subgroup, info.features);
  return info;
}

DeviceInfo Describe(const Dispatch& dispatch, vk::PhysicalDevice device) {
  DeviceInfo info = Identify(dispatch, device);
  for (const auto& extension :
       Guard("Vulkan: list device extensions", [&] { return device.enumerateDeviceExtensionProperties(nullptr, dispatch); })) {
    info.extensions.insert(extension.extensionName.data());
  }
  FeatureChain chain(info.api_version, info.extensions);
  device.getFeatures2(&chain.head(), dispatch);
  info.features.merge(chain.Names());
  return info;
}

std::uint64_t IdentityOf(const DeviceInfo& device) {
  std::string text;
  text.reserve(4 << 10);
  for (const auto& part : {device.Key(), device.device_uuid, device.pipeline_cache_uuid}) (text += part) += '\n';
  for (const auto& name : device.features) (text += name) += '\n';
  for (const auto& name : device.extensions) (text += name) += '\n';
  for (const auto& [name, limit] : device.limits) (text += name).append(reinterpret_cast<const char*>(&limit), sizeof limit);
  return ChecksumOf(text);
}

}  // namespace hone
