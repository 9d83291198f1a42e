// Exhaustive search: every legal point, in the space's order.
#include "tuner/strategies/moves.h"
#include "tuner/strategies/strategies.h"

namespace hone {

void SearchExhaustive(Trial& trial) {
  PointId point = 0;
  AskInOrder(trial, [&]() -> std::optional<PointId> {
    while (point < trial.space().Count() && trial.Known(point)) ++point;
    if (point == trial.space().Count()) return std::nullopt;
    return point++;
  });
}

}  // namespace hone
