// Who searches next, and for how long, where several problems share one amount of time.
//
// Everyone gets a first turn; together these take half of the time. The rest goes in further turns to whoever is expected to
// gain most by one: what the later half of its evaluations brought, and the fewer there were, the more may be left to find.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace hone {

struct SearchStanding {
  int turns = 0;                  // that it had
  bool open = true;               // false: more time would find nothing (every point measured, an evaluation budget spent …)
  double seconds = 0;             // that it took
  std::uint64_t evaluations = 0;  // in these
  double late_gain = 0;           // LateGain of their costs
};

// Of costs in the order of their evaluation: the logarithm of the best of the earlier half over the best of all. Failures are
// infinite; 1 where only the later half has a cost at all, 0 where nothing has.
double LateGain(std::span<const double> costs);

struct Turn {
  std::size_t job = 0;
  double seconds = 0;  // 0: as many as it likes
};

// total: of all turns; 0: no limit, each has one turn. left: of it. nullopt: nobody's turn is worth it, or no time is left.
std::optional<Turn> NextTurn(double total, double left, std::span<const SearchStanding> jobs);

}  // namespace hone
