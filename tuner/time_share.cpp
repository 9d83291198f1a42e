#include "tuner/time_share.h"

#include <algorithm>
#include <cmath>

namespace hone {
namespace {

constexpr double kFirstTurns = 0.5;  // of all time
constexpr double kLaterTurn = 2;     // first turns long
constexpr double kUnseen = 1.5;      // gain that is left after one evaluation; after n, an n-th of it
constexpr double kLeastSeconds = 1e-3;

// A search's gain by a turn: by as much time as it had, as much as in the later half of it; by less time, less.
double ExpectedGain(const SearchStanding& job, double seconds) {
  const double unseen = kUnseen / static_cast<double>(std::max<std::uint64_t>(job.evaluations, 1));
  return (job.late_gain + unseen) * std::min(1.0, seconds / std::max(job.seconds, kLeastSeconds));
}

}  // namespace

double LateGain(std::span<const double> costs) {
  const auto earlier = costs.first(costs.size() / 2);
  const double best = costs.empty() ? INFINITY : std::ranges::min(costs);
  const double before = earlier.empty() ? INFINITY : std::ranges::min(earlier);
  if (std::isinf(best)) return 0;
  return std::isinf(before) ? 1 : std::log(before / best);
}

std::optional<Turn> NextTurn(double total, double left, std::span<const SearchStanding> jobs) {
  const auto count = static_cast<double>(jobs.size());
  const double first = (jobs.size() == 1 ? 1 : kFirstTurns) * total / count;
  const auto next = std::ranges::find(jobs, 0, &SearchStanding::turns);
  if (next != jobs.end()) {
    const auto waiting = static_cast<double>(std::ranges::count(jobs, 0, &SearchStanding::turns));
    const double share = total > 0 ? std::max(kLeastSeconds, std::min(first, left / waiting)) : 0;
    return Turn{static_cast<std::size_t>(next - jobs.begin()), share};
  }
  if (total <= 0 || left < first) return std::nullopt;
  const double later = left < (kLaterTurn + 1) * first ? left : kLaterTurn * first;  // no crumbs
  std::optional<Turn> best;
  double most = 0;
  for (std::size_t i = 0; i < jobs.size(); ++i) {
    if (!jobs[i].open) continue;
    const double gain = ExpectedGain(jobs[i], later);
    if (gain > most) best = Turn{i, later};
    most = std::max(most, gain);
  }
  return best;
}

}  // namespace hone
