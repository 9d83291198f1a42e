#include "db/device.h"

#include <cstdio>

namespace hone {
namespace {

std::string Hex(std::uint32_t number, int digits) {
  char text[16];
  std::snprintf(text, sizeof text, "%0*x", digits, number);
  return text;
}

}  // namespace

std::string DeviceInfo::Key() const {
  std::string key = name + " [" + Hex(vendor_id, 4) + ":" + Hex(device_id, 4) + "] driver " + std::to_string(driver_id);
  if (!driver_info.empty()) key += " " + driver_info;
  return key + " (0x" + Hex(driver_version, 8) + ")";
}

const std::vector<std::string>& LimitNames() {
  static const std::vector<std::string> names{"maxComputeWorkGroupInvocations",
                                              "maxComputeWorkGroupSizeX",
                                              "maxComputeWorkGroupSizeY",
                                              "maxComputeWorkGroupSizeZ",
                                              "maxComputeWorkGroupCountX",
                                              "maxComputeWorkGroupCountY",
                                              "maxComputeWorkGroupCountZ",
                                              "maxComputeSharedMemorySize",
                                              "maxStorageBufferRange",
                                              "maxPushConstantsSize",
                                              "subgroupSize",
                                              "minSubgroupSize",
                                              "maxSubgroupSize",
                                              "shaderCoreCount",
                                              "timestampPeriod",
                                              "deviceLocalBytes"};
  return names;
}

DeviceInfo GenericDevice() {
  DeviceInfo device;
  device.name = "generic";
  device.type = "other";
  device.driver_name = "none";
  device.api_version = (1u << 22) | (3u << 12);  // Vulkan 1.3
  device.limits = {{"maxComputeWorkGroupInvocations", 1024},
                   {"maxComputeWorkGroupSizeX", 1024},
                   {"maxComputeWorkGroupSizeY", 1024},
                   {"maxComputeWorkGroupSizeZ", 64},
                   {"maxComputeWorkGroupCountX", 2147483647},
                   {"maxComputeWorkGroupCountY", 65535},
                   {"maxComputeWorkGroupCountZ", 65535},
                   {"maxComputeSharedMemorySize", 49152},
                   {"maxStorageBufferRange", 4294967295.0},
                   {"maxPushConstantsSize", 256},
                   {"subgroupSize", 32},
                   {"minSubgroupSize", 32},
                   {"maxSubgroupSize", 32},
                   {"shaderCoreCount", 0},
                   {"timestampPeriod", 1},
                   {"deviceLocalBytes", 8589934592.0}};
  return device;
}

}  // namespace hone
