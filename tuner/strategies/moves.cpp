#include "tuner/strategies/moves.h"

#include <algorithm>
#include <cmath>

namespace hone {
namespace {

double PositionAt(const Dimension& dim, Code code) {
  if (dim.kind != Dimension::Kind::kCategorical) return dim.positions[code];
  return dim.values.size() > 1 ? static_cast<double>(code) / static_cast<double>(dim.values.size() - 1) : 0;
}

}  // namespace

std::vector<double> PositionsOf(const Space& space, PointId point) {
  const Codes codes = space.CodesOf(point);
  std::vector<double> positions(codes.size(), 0.5);
  for (std::size_t d = 0; d < codes.size(); ++d) {
    if (codes[d] != kAbsent) positions[d] = PositionAt(space.dimensions()[d], codes[d]);
  }
  return positions;
}

PointId AtPositions(const Space& space, const std::vector<double>& positions) {
  Codes codes(positions.size(), 0);
  for (std::size_t d = 0; d < positions.size(); ++d) {
    const Dimension& dim = space.dimensions()[d];
    double least = 1e300;
    for (std::size_t c = 0; c < dim.values.size(); ++c) {
      const double gap = std::abs(PositionAt(dim, static_cast<Code>(c)) - positions[d]);
      if (gap >= least) continue;
      least = gap;
      codes[d] = static_cast<Code>(c);
    }
  }
  return space.Nearest(codes);
}

PointId RandomNeighbour(Trial& trial, PointId point, Neighbourhood kind) {
  std::vector<PointId> near;
  trial.space().Neighbours(point, kind, near);
  return near.empty() ? point : near[trial.random().Below(near.size())];
}

PointId Perturb(Trial& trial, PointId point, int steps) {
  const auto& dims = trial.space().dimensions();
  Codes codes = trial.space().CodesOf(point);
  for (int i = 0; i < steps && !dims.empty(); ++i) {
    const std::size_t d = trial.random().Below(dims.size());
    if (!dims[d].values.empty()) codes[d] = static_cast<Code>(trial.random().Below(dims[d].values.size()));
  }
  return trial.space().Nearest(codes);
}

Visited Descend(Trial& trial, Visited from, Neighbourhood kind) {
  std::vector<PointId> near;
  for (bool better = true; better;) {
    better = false;
    near.clear();
    trial.space().Neighbours(from.point, kind, near);
    trial.random().Shuffle(near);
    for (PointId point : near) {
      const double cost = trial.Cost(point);
      if (cost >= from.cost) continue;
      from = {point, cost};
      better = true;
      break;
    }
  }
  return from;
}

Visited RandomStart(Trial& trial) {
  for (PointId point : trial.options().start) {
    if (!trial.Known(point)) return {point, trial.Cost(point)};
  }
  const PointId point = trial.SampleUnknown();
  return {point, trial.Cost(point)};
}

void AskInOrder(Trial& trial, const std::function<std::optional<PointId>()>& next) {
  constexpr std::size_t kAhead = 64, kStep = 16;  // announced, and how often
  std::vector<PointId> window;
  for (std::size_t asked = 0;; ++asked) {
    if (window.empty() || asked % kStep == 0) {
      for (std::size_t missing = kAhead - window.size(); missing > 0; --missing) {
        const std::optional<PointId> point = next();
        if (!point) break;
        if (std::ranges::find(window, *point) == window.end()) window.push_back(*point);
      }
      if (window.empty()) return;
      trial.Expect(window);
    }
    trial.Cost(window.front());
    window.erase(window.begin());
  }
}

}  // namespace hone
