#include "tuner/rank_test.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <utility>
#include <vector>

namespace hone {
namespace {

constexpr std::size_t kExactSize = 20;  // of each set, at most

struct Ranked {
  double u = 0;        // pairs in which a's value is the larger (ties count half)
  double tie_sum = 0;  // sum over groups of equal values of t^3 - t
};

Ranked Rank(std::span<const double> a, std::span<const double> b) {
  std::vector<std::pair<double, bool>> all;
  for (const double x : a) all.emplace_back(x, true);
  for (const double x : b) all.emplace_back(x, false);
  std::sort(all.begin(), all.end());
  Ranked result;
  double rank_sum = 0;
  for (std::size_t i = 0; i < all.size();) {
    std::size_t end = i;
    while (end < all.size() && all[end].first == all[i].first) ++end;
    const double rank = (static_cast<double>(i + 1) + static_cast<double>(end)) / 2;
    const double ties = static_cast<double>(end - i);
    result.tie_sum += ties * ties * ties - ties;
    for (; i < end; ++i)
      if (all[i].second) rank_sum += rank;
  }
  const double n = static_cast<double>(a.size());
  result.u = rank_sum - n * (n + 1) / 2;
  return result;
}

// P(U <= u) for sets of n and m values without ties: counts the orders by dynamic programming over (n, m, u).
double ExactCumulative(std::size_t n, std::size_t m, std::size_t u) {
  const std::size_t top = n * m;
  std::vector<std::vector<double>> ways(n + 1, std::vector<double>(top + 1, 0));  // ways[i][s] for the current m
  for (std::size_t i = 0; i <= n; ++i) ways[i][0] = 1;
  for (std::size_t j = 1; j <= m; ++j)
    for (std::size_t i = 1; i <= n; ++i)
      for (std::size_t s = i * j + 1; s-- > 0;) ways[i][s] += s >= j ? ways[i - 1][s - j] : 0;
  double total = 0, below = 0;
  for (std::size_t s = 0; s <= top; ++s) {
    total += ways[n][s];
    if (s <= u) below += ways[n][s];
  }
  return below / total;
}

}  // namespace

double MannWhitney(std::span<const double> a, std::span<const double> b) {
  if (a.empty() || b.empty()) return 1;
  const double n = static_cast<double>(a.size()), m = static_cast<double>(b.size());
  const Ranked ranked = Rank(a, b);
  const double u = std::min(ranked.u, n * m - ranked.u);
  if (ranked.tie_sum == 0 && a.size() <= kExactSize && b.size() <= kExactSize)
    return std::min(1.0, 2 * ExactCumulative(a.size(), b.size(), static_cast<std::size_t>(u)));
  const double all = n + m;
  const double variance = n * m / 12 * (all + 1 - ranked.tie_sum / (all * (all - 1)));
  if (variance <= 0) return 1;  // all values equal
  const double z = (n * m / 2 - u - 0.5) / std::sqrt(variance);
  return std::min(1.0, std::erfc(z / std::sqrt(2.0)));
}

}  // namespace hone
