// Any bytes as a manifest: an Error, or a kernel that can be stored and read back.
#include <cstddef>
#include <cstdint>
#include <string>

#include "compiler/template.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  try {
    const hone::Kernel kernel = hone::ParseManifest(text, "kernel.toml", "fuzzed");
    const std::string stored = hone::KernelToJson(kernel);
    if (kernel.patterns.empty() || hone::KernelToJson(hone::KernelFromJson(stored)) != stored) __builtin_trap();
  } catch (const hone::Error& error) {
    if (std::string(error.what()).empty()) __builtin_trap();
  }
  return 0;
}
