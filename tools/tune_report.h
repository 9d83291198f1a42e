// How `hone tune` prints what it found.
#pragma once

#include <vector>

#include "tuner/report.h"

namespace hone {

void PrintTuneReport(const TuneReport& report, bool json);  // a row a kernel, problem and device
void PrintDryRun(const TuneReport& report, bool json);      // what would be done
void PrintTuneProfile(const TuneProfile& profile);          // where the time went, to stdout

}  // namespace hone
