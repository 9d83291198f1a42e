// Exhaustive search: every legal point, in the space's order.
#include <algorithm>
#include <vector>

#include "tuner/strategies/strategies.h"
#include "tuner/trial.h"

namespace hone {

void SearchExhaustive(Trial& trial) {
  constexpr PointId kAhead = 64, kStep = 16;  // announced, and how often: what compiles ahead never runs dry
  const PointId count = trial.space().Count();
  std::vector<PointId> next;
  for (PointId point = 0; point < count; ++point) {
    if (point % kStep == 0) {
      next.clear();
      for (PointId p = point; p < std::min(point + kAhead, count); ++p)
        if (!trial.Known(p)) next.push_back(p);
      trial.Expect(next);
    }
    trial.Cost(point);
  }
}

}  // namespace hone
