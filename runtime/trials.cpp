#include "runtime/trials.h"

#include <algorithm>

#include "db/statistics.h"

namespace hone {
namespace {

constexpr std::size_t kFirst = 3;       // timings of the incumbent before anything is held against it
constexpr double kHopeless = 3;         // the least of its timings this much slower: one is enough
constexpr double kClearlySlower = 1.1;  // … of two or more

double Least(const std::vector<double>& samples) { return *std::ranges::min_element(samples); }

}  // namespace

Trials::Trials(std::vector<double> expected, double overhead) : overhead_(overhead) {
  for (const double relative : expected) candidates_.push_back({.expected = relative, .samples = {}});
  if (candidates_.size() < 2) converged_ = true;
}

double Trials::Incumbent() const { return Summarize(candidates_[0].samples).median_ns; }

double Trials::LossOf(const Candidate& candidate) const {
  const double incumbent = Incumbent();
  const double guess = candidate.samples.empty() ? incumbent * candidate.expected : Least(candidate.samples);
  return std::max(0.0, guess - incumbent);
}

Trials::Next Trials::Choose() {
  if (converged_) return {best_, false};
  Candidate& incumbent = candidates_[0];
  if (incumbent.samples.size() < kFirst) {
    if (incumbent.pending) return {0, false};
    incumbent.pending = true;
    return {0, true};
  }
  Candidate* least = nullptr;  // of those still open the one tried least
  for (Candidate& one : candidates_) {
    if (one.finished() || one.pending) continue;
    if (!least || one.samples.size() < least->samples.size()) least = &one;
  }
  const double loss = least ? LossOf(*least) : 0;
  if (!least || lost_ns_ + at_stake_ns_ + loss > overhead_ * total_ns_) {
    total_ns_ += Incumbent();  // not timed: as ever
    return {0, false};
  }
  least->pending = true;
  at_stake_ns_ += least->at_stake_ns = loss;
  return {static_cast<std::size_t>(least - candidates_.data()), true};
}

void Trials::Forget(std::size_t candidate) {
  Candidate& one = candidates_[candidate];
  at_stake_ns_ -= one.at_stake_ns;
  one.at_stake_ns = 0;
  one.pending = false;
}

void Trials::Learn(std::size_t candidate, double ns) {
  Forget(candidate);
  Candidate& one = candidates_[candidate];
  one.samples.push_back(ns);
  total_ns_ += ns;
  if (candidate != 0) {
    const double incumbent = Incumbent();
    lost_ns_ += std::max(0.0, ns - incumbent);
    one.dropped = Least(one.samples) > (one.samples.size() > 1 ? kClearlySlower : kHopeless) * incumbent;
  }
  if (std::ranges::all_of(candidates_, &Candidate::finished)) Finish();
}

void Trials::Finish() {
  double least = 0;
  for (std::size_t i = 0; i < candidates_.size(); ++i) {
    if (candidates_[i].dropped) continue;
    const double median = Summarize(candidates_[i].samples).median_ns;
    if (i == 0 || median < least) best_ = i, least = median;
  }
  converged_ = true;
}

}  // namespace hone
