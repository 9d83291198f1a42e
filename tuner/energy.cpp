#include "tuner/energy.h"

#include <dlfcn.h>
#include <fmt/format.h>

#include <cerrno>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <optional>
#include <vector>

#include "db/error.h"

namespace hone {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void CannotTell(const std::string& place, const std::string& fact, const std::string& next_step) {
  throw Error(fmt::format("--objective energy: {}: {} ({}, or leave --objective out)", place, fact, next_step));
}

// --- NVIDIA: NVML ---

class NvmlMeter : public EnergyMeter {
 public:
  explicit NvmlMeter(const DeviceInfo& device)
      : name_(device.name), library_(dlopen(kLibrary, RTLD_NOW | RTLD_LOCAL), dlclose) {
    if (!library_) CannotTell(kLibrary, dlerror(), "install the driver's NVML");
    Check(Find<int()>("nvmlInit_v2")(), "it does not start");
    Check(Find<int(const char*, void**)>("nvmlDeviceGetHandleByUUID")(NvmlUuid(device.device_uuid).c_str(), &card_),
          "it does not know " + NvmlUuid(device.device_uuid));
    energy_ = Find<int(void*, unsigned long long*)>("nvmlDeviceGetTotalEnergyConsumption");
    Joules();
  }

  double Joules() override {
    unsigned long long millijoules = 0;
    Check(energy_(card_, &millijoules), "no energy counter of " + name_);
    return 1e-3 * static_cast<double>(millijoules);
  }

 private:
  static constexpr char kLibrary[] = "libnvidia-ml.so.1";

  template <typename Function>
  Function* Find(const char* name) {
    void* found = dlsym(library_.get(), name);
    if (!found) CannotTell(kLibrary, fmt::format("it has no {}", name), "install a newer driver");
    return reinterpret_cast<Function*>(found);
  }

  void Check(int status, const std::string& what) {
    if (status == 0) return;
    const char* words = Find<const char*(int)>("nvmlErrorString")(status);
    CannotTell(kLibrary, fmt::format("{}: {}", what, words ? words : "?"), "see what 'nvidia-smi -q -d POWER' says");
  }

  std::string name_;
  std::unique_ptr<void, int (*)(void*)> library_;
  void* card_ = nullptr;
  int (*energy_)(void*, unsigned long long*) = nullptr;
};

// --- CPUs: powercap ---

// The first word of a file; nullopt with errno set.
std::optional<std::string> Word(const fs::path& path) {
  errno = 0;
  std::ifstream file(path);
  std::string word;
  if (file >> word) return word;
  return std::nullopt;
}

class PowercapMeter : public EnergyMeter {
 public:
  PowercapMeter() {
    const char* elsewhere = std::getenv("HONE_POWERCAP");
    root_ = elsewhere && *elsewhere ? elsewhere : "/sys/class/powercap";
    std::error_code failure;
    for (const auto& entry : fs::directory_iterator(root_, failure)) Add(entry.path());
    if (failure) CannotTell(root_.string(), failure.message(), "tune on a machine whose kernel has it");
    if (zones_.empty()) CannotTell(root_.string(), "no zone intel-rapl:N in it", "load the module intel_rapl_msr");
    Joules();
  }

  double Joules() override {
    for (Zone& zone : zones_) {
      const double now = Microjoules(zone.folder / "energy_uj");
      zone.used += now >= zone.last ? now - zone.last : now - zone.last + zone.range;  // it starts again at its range
      zone.last = now;
    }
    double sum = 0;
    for (const Zone& zone : zones_) sum += zone.used;
    return 1e-6 * sum;
  }

 private:
  struct Zone {
    fs::path folder;
    double range = 0, last = 0, used = 0;  // microjoules
  };

  // Packages: intel-rapl:0, not its parts (intel-rapl:0:0), and not what holds all of them (psys).
  void Add(const fs::path& folder) {
    const std::string name = folder.filename().string();
    const std::size_t colon = name.find(':');
    if (!name.starts_with("intel-rapl:") || name.find(':', colon + 1) != std::string::npos) return;
    if (Word(folder / "name") == "psys") return;
    const double now = Microjoules(folder / "energy_uj");
    zones_.push_back({folder, Microjoules(folder / "max_energy_range_uj"), now, 0});
  }

  static double Microjoules(const fs::path& file) {
    const std::optional<std::string> word = Word(file);
    if (!word)
      CannotTell(file.string(), errno ? std::strerror(errno) : "it is empty",
                 "make it readable: sudo chmod a+r " + file.string());
    char* end = nullptr;
    const double number = std::strtod(word->c_str(), &end);
    if (*end != '\0' || number < 0) CannotTell(file.string(), "'" + *word + "' is no energy", "see who writes it");
    return number;
  }

  fs::path root_;
  std::vector<Zone> zones_;
};

}  // namespace

std::string NvmlUuid(const std::string& device_uuid) {
  std::string text = "GPU-";
  for (std::size_t i = 0; i < device_uuid.size(); ++i) {
    if (i == 8 || i == 12 || i == 16 || i == 20) text += '-';
    text += device_uuid[i];
  }
  return text;
}

std::unique_ptr<EnergyMeter> EnergyMeter::Open(const DeviceInfo& device) {
  constexpr std::uint32_t kNvidia = 0x10de;
  if (device.vendor_id == kNvidia) return std::make_unique<NvmlMeter>(device);
  if (device.type == "cpu" || device.type == "integrated") return std::make_unique<PowercapMeter>();
  CannotTell(device.name, "hone knows no energy counter of it: it reads NVIDIA's NVML, and Linux powercap for a CPU",
             "tune another device");
}

}  // namespace hone
