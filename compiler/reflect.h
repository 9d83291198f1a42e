// What a module declares. Read straight from the words, so that it works for modules that SPIRV-Cross refuses (cooperative
// matrices); names are there before optimising only.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "db/kernel.h"

namespace hone {

// Never fails; of a damaged module it tells what it could read. shared_bytes: as std430 would lay it out.
// Push members, bindings and specialization constants are sorted by offset, binding and id.
ModuleInterface Reflect(std::span<const std::uint32_t> words);

// What Reflect found that a compute kernel of hone must not have: "a uniform buffer", "descriptor set 1", "an image or a
// sampler".
std::vector<std::string> ForeignResources(std::span<const std::uint32_t> words);

}  // namespace hone
