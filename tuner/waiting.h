// Which problems' inputs and expected results are kept for their next turn, when not all may be.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace hone {

struct Kept {
  double bytes = 0;    // of the device's memory
  double made_ms = 0;  // what it would cost again
};

// Indices, ascending, of those that go so that the others take `room` bytes at most: those that save least time for their size,
// of equals the earlier.
std::vector<std::size_t> ThoseThatGo(std::span<const Kept> kept, double room);

}  // namespace hone
