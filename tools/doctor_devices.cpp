// The findings about the Vulkan devices themselves.
#include <fmt/format.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "tools/devices.h"
#include "tools/doctor.h"
#include "tools/format.h"

namespace hone {
namespace fs = std::filesystem;
namespace {

using State = Finding::State;

// PCI vendors of the display and compute cards in this machine.
std::vector<std::uint32_t> CardVendors() {
  std::vector<std::uint32_t> vendors;
  std::error_code error;
  for (fs::directory_iterator it("/sys/bus/pci/devices", error), end; !error && it != end; it.increment(error)) {
    std::string device_class, vendor;
    std::ifstream(it->path() / "class") >> device_class;
    std::ifstream(it->path() / "vendor") >> vendor;
    const bool card = device_class.starts_with("0x03") || device_class.starts_with("0x12");
    if (card) vendors.push_back(static_cast<std::uint32_t>(std::strtoul(vendor.c_str(), nullptr, 16)));
  }
  return vendors;
}

const char* VendorName(std::uint32_t vendor) {
  switch (vendor) {
    case 0x10DE: return "NVIDIA";
    case 0x1002: return "AMD";
    case 0x8086: return "Intel";
    default: return nullptr;
  }
}

bool HasVendor(const std::vector<DeviceInfo>& devices, std::uint32_t vendor) {
  for (const DeviceInfo& device : devices) {
    if (device.vendor_id == vendor) return true;
  }
  return false;
}

// Features that kernels of the library ask for, and what goes without them.
struct FeatureUse {
  const char* feature;
  const char* use;
};
constexpr FeatureUse kFeatureUses[] = {
    {"shaderFloat16", "f16 arithmetic"},
    {"storageBuffer16BitAccess", "f16 buffers"},
    {"shaderInt8", "i8 arithmetic"},
    {"storageBuffer8BitAccess", "i8 buffers"},
    {"subgroupSizeControl", "a chosen subgroup size"},
    {"vulkanMemoryModel", "single-pass scans"},
    {"cooperativeMatrix", "matrix units"},
};

Finding CheckFeatures(const std::string& place, const DeviceInfo& device) {
  std::string missing;
  for (const FeatureUse& wanted : kFeatureUses) {
    if (device.features.count(wanted.feature) != 0) continue;
    missing += fmt::format("{}{} ({})", missing.empty() ? "" : ", ", wanted.feature, wanted.use);
  }
  if (missing.empty()) return {"device", State::kOk, place + "has every feature that the kernel library asks for", ""};
  return {"device", State::kNote, place + "has no " + missing, "patterns that need them are left out there"};
}

void CheckDevice(std::size_t index, const DeviceInfo& device, std::vector<Finding>& findings) {
  const std::string place = fmt::format("{} ({}): ", index, device.name);
  findings.push_back({"device", State::kOk,
                      place + fmt::format("{}, {}, Vulkan {}, {} memory", device.type, DriverText(device),
                                          VulkanVersion(device), FormatBytes(LimitOf(device, "deviceLocalBytes"))),
                      ""});
  const double period = LimitOf(device, "timestampPeriod");
  if (period > 0) {
    findings.push_back({"timestamps", State::kOk, place + fmt::format("one tick is {} ns", FormatDigits(period)), ""});
  } else {
    findings.push_back({"timestamps", State::kError, place + "has no GPU timestamps", "it cannot be tuned"});
  }
  findings.push_back(CheckFeatures(place, device));
}

}  // namespace

std::vector<Finding> CheckDevices(const std::vector<DeviceInfo>& devices) {
  std::vector<Finding> findings;
  bool only_cpu = true;
  for (std::size_t i = 0; i < devices.size(); ++i) {
    CheckDevice(i, devices[i], findings);
    only_cpu &= devices[i].type == "cpu";
  }
  for (const std::uint32_t vendor : CardVendors()) {
    const char* name = VendorName(vendor);
    if (name == nullptr || HasVendor(devices, vendor)) continue;
    findings.push_back({"device", State::kError,
                        fmt::format("an {} card is in this machine, but no Vulkan driver for it", name),
                        "install its Vulkan driver; in a container, pass the card and its driver files in"});
  }
  if (devices.empty()) {
    findings.push_back({"device", State::kError, "no Vulkan device with a compute queue", "see the findings above"});
  } else if (only_cpu) {
    findings.push_back({"device", State::kNote, "no GPU: tuning here is for trying hone out, on the CPU", ""});
  }
  return findings;
}

}  // namespace hone
