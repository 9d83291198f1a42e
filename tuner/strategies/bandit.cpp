// A bandit over moves: which of several ways to propose the next point has lately found improvements, by area under its
// history of successes plus an exploration bonus.
//
// Source: Ansel et al., "OpenTuner", PACT (2014); the credit after Fialho et al., "Analyzing bandit-based adaptive operator
// selection mechanisms", Annals of Mathematics and Artificial Intelligence 60 (2010).
#include <algorithm>
#include <array>
#include <cmath>
#include <deque>
#include <vector>

#include "tuner/strategies/moves.h"
#include "tuner/strategies/strategies.h"

namespace hone {
namespace {

constexpr std::size_t kElite = 10, kWindow = 100;
using Elite = std::vector<Visited>;  // best first
using Move = PointId (*)(Trial&, const Elite&);

const Visited& Pick(Trial& trial, const Elite& elite) {
  return elite[std::min(trial.random().Below(elite.size()), trial.random().Below(elite.size()))];
}

PointId Anywhere(Trial& trial, const Elite&) { return trial.SampleUnknown(); }
PointId StepFromBest(Trial& trial, const Elite& elite) {
  return RandomNeighbour(trial, elite.front().point, Neighbourhood::kAdjacent);
}
PointId JumpFromBest(Trial& trial, const Elite& elite) {
  return RandomNeighbour(trial, elite.front().point, Neighbourhood::kHamming);
}
PointId JumpFromElite(Trial& trial, const Elite& elite) {
  return RandomNeighbour(trial, Pick(trial, elite).point, Neighbourhood::kHamming);
}
PointId Shake(Trial& trial, const Elite& elite) { return Perturb(trial, Pick(trial, elite).point, 3); }
PointId Cross(Trial& trial, const Elite& elite) {
  Codes child = trial.space().CodesOf(Pick(trial, elite).point);
  const Codes other = trial.space().CodesOf(Pick(trial, elite).point);
  for (std::size_t d = 0; d < child.size(); ++d) {
    if (other[d] != kAbsent && trial.random().Chance(0.5)) child[d] = other[d];
  }
  return trial.space().Nearest(child);
}
PointId Differ(Trial& trial, const Elite& elite) {
  std::vector<double> at = PositionsOf(trial.space(), elite.front().point);
  const auto a = PositionsOf(trial.space(), Pick(trial, elite).point), b = PositionsOf(trial.space(), Pick(trial, elite).point);
  for (std::size_t d = 0; d < at.size(); ++d) at[d] = std::clamp(at[d] + 0.7 * (a[d] - b[d]), 0.0, 1.0);
  return AtPositions(trial.space(), at);
}

constexpr std::array<Move, 7> kMoves = {Anywhere, StepFromBest, JumpFromBest, JumpFromElite, Shake, Cross, Differ};

struct Use {
  std::size_t move;
  bool improved;
};

// Later successes weigh more; moves seldom used get a bonus.
std::size_t Choose(Trial& trial, const std::deque<Use>& history) {
  std::size_t best = 0;
  double highest = -1;
  for (std::size_t m = 0; m < kMoves.size(); ++m) {
    double uses = 0, area = 0;
    for (const Use& use : history) {
      if (use.move != m) continue;
      ++uses;
      if (use.improved) area += uses;
    }
    const double credit = uses > 0 ? 2 * area / (uses * (uses + 1)) : 1;
    const double bonus = 0.1 * std::sqrt(2 * std::log2(static_cast<double>(history.size()) + 2) / (uses + 1));
    const double value = credit + bonus + 1e-6 * trial.random().Uniform();
    if (value <= highest) continue;
    highest = value;
    best = m;
  }
  return best;
}

}  // namespace

void SearchBandit(Trial& trial) {
  Elite elite;
  const auto keep = [&elite](Visited seen) {
    const auto at = std::upper_bound(elite.begin(), elite.end(), seen, [](auto& a, auto& b) { return a.cost < b.cost; });
    const bool improved = at == elite.begin();
    elite.insert(at, seen);
    if (elite.size() > kElite) elite.pop_back();
    return improved;
  };
  while (elite.size() < kElite) keep(RandomStart(trial));
  std::deque<Use> history;
  for (;;) {
    const std::size_t move = Choose(trial, history);
    PointId point = kMoves[move](trial, elite);
    bool improved = false;
    if (!trial.Known(point)) {
      improved = keep({point, trial.Cost(point)});
    } else {
      trial.Cost(point);  // counts as a revisit
    }
    history.push_back({move, improved});
    if (history.size() > kWindow) history.pop_front();
  }
}

}  // namespace hone
