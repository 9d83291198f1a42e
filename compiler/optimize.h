// SPIR-V to SPIR-V: optimise, freeze specialization constants, strip and renumber so that equal code is equal bytes, validate.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "db/kernel.h"

namespace hone {

using Words = std::vector<std::uint32_t>;

// "-O", "-Os", "none", or a pass of spirv-opt ("--loop-unroll", "--ssa-rewrite" …).
bool IsOptimizerFlag(std::string_view flag);

// flags: as above; empty means {"-O"}. The result has no debug information and no names, and its ids are numbered in the order
// of their first use: equal code is equal words.
// Errors: Error with SPIRV-Tools' message.
Words Optimize(const Words& words, const std::vector<std::string>& flags);

// As Optimize, with the specialization constants replaced by ordinary ones: those named in `point` take its values, others
// their defaults. Errors: Error when a value is no integer.
Words FreezeWords(const Words& words, const ModuleInterface& interface, const Values& point,
                  const std::vector<std::string>& flags);

// A module of a database made ready to ship: its specialization constants fixed to `point`'s values and what follows from them
// optimised (unrolled). The module itself when it has none. Errors: as FreezeWords, and Error for what is not valid SPIR-V.
Module Freeze(const Module& module, const Values& point, const std::vector<std::string>& flags = {});

std::string OptimizerVersion();  // "SPIRV-Tools v2025.1 …"

// "" when valid for Vulkan 1.3, else the validator's message.
std::string Validate(const Words& words);

}  // namespace hone
