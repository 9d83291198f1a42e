// One row of `measurement` with the texts its numbers stand for. Private to db/.
#pragma once

#include <string>

#include "db/sqlite.h"
#include "db/store.h"

namespace hone {

// "SELECT … FROM measurement m JOIN problem pr … variant v … pattern p … device d …", to be followed by a WHERE.
std::string MeasurementQuery(bool with_samples);
// Errors: Error for an unknown outcome and for texts that are not what they should be.
Measurement MeasurementAt(const Statement& row);

}  // namespace hone
