// Naming a device on the command line, and its facts as text.
#pragma once

#include <string>
#include <vector>

#include "db/device.h"

namespace hone {

// Every Vulkan device of this machine. Errors: Error that names `hone doctor` when there is none.
std::vector<DeviceInfo> MachineDevices();

// The devices that these --device values mean; without any the one hone takes by itself, as ContextOptions says.
std::vector<DeviceInfo> ChosenDevices(const std::vector<std::string>& typed);

// The position in `devices` of what a person typed: an index, or a part of one device's name (case ignored).
// Errors: Error names the devices there are. `place`: where they were looked for ("this machine", a database's path).
std::size_t FindDevice(const std::vector<DeviceInfo>& devices, const std::string& typed, const std::string& place);

std::string VulkanVersion(const DeviceInfo& device);         // "1.3.224"
std::string DriverText(const DeviceInfo& device);            // "llvmpipe 22.3.6"
double LimitOf(const DeviceInfo& device, const char* name);  // 0 where it is not known

}  // namespace hone
