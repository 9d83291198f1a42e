#include "tools/devices.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cstdlib>

#include "db/error.h"
#include "runtime/context.h"

namespace hone {
namespace {

std::string Lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return std::tolower(c); });
  return text;
}

std::string Listed(const std::vector<DeviceInfo>& devices) {
  if (devices.empty()) return "there is none";
  std::string text;
  for (std::size_t i = 0; i < devices.size(); ++i) {
    text += fmt::format("{}{}: '{}'", i == 0 ? "" : ", ", i, devices[i].name);
  }
  return text;
}

}  // namespace

std::vector<DeviceInfo> MachineDevices() {
  std::vector<DeviceInfo> devices;
  std::string fact = "no Vulkan device with a compute queue on this machine";
  try {
    devices = EnumerateDevices();
  } catch (const Error& error) {
    fact = error.what();
  }
  if (devices.empty()) throw Error(fact + " ('hone doctor' looks for the reason)");
  return devices;
}

std::vector<DeviceInfo> ChosenDevices(const std::vector<std::string>& typed) {
  const std::vector<DeviceInfo> all = MachineDevices();
  std::vector<DeviceInfo> chosen;
  for (const std::string& one : typed) chosen.push_back(all[FindDevice(all, one, "this machine")]);
  if (!chosen.empty()) return chosen;
  const char* environment = std::getenv("HONE_DEVICE");
  if (environment != nullptr && *environment != '\0') return {all[FindDevice(all, environment, "HONE_DEVICE")]};
  for (const char* type : {"discrete", "integrated", "virtual", "other"}) {
    for (const DeviceInfo& device : all) {
      if (device.type == type) return {device};
    }
  }
  return {all.front()};
}

std::size_t FindDevice(const std::vector<DeviceInfo>& devices, const std::string& typed, const std::string& place) {
  const bool number =
      !typed.empty() && std::all_of(typed.begin(), typed.end(), [](unsigned char c) { return std::isdigit(c); });
  if (number && typed.size() < 6 && std::stoul(typed) < devices.size()) return std::stoul(typed);
  std::vector<std::size_t> matches;
  for (std::size_t i = 0; i < devices.size(); ++i) {
    if (Lower(devices[i].name).find(Lower(typed)) != std::string::npos) matches.push_back(i);
  }
  if (matches.size() == 1) return matches.front();
  throw Error(fmt::format("{}: {} device '{}' ({})", place, matches.empty() ? "no" : "more than one", typed, Listed(devices)));
}

std::string VulkanVersion(const DeviceInfo& device) {
  const std::uint32_t version = device.api_version;  // VK_MAKE_API_VERSION
  return fmt::format("{}.{}.{}", version >> 22 & 0x7F, version >> 12 & 0x3FF, version & 0xFFF);
}

std::string DriverText(const DeviceInfo& device) {
  return device.driver_info.empty() ? device.driver_name : device.driver_name + " " + device.driver_info;
}

double LimitOf(const DeviceInfo& device, const char* name) {
  const auto found = device.limits.find(name);
  return found == device.limits.end() ? 0 : found->second;
}

}  // namespace hone
