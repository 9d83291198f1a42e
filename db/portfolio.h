// The fewest variants that are nearly the best everywhere: a set cover.
#pragma once

#include <cstddef>
#include <vector>

namespace hone {

// A variant covers a case (a problem on a device) when it takes at most 1 + `within` of the best time there.
struct Timing {
  std::size_t variant = 0, case_index = 0;
  double ns = 0;
};

struct Portfolio {
  std::vector<std::size_t> variants;  // ascending
  bool smallest = false;              // proved; else at most ln(cases) + 1 times as many as the fewest
};

// best_ns: of each case; a case that no timing covers is left out. Greedy first; then, within a bound on the work, a
// search that proves or improves it. The same input gives the same answer. Source: Chvátal 1979 for the greedy bound;
// branch and bound on the case with the fewest covers for the rest.
Portfolio FindPortfolio(const std::vector<double>& best_ns, const std::vector<Timing>& timings, double within);

}  // namespace hone
