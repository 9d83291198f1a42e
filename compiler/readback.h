// Modules back to text: what a driver is given, for people to read.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "db/kernel.h"

namespace hone {

enum class Language { kGlsl, kHlsl, kMsl };

// SPIRV-Tools' text. Errors: Error when the words are no SPIR-V.
std::string Disassemble(const std::vector<std::uint32_t>& words);

// SPIRV-Cross's text, with the push constants' names and with `buffers` (by binding; may be empty) put back.
// Errors: Error when the module is not valid or cannot be said in that language (cooperative matrices), with the reason.
std::string Decompile(const Module& module, Language language, const std::vector<std::string>& buffers = {});

// Counts of instructions as they stand in the module: not how often they run.
struct ModuleStats {
  std::map<std::string, std::uint32_t>
      by_class;                    // "float arithmetic" "global load" "shared store" "barrier" …; without those at 0
  std::uint32_t instructions = 0;  // inside functions
  std::uint32_t functions = 0;
  std::uint32_t loops = 0;
  std::uint32_t size_bytes = 0;
  std::uint32_t shared_bytes = 0;
  std::vector<std::string> capabilities;  // "Shader", "GroupNonUniformArithmetic" …; a number where unknown
};
// Never fails; of a damaged module it counts what it could read.
ModuleStats Stats(const Module& module);

// Lines for `hone show --as stats`: counts, sizes, local size at that point, push constants, bindings, specialization
// constants.
std::string StatsText(const Module& module, const Values& point = {}, const std::vector<std::string>& buffers = {});

}  // namespace hone
