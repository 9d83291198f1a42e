// Any bytes as a compute shader that includes from kernels/common, through to validated and optimised SPIR-V:
// diagnostics, or a module that stays valid.
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>

#include "compiler/glsl.h"
#include "compiler/optimize.h"
#include "compiler/reflect.h"
#include "compiler/threads.h"

namespace {

const std::string& Path() {
  static const std::string path =
      (std::filesystem::temp_directory_path() / ("hone_glsl_fuzz_" + std::to_string(::getpid()) + ".comp")).string();
  return path;
}

void Compile() {
  const hone::SourceTree tree = hone::ReadSourceTree(Path(), {HONE_SOURCE_DIR "/kernels/common"});
  const hone::GlslResult result = hone::CompileGlsl(tree, {{"WG", "64"}, {"PER_LANE", "4"}, {"T", "float"}, {"T_BYTES", "4"}});
  if (result.words.empty() && result.diagnostics.empty()) __builtin_trap();
  hone::Reflect(result.words);
  if (result.words.empty() || !hone::Validate(result.words).empty()) return;
  if (!hone::Validate(hone::Optimize(result.words, {})).empty()) __builtin_trap();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::ofstream(Path(), std::ios::binary).write(reinterpret_cast<const char*>(data), static_cast<std::streamsize>(size));
  hone::RunOnLargeStack(Compile);
  std::filesystem::remove(Path());
  return 0;
}
