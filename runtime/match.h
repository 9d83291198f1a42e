// How well a chosen variant fits what was asked: the rungs of Library's ladder, best first.
#pragma once

#include <string_view>

namespace hone {

enum class Match : int {
  kExact = 0,            // measured for this problem on this device
  kNearestProblem = 1,   // measured on this device for another problem: the nearest by logarithms
  kOtherDriver = 2,      // measured on the same device with another driver
  kSameFamily = 3,       // measured on another device of this vendor
  kPortable = 4,         // best over all measured devices: geometric mean of speed relative to each device's own best
  kManifestDefault = 5,  // nothing measured: the manifest's default point
};

std::string_view ToText(Match match);  // "exact", "nearest problem", …

}  // namespace hone
