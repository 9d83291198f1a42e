// How `hone tune` prints what it found.
#pragma once

#include "tuner/report.h"

namespace hone {

// A row a kernel, problem and device; with_profile: and where the time went.
void PrintTuneReport(const TuneReport& report, bool with_profile, bool json);
void PrintDryRun(const TuneReport& report, bool json);  // what would be done

}  // namespace hone
