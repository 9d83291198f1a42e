// The deeper levels of `hone show`. Options as that subcommand declares them; both return the exit status.
#pragma once

#include <vector>

#include "tools/results.h"

namespace hone {

// The last result of every variant that meets --where, in the order of --sort, --limit of them for each problem and
// device.
int ShowVariants(const Store& store, const Kernel& kernel, const std::vector<Coverage>& coverages, const Arguments& arguments);

// Every measurement of --variant, also the earlier ones, with samples.
// Errors: Error when there is none.
int ShowMeasurements(const Store& store, const Kernel& kernel, const std::vector<Coverage>& coverages,
                     const Arguments& arguments);

}  // namespace hone
