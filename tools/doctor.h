// What a machine has for Vulkan compute, what is wrong with it and what to do.
#pragma once

#include <string>
#include <vector>

#include "db/device.h"

namespace hone {

struct Finding {
  enum class State { kOk, kNote, kWarning, kError };
  std::string area;  // "loader", "driver", "device", …
  State state = State::kOk;
  std::string fact;
  std::string advice;  // what to do; "" when nothing
};

std::string ToText(Finding::State state);  // "ok", "note", "warning", "error"

// Reads the system's files only; opens no device. Never throws.
std::vector<Finding> CheckLoader();
std::vector<Finding> CheckDriverManifests();
std::vector<Finding> CheckDeviceNodes();
std::vector<Finding> CheckLayers();
std::vector<Finding> CheckEnvironment();
std::vector<Finding> CheckClocks();
std::vector<Finding> CheckFolder(const std::string& folder);  // where databases will be written

// `hardware` cards that no Vulkan device answers for, and each device's fitness for tuning.
std::vector<Finding> CheckDevices(const std::vector<DeviceInfo>& devices);

}  // namespace hone
