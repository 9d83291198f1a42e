// The findings that come from files of the system.
#include <dlfcn.h>
#include <fmt/format.h>
#include <link.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "db/file_system.h"
#include "tools/doctor.h"

namespace hone {
namespace fs = std::filesystem;
namespace {

using State = Finding::State;

std::string Environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

std::string FirstLine(const fs::path& file) {
  std::string line;
  std::getline(std::ifstream(file) >> std::ws, line);
  return line;
}

std::vector<std::string> Split(const std::string& text, char separator) {
  std::vector<std::string> parts;
  for (std::size_t start = 0; start <= text.size();) {
    const std::size_t end = std::min(text.find(separator, start), text.size());
    if (end > start) parts.push_back(text.substr(start, end - start));
    start = end + 1;
  }
  return parts;
}

std::vector<fs::path> Entries(const fs::path& folder) {
  std::vector<fs::path> entries;
  std::error_code error;
  for (fs::directory_iterator it(folder, error), end; !error && it != end; it.increment(error)) entries.push_back(it->path());
  std::sort(entries.begin(), entries.end());
  return entries;
}

// The folders that the Vulkan loader reads `kind` ("icd.d", "explicit_layer.d") from.
std::vector<fs::path> ManifestFolders(const std::string& kind) {
  const std::string home = Environment("HOME");
  const auto or_else = [](std::string value, const std::string& otherwise) { return value.empty() ? otherwise : value; };
  std::vector<std::string> roots = {or_else(Environment("XDG_CONFIG_HOME"), home + "/.config")};
  for (const auto& root : Split(or_else(Environment("XDG_CONFIG_DIRS"), "/etc/xdg"), ':')) roots.push_back(root);
  roots.push_back("/etc");
  roots.push_back(or_else(Environment("XDG_DATA_HOME"), home + "/.local/share"));
  for (const auto& root : Split(or_else(Environment("XDG_DATA_DIRS"), "/usr/local/share:/usr/share"), ':')) {
    roots.push_back(root);
  }
  std::vector<fs::path> folders;
  for (const std::string& root : roots) folders.push_back(fs::path(root) / "vulkan" / kind);
  return folders;
}

std::vector<fs::path> ManifestsIn(const std::vector<fs::path>& folders) {
  std::vector<fs::path> files;
  for (const fs::path& folder : folders) {
    for (const fs::path& file : Entries(folder)) {
      if (file.extension() == ".json") files.push_back(file);
    }
  }
  return files;
}

std::string OverriddenDrivers() {
  const std::string newer = Environment("VK_DRIVER_FILES");
  return newer.empty() ? Environment("VK_ICD_FILENAMES") : newer;
}

std::vector<fs::path> DriverManifests() {
  const std::string overridden = OverriddenDrivers();
  if (overridden.empty()) return ManifestsIn(ManifestFolders("icd.d"));
  std::vector<fs::path> files;
  for (const std::string& file : Split(overridden, ':')) files.emplace_back(file);
  return files;
}

Finding CheckDriverManifest(const fs::path& manifest) {
  std::ifstream text(manifest);
  if (!text) {
    return {"driver", State::kError, manifest.string() + ": cannot be read", "correct VK_DRIVER_FILES, or unset it"};
  }
  const auto json = nlohmann::json::parse(text, nullptr, false);
  if (!json.is_object() || !json.contains("ICD") || !json["ICD"].is_object() || !json["ICD"].contains("library_path") ||
      !json["ICD"]["library_path"].is_string()) {
    return {"driver", State::kError, manifest.string() + ": is not a Vulkan driver manifest", "install the driver again"};
  }
  std::string library = json["ICD"]["library_path"];
  if (library.find('/') != std::string::npos && library.front() != '/') library = (manifest.parent_path() / library).string();
  void* handle = dlopen(library.c_str(), RTLD_LAZY | RTLD_LOCAL);
  if (handle == nullptr) {
    return {"driver", State::kError, manifest.string() + ": " + library + " does not load: " + dlerror(),
            "install the driver's package again"};
  }
  dlclose(handle);
  return {"driver", State::kOk, manifest.filename().string() + ": " + library, ""};
}

}  // namespace

std::string ToText(Finding::State state) {
  switch (state) {
    case State::kOk: return "ok";
    case State::kNote: return "note";
    case State::kWarning: return "warning";
    case State::kError: return "error";
  }
  return "";
}

std::vector<Finding> CheckLoader() {
  void* handle = dlopen("libvulkan.so.1", RTLD_LAZY | RTLD_LOCAL);
  if (handle == nullptr) {
    return {{"loader", State::kError, "libvulkan.so.1 does not load", "install the Vulkan loader (Debian: libvulkan1)"}};
  }
  std::string path = "libvulkan.so.1";
  link_map* map = nullptr;
  std::error_code error;
  if (dlinfo(handle, RTLD_DI_LINKMAP, &map) == 0 && map != nullptr) path = fs::canonical(map->l_name, error).string();
  dlclose(handle);
  return {{"loader", State::kOk, path, ""}};
}

std::vector<Finding> CheckDriverManifests() {
  std::vector<Finding> findings;
  for (const fs::path& manifest : DriverManifests()) findings.push_back(CheckDriverManifest(manifest));
  if (findings.empty()) {
    findings.push_back({"driver", State::kError, "no Vulkan driver is installed",
                        "install the GPU's driver, or lavapipe for the CPU (Debian: mesa-vulkan-drivers)"});
  }
  return findings;
}

std::vector<Finding> CheckDeviceNodes() {
  std::vector<Finding> findings;
  std::vector<fs::path> nodes = Entries("/dev/dri");
  for (const fs::path& node : Entries("/dev")) {
    if (node.filename().string().starts_with("nvidia")) nodes.push_back(node);
  }
  for (const fs::path& node : nodes) {
    const std::string name = node.filename().string();
    const bool counts = name.starts_with("renderD") || name == "nvidiactl" ||
                        (name.starts_with("nvidia") && name.size() > 6 && std::isdigit(static_cast<unsigned char>(name[6])));
    if (!counts) continue;
    if (access(node.c_str(), R_OK | W_OK) == 0) {
      findings.push_back({"permission", State::kOk, node.string() + ": may be used", ""});
    } else {
      findings.push_back({"permission", State::kError, node.string() + ": may not be opened by this user",
                          "add the user to the group that owns it (often: usermod -aG render,video USER)"});
    }
  }
  if (findings.empty()) findings.push_back({"permission", State::kNote, "no GPU device node in /dev", ""});
  return findings;
}

std::vector<Finding> CheckLayers() {
  std::vector<Finding> findings;
  bool validation = false;
  for (const fs::path& file : ManifestsIn(ManifestFolders("explicit_layer.d"))) {
    validation |= file.filename().string().find("validation") != std::string::npos;
  }
  if (validation) {
    findings.push_back({"layer", State::kOk, "VK_LAYER_KHRONOS_validation is installed", ""});
  } else {
    findings.push_back({"layer", State::kNote, "the validation layer is not installed",
                        "only hone's own tests need it (Debian: vulkan-validationlayers)"});
  }
  for (const fs::path& file : ManifestsIn(ManifestFolders("implicit_layer.d"))) {
    const bool harmless = file.filename().string().find("device_select") != std::string::npos;
    findings.push_back({"layer", State::kNote, "implicit layer " + file.filename().string(),
                        harmless ? "" : "overlays and captures may disturb timings; disable it while tuning"});
  }
  return findings;
}

std::vector<Finding> CheckEnvironment() {
  std::vector<Finding> findings;
  for (const char* name :
       {"HONE_DEVICE", "VK_DRIVER_FILES", "VK_ICD_FILENAMES", "VK_LOADER_DRIVERS_SELECT", "VK_LOADER_DRIVERS_DISABLE",
        "VK_INSTANCE_LAYERS", "VK_LOADER_LAYERS_ENABLE", "LP_NUM_THREADS", "MESA_VK_DEVICE_SELECT", "CUDA_VISIBLE_DEVICES"}) {
    const std::string value = Environment(name);
    if (value.empty()) continue;
    const bool layers = std::string_view(name) == "VK_INSTANCE_LAYERS";
    findings.push_back({"environment", layers ? State::kWarning : State::kNote, fmt::format("{}={}", name, value),
                        layers ? "layers slow every call down; unset it while tuning" : ""});
  }
  return findings;
}

std::vector<Finding> CheckClocks() {
  std::vector<Finding> findings;
  const std::string governor = FirstLine("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor");
  if (!governor.empty()) {
    const bool steady = governor == "performance";
    findings.push_back({"clock", steady ? State::kOk : State::kNote, "CPU frequency governor: " + governor,
                        steady ? "" : "for steadier timings of CPU devices: cpupower frequency-set -g performance"});
  }
  for (const fs::path& card : Entries("/sys/class/drm")) {
    const std::string level = FirstLine(card / "device/power_dpm_force_performance_level");
    if (level.empty()) continue;
    findings.push_back({"clock", State::kNote, card.filename().string() + ": power level " + level,
                        level == "auto" ? "hone warms the clocks up before it times; 'high' is steadier" : ""});
  }
  for (const fs::path& gpu : Entries("/proc/driver/nvidia/gpus")) {
    findings.push_back({"clock", State::kNote, "NVIDIA GPU " + gpu.filename().string() + " idles at a low clock",
                        "hone warms it up before it times; nvidia-smi -lgc fixes the clock for repeatable figures"});
  }
  return findings;
}

std::vector<Finding> CheckFolder(const std::string& folder) {
  if (access(folder.c_str(), W_OK) != 0) {
    return {{"folder", State::kWarning, folder + ": not writable", "write databases (--db, -o) somewhere else"}};
  }
  if (const std::string network = NetworkFileSystem(folder); !network.empty()) {
    return {{"folder", State::kWarning, folder + ": is on " + network + ", where file locks cannot be trusted",
             "tune into a database on a local disk, then 'hone merge' or 'hone pack' it here"}};
  }
  return {{"folder", State::kOk, folder + ": local and writable", ""}};
}

}  // namespace hone
