// hone devices: what can be tuned on this machine.
#include <fmt/format.h>

#include "tools/command_list.h"
#include "tools/devices.h"
#include "tools/format.h"
#include "tools/table.h"

namespace hone {
namespace {

Cell Limit(const DeviceInfo& device, const char* name) {
  const double value = LimitOf(device, name);
  return value == 0 ? Cell("", nullptr) : Cell(fmt::format("{:.0f}", value), value);
}

Cell Bytes(const DeviceInfo& device, const char* name) {
  const double value = LimitOf(device, name);
  return Cell(FormatBytes(value), value);
}

std::vector<Cell> Row(std::size_t index, const DeviceInfo& device) {
  return {{std::to_string(index), index},
          device.name,
          device.type,
          {DriverText(device), device.driver_info},
          {device.driver_name, device.driver_name},
          VulkanVersion(device),
          Limit(device, "subgroupSize"),
          Limit(device, "maxComputeWorkGroupInvocations"),
          Bytes(device, "maxComputeSharedMemorySize"),
          Bytes(device, "deviceLocalBytes"),
          Limit(device, "shaderCoreCount"),
          {"", device.Key()},
          {"", Json(device.limits)},
          {"", Json(device.features)},
          {"", Json(device.extensions)}};
}

int RunDevices(const Arguments& arguments) {
  const std::vector<DeviceInfo> devices = MachineDevices();
  Table table({{"index", "#", true},
               {"name", "device"},
               {"type", "type"},
               {"driver_info", "driver"},
               {"driver_name", ""},
               {"vulkan", "Vulkan"},
               {"subgroup_size", "subgroup", true},
               {"max_invocations", "invocations", true},
               {"shared_bytes", "shared", true},
               {"device_local_bytes", "memory", true},
               {"core_count", "cores", true},
               {"key", ""},
               {"limits", ""},
               {"features", ""},
               {"extensions", ""}});
  for (std::size_t i = 0; i < devices.size(); ++i) table.Add(Row(i, devices[i]));
  table.Print(arguments.Flag("json"));
  return 0;
}

}  // namespace

Command DevicesCommand() {
  return {.name = "devices",
          .summary = "Lists the Vulkan devices of this machine",
          .example = "hone devices\nhone devices --json",
          .options = {JsonOption()},
          .run = RunDevices};
}

}  // namespace hone
