// A kernel made ready for a worker: its reference compiled, and whether the device can run it at all.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "compiler/compile.h"
#include "tuner/messages.h"

namespace hone {

// Errors: Error with the diagnostics when the reference does not compile.
KernelMessage PrepareKernel(Compiler& compiler, std::shared_ptr<const Kernel> kernel, const Values& types);

// What keeps these element types or the reference from running on the device ("feature shaderFloat16 is missing"); empty:
// nothing.
std::string MissingFor(const Kernel& kernel, const Values& types, const DeviceInfo& device);

// The same of a compiled variant, by what its modules use.
std::string MissingFor(const Binary& binary, const DeviceInfo& device);

// Of device memory, with what its checks take; an estimate.
double BytesToMeasure(const Kernel& kernel, const Values& problem);

// How many workers that each want so much of the device's memory have room; one at least.
std::size_t WorkersThatFit(const DeviceInfo& device, double bytes);

// Why the device is too small for a problem ("buffer 'x' needs 2048 MiB …", too much arithmetic for a CPU); empty: it is not.
std::string TooLargeFor(const DeviceInfo& device, const Kernel& kernel, const Values& problem);

// The kernel folders meant by `dirs`, sorted within each: itself, or those inside it. Errors: Error when there is none.
std::vector<std::string> KernelFolders(const std::vector<std::string>& dirs);

}  // namespace hone
