// What the shaders of a variant are compiled with, inside hone and by hand.
#pragma once

#include <string>
#include <vector>

#include "compiler/glsl.h"
#include "db/kernel.h"

namespace hone {

// NAME=VALUE for every parameter that is no specialization constant and every element type; NAME_IS_VALUE=1 for words;
// NAME_BYTES for words that are scalar types; the pass's own defines. Sorted by name.
Defines DefinesOf(const Pattern& pattern, const Pass& pass, const Values& point, const Values& types);
Defines DefinesOfReference(const Kernel& kernel, const Values& types);

// The flags with which stock `glslc` compiles this pass of this variant: {"--target-env=vulkan1.3", "-I…", "-DWG=256", …}.
std::vector<std::string> Flags(const Kernel& kernel, const Pattern& pattern, const Pass& pass, const Values& point,
                               const Values& types, const std::vector<std::string>& include_dirs = {});

// "glslc --target-env=vulkan1.3 … -DWG=256 kernels/axpy/strided.comp", ready for a shell.
std::string CommandLine(const Kernel& kernel, const Pattern& pattern, const Pass& pass, const Values& point,
                        const Values& types, const std::vector<std::string>& include_dirs = {});

}  // namespace hone
