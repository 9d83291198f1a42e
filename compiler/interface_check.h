// Does a shader agree with the manifest?
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "compiler/diagnostics.h"
#include "compiler/sources.h"
#include "db/kernel.h"

namespace hone {

// pattern: nullptr for the reference, which sees the kernel's own buffers only.
// Checks push constants (name, type, a value in this pattern), bindings (in range, nothing written that is read-only) and
// specialization constants (each is a parameter with specialize = true).
std::vector<Diagnostic> CheckInterface(const Kernel& kernel, const Pattern* pattern, const Pass& pass,
                                       const ModuleInterface& interface, const SourceTree& tree);

// Does the manifest require each feature that the module's capabilities need? Applications enable what manifests require, no
// more (RequiredFeatures). Subgroup operations cannot be enabled, and need not be required.
std::vector<Diagnostic> CheckFeatures(const Kernel& kernel, const Pattern* pattern, const Pass& pass, const Values& point,
                                      const Values& types, std::span<const std::uint32_t> words);

}  // namespace hone
