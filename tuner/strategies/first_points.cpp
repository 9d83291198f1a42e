#include "tuner/strategies/first_points.h"

#include <algorithm>
#include <bit>

namespace hone {
namespace {

bool IsPower(double number) { return number >= 1 && std::has_single_bit(static_cast<std::uint64_t>(number)); }

double Oddities(const Space& space, const Codes& codes) {
  double sum = 0;
  for (std::size_t d = 0; d < codes.size(); ++d) {
    const Dimension& dim = space.dimensions()[d];
    if (codes[d] == kAbsent || dim.kind == Dimension::Kind::kCategorical || dim.numbers.front() < 1) continue;
    if (!IsPower(dim.numbers[codes[d]]) && std::any_of(dim.numbers.begin(), dim.numbers.end(), IsPower)) ++sum;
  }
  return sum;
}

// Points of different patterns are apart also by what only one of them has.
double Apart(const Space& space, const Codes& a, const Codes& b) {
  constexpr double kOnlyOne = 0.5;
  double sum = space.Distance(a, b);
  for (std::size_t d = 0; d < a.size(); ++d) sum += (a[d] == kAbsent) != (b[d] == kAbsent) ? kOnlyOne : 0;
  return sum;
}

}  // namespace

PointId FirstPoint(Trial& trial, std::span<const PointId> chosen) {
  constexpr int kDraws = 30;
  constexpr std::size_t kCompared = 32;  // latest points; more where nothing valid was found for long
  constexpr double kDistanceWeight = 0.2;
  const Space& space = trial.space();
  PointId best = 0;
  double least = 1e300;
  for (int i = 0; i < kDraws; ++i) {
    const PointId point = trial.SampleUnknown();
    const Codes codes = space.CodesOf(point);
    const std::size_t known = trial.records().size();
    double nearest = known == 0 && chosen.empty() ? 0 : 1e300;
    const auto compare = [&](PointId other) { nearest = std::min(nearest, Apart(space, codes, space.CodesOf(other))); };
    for (std::size_t r = known - std::min(known, kCompared); r < known; ++r) compare(trial.records()[r].point);
    for (PointId other : chosen) compare(other);
    const double value = Oddities(space, codes) - kDistanceWeight * nearest;
    if (value >= least) continue;
    least = value;
    best = point;
  }
  return best;
}

}  // namespace hone
