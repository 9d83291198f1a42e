// Private to runtime/: long dispatches in parts, so that none holds the device for long.
//
// A part is a vkCmdDispatchBase: gl_WorkGroupID, and what is made of it, counts from the grid's first workgroup, but
// gl_NumWorkGroups is the part's own. So a grid is cut along an axis whose length no pass reads. A linear grid (one `groups`
// formula), whose shader reads the length of x to number its workgroups, is folded into as many rows as there are to be parts.
#pragma once

#include <cstdint>

#include "db/kernel.h"
#include "runtime/plan.h"

namespace hone {

// Into how many parts the longest grid can be divided; 1: not at all.
std::uint32_t MostParts(const Plan& plan, const Binary& binary);

// Makes up to `parts` steps of each, one after the other. Errors: DeviceError kOverLimit for more parts than MostParts.
void Divide(Plan& plan, const Binary& binary, std::uint32_t parts);

}  // namespace hone
