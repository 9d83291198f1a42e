// How many points a search decides before their turn: more while they are waited for, fewer while they are made in time, since
// each is decided without what those before it will bring.
#pragma once

#include <algorithm>
#include <cstddef>

namespace hone {

class AheadPace {
 public:
  explicit AheadPace(std::size_t most) : most_(most), points_(most) {}

  // A point was measured: for so long it was waited for, for so long it was checked and timed.
  void Measured(double waited_ms, double busy_ms) {
    if (waited_ms > busy_ms / 2)
      points_ = std::min(points_ + 2, most_);
    else if (waited_ms < busy_ms / 8)
      points_ = std::max<std::size_t>(points_ * 3 / 4, 1);
  }
  std::size_t points() const { return points_; }

 private:
  std::size_t most_, points_;
};

}  // namespace hone
