// What other devices, problems and versions of a kernel say about a point, and how much to believe each.
//
// Each prior gives the flattened logarithm of a point's cost over its own best (where it does not know the point, a forest
// fitted to it does). Measured points tell which priors resemble this device: a line is fitted to each, and priors weigh by the
// evidence. Where none does better than a constant, the slopes are near zero and the search is a cold one.
#pragma once

#include <span>
#include <utility>
#include <vector>

#include "tuner/forest.h"
#include "tuner/trial.h"

namespace hone {

class PriorModel {
 public:
  PriorModel(const Space& space, const std::vector<Prior>& priors, Random& random);
  bool empty() const { return sources_.empty(); }

  // measured: points and logarithms of their costs.
  void Weigh(std::span<const std::pair<PointId, double>> measured);
  // The expected logarithm of the cost, up to the constant that Weigh chose; 0 before Weigh and without priors.
  double Expect(PointId point) const;
  // Unknown points that look best, best first. While little is measured, each prior's own best come first, in turn.
  std::vector<PointId> Best(const Trial& trial, std::size_t most) const;

 private:
  struct Source {
    std::vector<std::pair<PointId, float>> known;  // by point
    std::vector<PointId> ranking;                  // best first
    Forest forest;                                 // for the others
    double intercept = 0, slope = 1, weight = 1;
  };
  double Said(const Source& source, PointId point) const;

  const Space& space_;
  std::vector<Source> sources_;
};

}  // namespace hone
