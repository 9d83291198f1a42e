// DeviceInfo from a VkPhysicalDevice: identity, limits, features, extensions.
#include <algorithm>
#include <array>
#include <utility>

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

double Cores(const DeviceProperties& device) {
  if (device.sm.shaderSMCount > 0) return device.sm.shaderSMCount;
  return double(device.amd.shaderEngineCount) * device.amd.shaderArraysPerEngineCount * device.amd.computeUnitsPerShaderArray;
}

// By the names of DeviceInfo::limits.
auto Limits(const DeviceProperties& device) {
  const auto& limits = device.core.properties.limits;
  const double size = device.subgroup.subgroupSize;
  const bool control = device.v13.minSubgroupSize > 0;  // only where the structure was linked
  const bool chosen = control && (device.v13.requiredSubgroupSizeStages & vk::ShaderStageFlagBits::eCompute);
  return std::to_array<std::pair<const char*, double>>({
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
      {"minSubgroupSize", control ? device.v13.minSubgroupSize : size},
      {"maxSubgroupSize", control ? device.v13.maxSubgroupSize : size},
      {"maxComputeWorkgroupSubgroups", chosen ? device.v13.maxComputeWorkgroupSubgroups : 0},  // of a size that a pass chooses
      {"shaderCoreCount", Cores(device)},
      {"timestampPeriod", limits.timestampPeriod},
      {"deviceLocalBytes", double(DeviceLocalBytes(device.memory))},
  });
}

}  // namespace

bool IsSubgroupOperation(std::string_view name) {
  return std::ranges::any_of(kSubgroupOperations, [&](const auto& entry) { return entry.second == name; });
}

// The vendors' structures by vendor: to ask which extensions there are takes the loader longer than all else here, and a
// driver passes over a structure that it does not know.
DeviceProperties::DeviceProperties(const Dispatch& dispatch, vk::PhysicalDevice device) {
  constexpr std::uint32_t kNvidia = 0x10de, kAmd = 0x1002;
  const auto basic = device.getProperties(dispatch);
  core.pNext = &v12;
  v12.pNext = &id;
  id.pNext = &subgroup;
  void** tail = &subgroup.pNext;
  const auto link = [&](auto& structure, bool known) {
    if (known) *tail = &structure, tail = &structure.pNext;
  };
  link(v13, basic.apiVersion >= VK_API_VERSION_1_3);
  link(sm, basic.vendorID == kNvidia);
  link(amd, basic.vendorID == kAmd);
  device.getProperties2(&core, dispatch);
  memory = device.getMemoryProperties(dispatch);
}

DeviceInfo InfoOf(const DeviceProperties& device) {
  const auto& basic = device.core.properties;
  DeviceInfo info;
  info.api_version = basic.apiVersion;
  info.name = basic.deviceName.data();
  info.vendor_id = basic.vendorID;
  info.device_id = basic.deviceID;
  info.type = TypeText(basic.deviceType);
  info.driver_id = static_cast<std::uint32_t>(device.v12.driverID);
  info.driver_name = device.v12.driverName.data();
  info.driver_info = device.v12.driverInfo.data();
  info.driver_version = basic.driverVersion;
  info.device_uuid = ToHex(device.id.deviceUUID);
  info.pipeline_cache_uuid = ToHex(basic.pipelineCacheUUID);
  for (const auto& [name, limit] : Limits(device)) info.limits.emplace(name, limit);
  AddSubgroupOperations(device.subgroup, info.features);
  return info;
}

DeviceInfo Describe(const Dispatch& dispatch, vk::PhysicalDevice device) {
  DeviceInfo info = InfoOf(DeviceProperties(dispatch, device));
  for (const auto& extension :
       Guard("Vulkan: list device extensions", [&] { return device.enumerateDeviceExtensionProperties(nullptr, dispatch); })) {
    info.extensions.insert(extension.extensionName.data());
  }
  FeatureChain chain(info.api_version, info.extensions);
  device.getFeatures2(&chain.head(), dispatch);
  info.features.merge(chain.Names());
  return info;
}

// Field by field: what lies between the fields of a driver's structures may be anything.
std::uint64_t IdentityOf(const DeviceProperties& device, const Enabled& enabled) {
  std::string bytes;
  bytes.reserve(4 << 10);
  const auto add = [&](const auto&... fields) { (bytes.append(reinterpret_cast<const char*>(&fields), sizeof fields), ...); };
  const auto& basic = device.core.properties;
  add(basic.vendorID, basic.deviceID, basic.driverVersion, basic.deviceType, device.v12.driverID);
  add(device.id.deviceUUID, basic.pipelineCacheUUID, device.subgroup.supportedStages, device.subgroup.supportedOperations);
  for (const auto& limit : Limits(device)) add(limit.second);
  for (const char* text : {basic.deviceName.data(), device.v12.driverInfo.data()}) (bytes += text) += '\n';
  for (const auto& name : enabled.features) (bytes += name) += '\n';
  for (const auto& name : enabled.extensions) (bytes += name) += '\n';
  return ChecksumOf(bytes);
}

}  // namespace hone
