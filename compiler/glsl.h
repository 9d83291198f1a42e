// GLSL to SPIR-V, in process. The only file of hone that knows glslang.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "compiler/diagnostics.h"
#include "compiler/sources.h"

namespace hone {

using Defines = std::vector<std::pair<std::string, std::string>>;  // in the order they are given

struct GlslResult {
  std::vector<std::uint32_t> words;     // unoptimised, with names; empty when there are errors
  std::vector<Diagnostic> diagnostics;  // errors and warnings, in the template's own files and lines
};

// Compiles a compute shader for Vulkan 1.3 (SPIR-V 1.6), `#include` allowed, as `glslc --target-env=vulkan1.3
// -fshader-stage=compute` does. The stack must be large (see compiler/threads.h). Threads: any number at once.
GlslResult CompileGlsl(const SourceTree& tree, const Defines& defines);

// "glslang 15.1.0".
std::string GlslVersion();

// The compiler's log as diagnostics. For CompileGlsl and its tests.
std::vector<Diagnostic> ParseGlslLog(std::string_view log, const SourceTree& tree);

}  // namespace hone
