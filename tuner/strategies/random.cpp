// Random search: legal points, uniformly, none twice.
//
// Source: Bergstra and Bengio, "Random search for hyper-parameter optimization", JMLR 13 (2012).
#include "tuner/strategies/moves.h"
#include "tuner/strategies/strategies.h"

namespace hone {

void SearchRandom(Trial& trial) {
  AskInOrder(trial, [&] { return trial.SampleUnknown(); });
}

}  // namespace hone
