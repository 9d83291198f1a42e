// Exhaustive search: every legal point, in the space's order.
#include <vector>

#include "tuner/strategies/strategies.h"
#include "tuner/trial.h"

namespace hone {

void SearchExhaustive(Trial& trial) {
  constexpr std::uint64_t kBatch = 64;  // look-ahead
  const std::uint64_t count = trial.space().Count();
  std::vector<PointId> batch;
  for (std::uint64_t first = 0; first < count; first += kBatch) {
    batch.clear();
    for (PointId p = first; p < count && p < first + kBatch; ++p) batch.push_back(p);
    trial.Costs(batch);
  }
}

}  // namespace hone
