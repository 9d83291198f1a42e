// Hill climbing with restarts: first improvement over neighbours in random order; at a local minimum, start again at random.
//
// Source: Selman and Gomes, "Hill-climbing search", Encyclopedia of Cognitive Science (2006).
#include "tuner/strategies/moves.h"
#include "tuner/strategies/strategies.h"

namespace hone {

void SearchHillClimbing(Trial& trial) {
  for (;;) Descend(trial, RandomStart(trial), Neighbourhood::kHamming);
}

}  // namespace hone
