// What becomes of a dispatch that would hold the device for so long that the system's watchdog might take the driver down.
#pragma once

#include <cstdint>
#include <string>

namespace hone {

struct LongDispatch {
  std::uint32_t parts = 1;  // to run it in; 1: it is short enough
  std::string refusal;      // or why it is not run at all
};

// Whether one call may last longer than that, as far as another's of the same problem tells; 0: nothing does. Of 25,868
// variants in ten spaces that were measured whole on an H100, the slowest took 220 times as long as the fastest of its space.
bool MayBeLong(double leader_ms, double bound_ms);

// estimate: of one call. bound: that one submission may last. most: that one call may last, all parts together.
// most_parts: as Context::MostParts.
LongDispatch JudgeLength(double estimate_ms, double bound_ms, double most_ms, std::uint32_t most_parts);

}  // namespace hone
