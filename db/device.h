// A device: a GPU and its driver, as Vulkan identifies them, with what formulas and requirements may ask of it.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace hone {

struct DeviceInfo {
  // Identity. Two runs with the same Key() are on the same device: name, vendor, device, driver id, version and
  // information (lavapipe's version never changes; its information does).
  std::string name;  // "NVIDIA H100 80GB HBM3"
  std::uint32_t vendor_id = 0;
  std::uint32_t device_id = 0;
  std::string type;                  // "discrete", "integrated", "cpu", "virtual", "other"
  std::uint32_t driver_id = 0;       // VkDriverId
  std::string driver_name;           // "NVIDIA"
  std::string driver_info;           // "580.159.03"
  std::uint32_t driver_version = 0;  // as the driver packs it
  std::uint32_t api_version = 0;
  std::string device_uuid;          // hex; which card in this machine
  std::string pipeline_cache_uuid;  // hex

  // Limits by their Vulkan names (db/device.cpp lists them), features by their Vulkan member names ("shaderFloat16"),
  // device extensions ("VK_KHR_cooperative_matrix").
  std::map<std::string, double> limits;
  std::set<std::string> features;
  std::set<std::string> extensions;

  std::string Key() const;  // "NVIDIA H100 80GB HBM3 [10de:2330] driver 4 580.159.03 (0x910fc0c0)"; stable across runs
};

// Names a formula may use: maxComputeWorkGroupInvocations, maxComputeWorkGroupSize{X,Y,Z},
// maxComputeWorkGroupCount{X,Y,Z}, maxComputeSharedMemorySize, maxStorageBufferRange, maxPushConstantsSize,
// subgroupSize, minSubgroupSize, maxSubgroupSize, shaderCoreCount (0 where unknown), timestampPeriod, deviceLocalBytes.
const std::vector<std::string>& LimitNames();

// Generous limits of a device that is not there, for compiling ahead without one (1024 invocations, 48 KiB shared …).
DeviceInfo GenericDevice();

}  // namespace hone
