// Who won? Judges times that were taken in turns, so that a drifting clock touched all alike.
//
// The first by median leads. Whoever the Mann-Whitney test cannot tell from the leader, or is within half a percent of it, is
// tied; among the tied the simplest wins, because speed no longer speaks against it.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace hone {

// About how long `rounds` of these take, with what comes before the first.
double PlayoffSeconds(std::span<const double> medians_ns, int rounds);
// How many rounds these variants have time for, at most `most`; 0: fewer than can tell anything.
int PlayoffRounds(double seconds, std::span<const double> medians_ns, int most);

struct Verdict {
  std::vector<std::size_t> order;  // by median, fastest first
  std::vector<bool> tied;          // with order[0], by index; order[0] itself included
  std::vector<double> p_values;    // against order[0]; 1 for itself
  std::size_t winner = 0;
};

constexpr double kTiedAbove = 0.01;         // p-value
constexpr double kNegligibleShare = 0.005;  // of the leader's median

// times: one list per variant, not empty. complexity: one per variant, smaller is simpler.
Verdict Judge(std::span<const std::vector<double>> times, std::span<const double> complexity);

}  // namespace hone
