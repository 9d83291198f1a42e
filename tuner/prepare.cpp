#include "tuner/prepare.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "db/module_needs.h"
#include "runtime/plan.h"
#include "tuner/contract.h"
#include "tuner/element.h"

namespace hone {
namespace fs = std::filesystem;

KernelMessage PrepareKernel(Compiler& compiler, std::shared_ptr<const Kernel> kernel, const Values& types) {
  KernelMessage message{kernel, types, std::nullopt};
  if (!kernel->reference_cpp.empty()) return message;
  CompileResult reference = compiler.CompileReference(*kernel, types);
  if (!reference.ok()) throw Error(reference.ToText());
  message.reference = std::move(reference.binary);
  return message;
}

std::string MissingFor(const Kernel& kernel, const Values& types, const DeviceInfo& device) {
  return MissingRequirement(kernel, Pattern{.requires_ = kernel.reference_requires}, {}, types, device);
}

std::string MissingFor(const Binary& binary, const DeviceInfo& device) {
  for (const auto& module : binary.modules)
    if (std::string missing = MissingFeature(module->words, device); !missing.empty()) return missing;
  return "";
}

namespace {

constexpr double kMebibyte = 1 << 20;

double LimitOf(const DeviceInfo& device, const char* name) {
  const auto found = device.limits.find(name);
  return found == device.limits.end() ? 0 : found->second;
}

double BytesOf(const Kernel& kernel, const Buffer& buffer, const Values& problem) {
  return static_cast<double>(LengthOf(buffer, problem)) *
         static_cast<double>(BytesOf(ElementTypeFromGlsl(GlslTypeOf(kernel, buffer, problem))));
}

}  // namespace

double BytesToMeasure(const Kernel& kernel, const Values& problem) {
  constexpr double kCopies = 3;  // the kernel's, the reference's, and room
  double bytes = 0;
  for (const Buffer& buffer : kernel.buffers) bytes += BytesOf(kernel, buffer, problem);
  return kCopies * bytes;
}

std::string TooLargeFor(const DeviceInfo& device, const Kernel& kernel, const Values& problem) {
  constexpr double kCpuFlops = 1e9;
  const double range = LimitOf(device, "maxStorageBufferRange"), memory = LimitOf(device, "deviceLocalBytes");
  for (const Buffer& buffer : kernel.buffers) {
    const double bytes = BytesOf(kernel, buffer, problem);
    if (bytes > range)
      return fmt::format("buffer '{}' needs {:.0f} MiB, the device takes {:.0f}", buffer.name, bytes / kMebibyte,
                         range / kMebibyte);
  }
  const double bytes = BytesToMeasure(kernel, problem);
  if (bytes > memory) return fmt::format("it needs {:.0f} MiB, the device has {:.0f}", bytes / kMebibyte, memory / kMebibyte);
  if (device.type == "cpu" && Flops(kernel, problem).value_or(0) > kCpuFlops)
    return "too much arithmetic for a CPU; --problem asks for it all the same";
  return "";
}

std::size_t WorkersThatFit(const DeviceInfo& device, double bytes) {
  const double fit = LimitOf(device, "deviceLocalBytes") / std::max(bytes, 1.0);
  return static_cast<std::size_t>(std::clamp(fit, 1.0, 1e6));
}

std::vector<std::string> KernelFolders(const std::vector<std::string>& dirs) {
  std::vector<std::string> folders;
  for (const std::string& dir : dirs) {
    std::error_code none, failure;
    if (fs::exists(fs::path(dir) / "kernel.toml", none)) {
      folders.push_back(dir);
      continue;
    }
    std::vector<std::string> inside;
    for (const auto& entry : fs::directory_iterator(dir, failure))
      if (fs::exists(entry.path() / "kernel.toml", none)) inside.push_back(entry.path().string());
    if (failure) throw Error(fmt::format("{}: {} (give a folder with a kernel.toml)", dir, failure.message()));
    if (inside.empty()) throw Error(fmt::format("{}: no kernel.toml in it, nor in a folder inside it", dir));
    std::ranges::sort(inside);
    folders.insert(folders.end(), inside.begin(), inside.end());
  }
  return folders;
}

}  // namespace hone
