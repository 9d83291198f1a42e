// libFuzzer target: any bytes as a manifest. Build with clang: cmake -DCMAKE_CXX_COMPILER=clang++ -DHONE_FUZZ=ON;
// run: manifest_fuzz -max_total_time=60 CORPUS tests/data/manifests
#include <cstddef>
#include <cstdint>
#include <string>

#include "compiler/template.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  try {
    hone::KernelToJson(hone::ParseManifest(text, "kernel.toml", "fuzzed"));
  } catch (const hone::Error&) {
  }
  return 0;
}
