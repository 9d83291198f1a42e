// Kernels named on the command line, and the variants of them that are meant.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "compiler/compile.h"
#include "compiler/diagnostics.h"
#include "db/device.h"
#include "db/kernel.h"
#include "tools/command.h"
#include "tools/table.h"

namespace hone {

// Options that compile, tune and check share: KERNEL_DIR..., --include, --pattern.
Positional KernelsPositional();
Option ProblemsOption();  // of any number, for ProblemsFor and TypedProblems
Option IncludeOption();
Option PatternOption();

// The kernels in KERNEL_DIR...: each a kernel's folder, or a folder of such folders.
// Errors: ManifestError with every error of every manifest; Error for a folder without kernels, and for a --pattern
// that one of them does not have.
std::vector<Kernel> LoadKernels(const Arguments& arguments);

// body(LoadKernels()); what it returns. With --json the manifests' errors are printed as JSON, as those of `hone compile`.
int RunWithKernels(const Arguments& arguments, const std::function<int(const std::vector<Kernel>&)>& body);

// variants: how many it was seen in; 0: it is about a manifest.
Json ToJson(const Diagnostic& diagnostic, int variants);

// The problems of --problem as they were typed, for any kernel.
std::vector<Values> TypedProblems(const Arguments& arguments);

// The problems that --problem means: each completed with the kernel's default types; the manifest's own without
// --problem. Errors: Error names an integer that the kernel does not have or that is missing, or one outside its
// bounds.
std::vector<Values> ProblemsFor(const Kernel& kernel, const Arguments& arguments);

// A device that is not there: generous limits, and everything that some pattern of `kernel` requires.
DeviceInfo AnyDeviceFor(const Kernel& kernel);

// Every variant that is legal for one of `problems` on `device`, each once; at most `limit` a problem (0: all), sampled
// evenly by `seed`, the default variant always among them. patterns: empty for all.
std::vector<Variant> VariantsFor(const Kernel& kernel, const DeviceInfo& device, const std::vector<Values>& problems,
                                 const std::vector<std::string>& patterns, std::uint64_t limit, std::uint64_t seed);

}  // namespace hone
