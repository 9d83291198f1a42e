// The options of `hone tune`, from the command line to TuneOptions.
#pragma once

#include <string>
#include <vector>

#include "tools/command.h"
#include "tuner/options.h"

namespace hone {

std::string StrategyNames();  // "auto|exhaustive|…"
std::vector<Option> TuneCommandOptions();

// Everything but the problems and the seconds, which differ from kernel to kernel.
// Errors: Error for a strategy or a device that there is not.
TuneOptions TuneOptionsFrom(const Arguments& arguments);

}  // namespace hone
