// What a module asks of a device by its own words: SPIR-V says at the beginning which capabilities and execution modes it uses,
// and Vulkan which feature or subgroup operation each of them needs.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "db/device.h"
#include "db/kernel.h"

namespace hone {

// A capability, or an execution mode. Its features have the names of DeviceInfo::features ("subgroupArithmetic" is one);
// without any, every Vulkan device has what it asks.
struct ModuleNeed {
  std::string_view what;                   // "Int64Atomics"
  std::vector<std::string_view> features;  // one of them is enough
};

// Of a damaged module: what could be read. What hone does not know is left out.
std::vector<ModuleNeed> ReadNeeds(std::span<const std::uint32_t> words);

// "" when the device has all that the module needs; else "feature subgroupArithmetic is missing (for
// GroupNonUniformArithmetic)".
std::string MissingFeature(std::span<const std::uint32_t> words, const DeviceInfo& device);

// The size of the workgroup at a point: interface.local_size, but with the point's values of specialization constants. Where it
// is computed from them, and not one of them, their defaults count.
std::array<std::uint32_t, 3> LocalSizeAt(const Module& module, const Values& point);

// "GroupNonUniformArithmetic"; the number where hone does not know the capability.
std::string CapabilityName(std::uint32_t number);

}  // namespace hone
