// libFuzzer target: any bytes as a compute shader, through to validated and optimised SPIR-V.
// run: glsl_fuzz -max_total_time=60 -only_ascii=1 CORPUS kernels/axpy
#include <cstddef>
#include <cstdint>
#include <string>

#include "compiler/glsl.h"
#include "compiler/optimize.h"
#include "compiler/reflect.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  hone::SourceTree tree;
  tree.files = {"fuzzed.comp"};
  tree.texts["fuzzed.comp"] = std::string(reinterpret_cast<const char*>(data), size);
  const hone::GlslResult result = hone::CompileGlsl(tree, {{"WG", "64"}, {"PER_LANE", "4"}, {"T", "float"}});
  if (result.words.empty()) return 0;
  hone::Reflect(result.words);
  if (!hone::Validate(result.words).empty()) return 0;
  if (!hone::Validate(hone::Optimize(result.words, {})).empty()) __builtin_trap();
  return 0;
}
