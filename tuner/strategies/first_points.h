// Where `auto` looks before it knows anything.
#pragma once

#include <span>

#include "tuner/trial.h"

namespace hone {

// An unknown point that is likely decent and unlike those known and those `chosen` already. Hardware likes sizes that divide:
// of a few random legal points, the one with the fewest numbers that are not powers of two (in dimensions that offer some),
// then the farthest one.
PointId FirstPoint(Trial& trial, std::span<const PointId> chosen);

}  // namespace hone
