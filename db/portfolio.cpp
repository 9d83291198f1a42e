#include "db/portfolio.h"

#include <algorithm>
#include <map>
#include <set>

namespace hone {
namespace {

constexpr int kMaxSteps = 200000;  // of the exact search: well under a second

class Cover {
 public:
  Cover(const std::vector<double>& best_ns, const std::vector<Timing>& timings, double within) {
    std::map<std::size_t, std::set<std::size_t>> cases_of;
    for (const Timing& timing : timings) {
      if (timing.ns <= best_ns[timing.case_index] * (1 + within)) cases_of[timing.variant].insert(timing.case_index);
    }
    for (auto& [variant, cases] : cases_of) sets_.push_back({variant, {cases.begin(), cases.end()}});
    DropDominated();
    covers_.resize(best_ns.size());
    for (std::size_t set = 0; set < sets_.size(); ++set) {
      for (const std::size_t at : sets_[set].cases) covers_[at].push_back(set);
    }
    covered_.resize(best_ns.size());
    for (const auto& covers : covers_) left_ += covers.empty() ? 0 : 1;
  }

  Portfolio Solve() {
    Greedy();
    const bool proved = Improve();
    Portfolio portfolio{.variants = {}, .smallest = proved};
    for (const std::size_t set : fewest_) portfolio.variants.push_back(sets_[set].variant);
    std::ranges::sort(portfolio.variants);
    return portfolio;
  }

 private:
  struct Set {
    std::size_t variant = 0;
    std::vector<std::size_t> cases;  // ascending
  };

  // A variant whose cases another one covers too is not needed (of two equals the first stays).
  void DropDominated() {
    std::ranges::stable_sort(sets_, std::greater{}, [](const Set& set) { return set.cases.size(); });
    std::vector<Set> kept;
    for (Set& set : sets_) {
      const bool dominated =
          std::ranges::any_of(kept, [&](const Set& other) { return std::ranges::includes(other.cases, set.cases); });
      if (!dominated) kept.push_back(std::move(set));
    }
    sets_ = std::move(kept);
    largest_ = sets_.empty() ? 1 : sets_.front().cases.size();
  }

  void Greedy() {
    while (left_ > 0) {
      std::size_t best = 0, most = 0;
      for (std::size_t set = 0; set < sets_.size(); ++set) {
        const std::size_t gain = Gain(set);
        if (gain > most) best = set, most = gain;
      }
      Take(best);
    }
    fewest_ = taken_;
    while (!taken_.empty()) Drop();
  }

  std::size_t Gain(std::size_t set) const {
    return static_cast<std::size_t>(std::ranges::count(sets_[set].cases, 0, [&](std::size_t at) { return covered_[at]; }));
  }
  void Take(std::size_t set) {
    for (const std::size_t at : sets_[set].cases) left_ -= covered_[at]++ == 0 ? 1 : 0;
    taken_.push_back(set);
  }
  void Drop() {
    for (const std::size_t at : sets_[taken_.back()].cases) left_ += --covered_[at] == 0 ? 1 : 0;
    taken_.pop_back();
  }

  // Every way to cover the case that is hardest to cover, each followed to its end or to where it cannot be smaller any
  // more. False: gave up.
  bool Improve() {
    if (left_ == 0) {
      if (taken_.size() < fewest_.size()) fewest_ = taken_;
      return true;
    }
    if (++steps_ > kMaxSteps) return false;
    const std::size_t at_least = (left_ + largest_ - 1) / largest_;
    if (taken_.size() + at_least >= fewest_.size()) return true;
    for (const std::size_t set : covers_[Hardest()]) {
      Take(set);
      const bool finished = Improve();
      Drop();
      if (!finished) return false;
    }
    return true;
  }

  std::size_t Hardest() const {
    std::size_t hardest = covers_.size();
    for (std::size_t at = 0; at < covers_.size(); ++at) {
      if (covered_[at] > 0 || covers_[at].empty()) continue;
      if (hardest == covers_.size() || covers_[at].size() < covers_[hardest].size()) hardest = at;
    }
    return hardest;
  }

  std::vector<Set> sets_;
  std::vector<std::vector<std::size_t>> covers_;  // by case: indices into sets_
  std::vector<int> covered_;                      // by case: how often
  std::vector<std::size_t> taken_, fewest_;
  std::size_t left_ = 0, largest_ = 1;
  int steps_ = 0;
};

}  // namespace

Portfolio FindPortfolio(const std::vector<double>& best_ns, const std::vector<Timing>& timings, double within) {
  return Cover(best_ns, timings, within).Solve();
}

}  // namespace hone
