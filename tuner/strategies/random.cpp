// Random search: legal points, uniformly, none twice.
//
// Source: Bergstra and Bengio, "Random search for hyper-parameter optimization", JMLR 13 (2012).
#include <vector>

#include "tuner/strategies/strategies.h"
#include "tuner/trial.h"

namespace hone {

void SearchRandom(Trial& trial) {
  constexpr std::size_t kBatch = 16;  // look-ahead
  std::vector<PointId> batch;
  for (;;) {
    batch.clear();
    for (std::size_t i = 0; i < kBatch; ++i) batch.push_back(trial.SampleUnknown());
    trial.Costs(batch);
  }
}

}  // namespace hone
