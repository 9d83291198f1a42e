// What a kernel's contract means for one problem: complete problems, element types, lengths, scalar arguments, work.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "db/kernel.h"
#include "runtime/arguments.h"
#include "tuner/element.h"

namespace hone {

// `problem` with the default of every element type that it leaves out. Errors: Error for a missing or unknown name, an
// integer outside its bounds, an element type that the kernel does not offer, a problem that the kernel's `where` refuses.
Values CompleteProblem(const Kernel& kernel, const Values& problem);

// "float" for a buffer of type "T" in "T=float n=16".
std::string GlslTypeOf(const Kernel& kernel, const Buffer& buffer, const Values& problem);
std::uint64_t LengthOf(const Buffer& buffer, const Values& problem);  // elements

// Whether the pattern's constraints hold for this point and problem on this device.
bool IsLegal(const Pattern& pattern, const Values& point, const Values& problem, const DeviceInfo& device);

// What checks and timings pass for push constants that the caller gives. The names live as long as the kernel.
std::vector<Scalar> TestScalars(const Kernel& kernel);

std::optional<double> IdealBytes(const Kernel& kernel, const Values& problem);
std::optional<double> Flops(const Kernel& kernel, const Values& problem);

}  // namespace hone
