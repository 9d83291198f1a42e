// Tabu search led by a pack: every wolf moves towards the three best (alpha, beta, delta), value by value, then to the best
// of a few neighbours that is not tabu; how much it explores falls with the budget, and a pack that stagnates is shaken.
//
// Source: Glover, "Tabu search", ORSA Journal on Computing 1 (1989); Mirjalili et al., "Grey wolf optimizer", Advances in
// Engineering Software 69 (2014); their union for auto-tuning after van Stein et al. / Willemsen et al. (2025).
#include <algorithm>
#include <deque>
#include <vector>

#include "tuner/strategies/moves.h"
#include "tuner/strategies/strategies.h"

namespace hone {
namespace {

constexpr std::size_t kPack = 8, kPackLeaders = 3, kTabu = 64;

// Each value from one of the leaders, from the wolf itself, or (rarely, less so towards the end) at random.
PointId Follow(Trial& trial, const std::vector<Visited>& pack, PointId wolf) {
  Random& random = trial.random();
  const double explore = 0.3 * (1 - trial.Progress()) + 0.05;
  Codes codes = trial.space().CodesOf(wolf);
  for (std::size_t d = 0; d < codes.size(); ++d) {
    const Dimension& dim = trial.space().dimensions()[d];
    if (random.Chance(explore) && !dim.values.empty()) {
      codes[d] = static_cast<Code>(random.Below(dim.values.size()));
    } else if (random.Chance(0.75)) {
      const Code led = trial.space().CodesOf(pack[random.Below(kPackLeaders)].point)[d];
      if (led != kAbsent) codes[d] = led;
    }
  }
  return trial.space().Nearest(codes);
}

}  // namespace

void SearchTabuGreyWolf(Trial& trial) {
  std::vector<Visited> pack;
  std::deque<PointId> tabu;
  const auto is_tabu = [&](PointId p) { return std::find(tabu.begin(), tabu.end(), p) != tabu.end(); };
  while (pack.size() < kPack) pack.push_back(RandomStart(trial));
  double best = kFailed;
  for (int stale = 0;;) {
    std::sort(pack.begin(), pack.end(), [](const Visited& a, const Visited& b) { return a.cost < b.cost; });
    stale = pack.front().cost < best ? 0 : stale + 1;
    best = std::min(best, pack.front().cost);
    for (Visited& wolf : pack) {
      PointId point = Follow(trial, pack, wolf.point);
      for (int i = 0; i < 5 && (is_tabu(point) || trial.Known(point)); ++i) {
        point = RandomNeighbour(trial, i < 3 ? wolf.point : point, i % 2 ? Neighbourhood::kHamming : Neighbourhood::kAdjacent);
      }
      const double cost = trial.Cost(point);
      tabu.push_back(point);
      if (tabu.size() > kTabu) tabu.pop_front();
      if (cost < wolf.cost || trial.random().Chance(0.02)) wolf = {point, cost};
    }
    if (stale < 15) continue;
    for (std::size_t i = kPackLeaders; i < kPack; ++i) pack[i] = RandomStart(trial);
    stale = 0;
  }
}

}  // namespace hone
