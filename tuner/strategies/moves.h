// What several strategies share: continuous positions, random neighbours, descent, announcing.
#pragma once

#include <functional>
#include <optional>
#include <utility>
#include <vector>

#include "tuner/trial.h"

namespace hone {

struct Visited {
  PointId point = 0;
  double cost = kFailed;
};

// A point as a vector in [0, 1]^dimensions: Dimension::positions; categorical values lie evenly; absent: 0.5.
std::vector<double> PositionsOf(const Space& space, PointId point);
// The legal point nearest to `positions` (clamped to [0, 1]).
PointId AtPositions(const Space& space, const std::vector<double>& positions);

// Any neighbour, uniform; the point itself if it has none.
PointId RandomNeighbour(Trial& trial, PointId point, Neighbourhood kind);
// Changes `steps` random dimensions to random values and takes the nearest legal point.
PointId Perturb(Trial& trial, PointId point, int steps);
// First-improvement descent over neighbours in random order, down to a local minimum.
Visited Descend(Trial& trial, Visited from, Neighbourhood kind);
// A random point and its cost; the trial's starting points come first, each once.
Visited RandomStart(Trial& trial);
// Asks what `next` gives, in order, until it gives nullopt, and announces so much of it ahead that the compilers never run dry.
// What is announced already may be given again, and is asked once.
void AskInOrder(Trial& trial, const std::function<std::optional<PointId>()>& next);

}  // namespace hone
