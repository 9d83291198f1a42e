// Private to runtime/: which of several variants the next dispatch runs, so that the fastest is found at a bounded
// price. Knows no Vulkan.
//
// The first is the incumbent and runs nearly always. The others are tried in turn, but only while the time lost to slow
// ones, with what the next trial may lose, stays below `overhead` of all the time spent. A candidate that is clearly
// slower is dropped early; when each that is left has kSamples timings, the least median wins and nothing is tried
// again.
#pragma once

#include <cstddef>
#include <vector>

namespace hone {

class Trials {
 public:
  static constexpr std::size_t kSamples = 7;
  static constexpr double kUnknown = 1.5;  // how slow, relative to the incumbent, a variant is taken to be before its trial

  // expected: each candidate's time relative to the first's, as far as anything is known of it. At least one.
  Trials(std::vector<double> expected, double overhead);

  struct Next {
    std::size_t candidate = 0;
    bool timed = false;  // Learn or Forget is to be called for it
  };
  Next Choose();
  void Learn(std::size_t candidate, double ns);
  void Forget(std::size_t candidate);  // it was not run, or not timed

  bool converged() const { return converged_; }
  std::size_t best() const { return best_; }
  double lost() const { return total_ns_ > 0 ? lost_ns_ / total_ns_ : 0; }  // share of all the time so far
  const std::vector<double>& samples(std::size_t candidate) const { return candidates_[candidate].samples; }
  bool dropped(std::size_t candidate) const { return candidates_[candidate].dropped; }  // known to be slower, not how much

 private:
  struct Candidate {
    double expected = 1;
    std::vector<double> samples;
    bool pending = false;    // a trial is under way …
    double at_stake_ns = 0;  // … that may lose this
    bool dropped = false;
    bool finished() const { return dropped || samples.size() >= kSamples; }
  };
  double Incumbent() const;  // median, ns
  double LossOf(const Candidate& candidate) const;
  void Finish();

  std::vector<Candidate> candidates_;
  double overhead_;
  double total_ns_ = 0, lost_ns_ = 0, at_stake_ns_ = 0;
  std::size_t best_ = 0;
  bool converged_ = false;
};

}  // namespace hone
