// The default. It learns a Gaussian process of the cost while it measures, and asks next for what promises most improvement.
//
// 1. First points: what the kernel's author gave and the best of each prior (other devices, problems), then points whose sizes
//    divide, far from each other, until four work. One of these is enough where a prior's best is better.
// 2. The model (tuner/gaussian.h), over what priors expect (prior_model.h). It sees the logarithm of the cost over the best,
//    flattened where points are so bad that it does not matter how bad. Failures are no costs: a forest learns where they are.
// 3. Candidates: random legal points, every neighbour of the best few, the best of the priors. A sample, not all: a decision
//    stays cheap in a space of any size, and the model's optimism about far points is not harvested at once. In the last fifth
//    of the budget neighbours only: what is begun elsewhere now would not be finished.
// 4. The next point has the highest expected improvement times the chance that it works, over expected seconds to the power
//    kThrift. The longer the best has stood without priors, the less sure the model is taken to be. It is fitted again when the
//    measurements have grown by kGrowth; in between the runners-up are measured (and compiled ahead).
//    Every second fit is taken at its word once kTrusted points are known: the lowest expected cost is next.
//    Improvement alone prefers what is unknown, and passes over the best guess where the model is sure that it is no gain.
//    That fit also descends the model, from the best points to neighbours and on to theirs: the optimum tends to differ from
//    the best known point in two or three dimensions, and a large space seldom draws it.
// 5. Where making a variant takes longer than measuring it, points are decided some turns ahead (TrialOptions::ahead): until
//    the turn of one comes the model believes its own guess of it, which keeps the next ones away from it.
//
// Source: ours, from the parts named in gaussian.h, forest.h and improvement.h; cost-aware improvement after Snoek, Larochelle
// and Adams (2012); improvement times feasibility after Gardner et al. (2014); believed guesses after Ginsbourger, Le Riche and
// Carraro, Kriging Is Well-Suited to Parallelize Optimization (2010). tuner/README.md has the numbers.
#include <algorithm>
#include <cmath>
#include <deque>
#include <queue>
#include <set>
#include <span>
#include <unordered_set>
#include <vector>

#include "tuner/forest.h"
#include "tuner/gaussian.h"
#include "tuner/strategies/first_points.h"
#include "tuner/strategies/improvement.h"
#include "tuner/strategies/prior_model.h"
#include "tuner/strategies/strategies.h"
#include "tuner/trial.h"

namespace hone {
namespace {

constexpr std::ptrdiff_t kFirst = 4;        // that work, before the model is used; of three times as many at most
constexpr std::size_t kLeaders = 3;         // whose neighbours are always candidates
constexpr std::size_t kLastLeaders = 5;     // near the end
constexpr double kNearEnd = 0.8;            // share of the budget
constexpr std::uint64_t kPool = 1000;       // random candidates; all points of a space of up to twice as many
constexpr std::size_t kFromPriors = 100;    // candidates
constexpr std::size_t kMostModelled = 200;  // measurements: the best half and the latest
constexpr std::size_t kMostExact = 400;     // candidates whose spread is worked out
constexpr std::size_t kAnnounced = 24;      // candidates, to be compiled
constexpr std::size_t kAheadShare = 2;      // measurements for each point that is decided ahead
constexpr std::size_t kTrusted = 100;       // measurements, before the lowest expected cost is worth one
constexpr int kDescent = 3;                 // steps from neighbour to neighbour
constexpr std::ptrdiff_t kWidth = 10;       // points that a step goes on from
constexpr std::size_t kDescendFrom = 30;    // the best known points
constexpr double kGrowth = 0.02;            // share of measurements between fits
constexpr double kThrift = 0.6;             // how much seconds count
constexpr double kLeastChance = 0.03;       // of a point to work, however many like it failed
constexpr double kWorthwhile = 0.01;        // a gain, for stopping when confident
constexpr int kSureFits = 3;                // fits in a row that must agree on it

class AutoSearch {
 public:
  explicit AutoSearch(Trial& trial)
      : trial_(trial),
        space_(trial.space()),
        priors_(space_, trial.options().priors, trial.random()),
        gaussian_(space_),
        failures_(space_),
        codes_(space_.dimensions().size()) {}

  void Run() {
    FirstPoints();
    for (;;) {
      FitCosts();
      FitFailures();
      const Ranking ranking = Rank(Candidates());
      decided_.insert(decided_.end(), ranking.points.begin(),
                      ranking.points.begin() + static_cast<std::ptrdiff_t>(ranking.due));
      Announce(ranking);
      if (decided_.empty()) trial_.Cost(trial_.SampleUnknown());
      const std::size_t ahead = ranking.due == 0 ? 0 : std::min(trial_.PointsAhead(), trial_.records().size() / kAheadShare);
      while (decided_.size() > ahead) {
        const PointId next = decided_.front();
        decided_.pop_front();
        trial_.Cost(next);
      }
    }
  }

 private:
  struct Candidate {
    PointId point;
    double cost, seconds, deviation;  // expected; deviation: at most, until it is worked out
    double value;                     // lower is better
    bool operator<(const Candidate& other) const { return value != other.value ? value < other.value : point < other.point; }
  };

  struct Ranking {
    std::vector<PointId> points;  // best first
    std::size_t due = 0;          // that many are measured before the next fit; the rest is likely to come later
  };

  void FirstPoints() {
    for (PointId point : trial_.options().start) trial_.Cost(point);
    for (const Prior& prior : trial_.options().priors) {
      if (prior.costs.empty()) continue;
      trial_.Say("starts from what " + prior.label + " found best");
      trial_.Cost(prior.costs.front().first);
    }
    // Beside a point that no prior chose it shows whether they mislead: where none of theirs is better, this is a cold start.
    const double given = priors_.empty() ? kFailed : trial_.best_cost();
    bool trusted = false;
    while (!trusted && FirstPointsMissing() > 0) {
      std::vector<PointId> chosen;  // all that are missing, so that they are compiled side by side
      for (std::ptrdiff_t missing = FirstPointsMissing(); missing > 0; --missing) chosen.push_back(FirstPoint(trial_, chosen));
      trial_.Expect(chosen);
      for (std::size_t i = 0; i < chosen.size() && !trusted && FirstPointsMissing() > 0; ++i) {
        trial_.Cost(chosen[i]);
        trusted = given < kFailed && given <= trial_.best_cost();
      }
    }
  }

  std::ptrdiff_t FirstPointsMissing() const {
    const auto& records = trial_.records();
    const std::ptrdiff_t first = kFirst + std::ssize(trial_.options().priors);
    const auto working = std::count_if(records.begin(), records.end(), [](const auto& one) { return one.seen.ok(); });
    if (working > 0 && std::ssize(records) >= 3 * first) return 0;
    return std::max<std::ptrdiff_t>(first - working, 0);
  }

  void Announce(const Ranking& ranking) {
    std::vector<PointId> next(decided_.begin(), decided_.end());
    next.insert(next.end(), ranking.points.begin() + static_cast<std::ptrdiff_t>(ranking.due), ranking.points.end());
    trial_.Expect(next);
  }

  // Best first.
  std::vector<PointId> Leaders(std::size_t most) const {
    std::vector<std::pair<double, PointId>> order;
    for (const Trial::Record& record : trial_.records()) {
      if (record.seen.ok()) order.emplace_back(record.seen.cost, record.point);
    }
    const std::size_t count = std::min(most, order.size());
    std::partial_sort(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(count), order.end());
    std::vector<PointId> leaders;
    for (std::size_t i = 0; i < count; ++i) leaders.push_back(order[i].second);
    return leaders;
  }

  void FitCosts() {
    const double best = std::log(trial_.best_cost());
    std::vector<std::pair<PointId, double>> costs;
    std::vector<Gaussian::Sample> samples;
    for (const auto& [point, seen, at] : trial_.records()) {
      if (!seen.ok()) continue;
      costs.emplace_back(point, Flatten(std::log(seen.cost) - best));
      samples.push_back({point, costs.back().second, std::log(seen.seconds + 1e-3)});
    }
    priors_.Weigh(costs);
    for (Gaussian::Sample& sample : samples) sample.cost -= priors_.Expect(sample.point);
    if (samples.size() > kMostModelled) {
      constexpr std::ptrdiff_t kHalf = kMostModelled / 2;
      std::partial_sort(samples.begin(), samples.begin() + kHalf, samples.end() - kHalf,
                        [](const auto& a, const auto& b) { return a.cost != b.cost ? a.cost < b.cost : a.point < b.point; });
      samples.erase(samples.begin() + kHalf, samples.end() - kHalf);
    }
    for (PointId point : decided_) {
      const Gaussian::Guess guess = gaussian_.Look(point);
      samples.push_back({point, std::max(guess.cost, -priors_.Expect(point)), guess.seconds});
    }
    gaussian_.Fit(samples);
  }

  void FitFailures() {
    std::vector<Forest::Sample> samples;
    bool any = false;
    for (const auto& [point, seen, at] : trial_.records()) {
      const float failed = seen.ok() ? 0 : 1;
      samples.push_back({point, failed, 0, failed});
      any = any || !seen.ok();
    }
    if (any) failures_.Fit(space_, samples, {.trees = 12}, trial_.random());
  }

  double ChanceToWork(PointId point) {
    if (!failures_.fitted()) return 1;
    space_.GetCodes(point, codes_);
    return std::max(kLeastChance, 1 - failures_.Predict(codes_).failed);
  }

  std::vector<PointId> Candidates() {
    const bool near_end = trial_.Progress() >= kNearEnd;
    std::vector<PointId> pool;
    if (!near_end) pool = priors_.Best(trial_, kFromPriors);
    for (PointId leader : Leaders(near_end ? kLastLeaders : kLeaders)) space_.Neighbours(leader, Neighbourhood::kHamming, pool);
    KeepUntaken(pool);
    if (near_end && pool.size() >= kAnnounced) return pool;
    if (space_.Count() <= 2 * kPool) {
      for (PointId point = 0; point < space_.Count(); ++point) pool.push_back(point);
    } else {
      for (std::uint64_t i = 0; i < kPool; ++i) pool.push_back(space_.Sample(trial_.random()));
    }
    KeepUntaken(pool);
    return pool;
  }

  // Each once.
  void KeepUntaken(std::vector<PointId>& pool) const {
    std::sort(pool.begin(), pool.end());
    pool.erase(std::unique(pool.begin(), pool.end()), pool.end());
    std::erase_if(pool, [this](PointId point) { return Taken(point); });
  }

  bool Taken(PointId point) const {
    return trial_.Known(point) || std::find(decided_.begin(), decided_.end(), point) != decided_.end();
  }

  // Without priors the model's spreads are too small where it has settled on a wrong hill: they grow with the share of the
  // measurements since the best was found, up to twofold.
  double Doubt() const {
    if (!trial_.options().priors.empty()) return 1;
    const auto& records = trial_.records();
    const auto best = std::find_if(records.rbegin(), records.rend(), [this](const Trial::Record& record) {
      return record.seen.ok() && record.seen.cost <= trial_.best_cost();
    });
    return 1 + static_cast<double>(best - records.rbegin()) / static_cast<double>(records.size());
  }

  static double ImprovementValue(const Candidate& candidate) {
    return kThrift * candidate.seconds - std::log(ExpectedImprovement(0, candidate.cost, candidate.deviation) + 1e-30);
  }

  bool ByExpectedCost() { return ++fits_ % 2 == 0 && trial_.records().size() >= kTrusted; }

  Candidate Look(PointId point, double doubt) {
    const Gaussian::Guess guess = gaussian_.Look(point);
    return {point, guess.cost + priors_.Expect(point), guess.seconds, doubt * guess.deviation_at_most, 0};
  }

  Ranking Rank(const std::vector<PointId>& pool) {
    const double doubt = Doubt();
    std::vector<Candidate> order;
    for (PointId point : pool) order.push_back(Look(point, doubt));
    Ranking ranking;
    ranking.due = std::min(order.size(), 1 + static_cast<std::size_t>(kGrowth * static_cast<double>(trial_.records().size())));
    if (ByExpectedCost()) {
      SortByExpectedCost(order);
    } else {
      SortByImprovement(order, ranking.due, doubt);
    }
    for (std::size_t i = 0; i < std::min(order.size(), std::max(kAnnounced, ranking.due)); ++i)
      ranking.points.push_back(order[i].point);
    return ranking;
  }

  double ExpectedCost(const Candidate& candidate) {
    constexpr double kFailure = 1;  // flattened: as 24 times the best
    const double chance = ChanceToWork(candidate.point);
    return chance * candidate.cost + (1 - chance) * kFailure;
  }

  void SortByExpectedCost(std::vector<Candidate>& order) {
    for (Candidate& candidate : order) candidate.value = ExpectedCost(candidate);
    std::sort(order.begin(), order.end());
    Descend(order);
    std::sort(order.begin(), order.end());
  }

  // Adds candidates, from neighbour to neighbour. Steps may lead over known points, which are not added.
  void Descend(std::vector<Candidate>& order) {
    std::unordered_set<PointId> met;
    for (const Candidate& candidate : order) met.insert(candidate.point);
    std::set<Candidate> open(order.begin(), order.begin() + std::min(std::ssize(order), kDescent * kWidth));
    const auto meet = [&](PointId point) {
      if (!met.insert(point).second) return;
      Candidate candidate = Look(point, 1);
      candidate.value = ExpectedCost(candidate);
      open.insert(candidate);
      if (!Taken(point)) order.push_back(candidate);
    };
    for (PointId leader : Leaders(kDescendFrom)) meet(leader);
    for (int step = 0; step < kDescent; ++step) {
      std::vector<PointId> neighbours;
      for (std::ptrdiff_t i = 0; i < kWidth && !open.empty(); ++i) {
        space_.Neighbours(open.begin()->point, Neighbourhood::kHamming, neighbours);
        open.erase(open.begin());
      }
      for (PointId point : neighbours) meet(point);
    }
  }

  // Spreads are worked out in the order of what a point can promise at most, and only while that beats what is due.
  void SortByImprovement(std::vector<Candidate>& order, std::size_t due, double doubt) {
    for (Candidate& candidate : order) candidate.value = ImprovementValue(candidate);
    std::sort(order.begin(), order.end());
    std::priority_queue<double> values;  // of what is due, the worst on top
    auto end = order.begin();            // of those worked out
    for (const auto last = end + static_cast<std::ptrdiff_t>(std::min(order.size(), std::max(kMostExact, due))); end != last;
         ++end) {
      if (values.size() == due && values.top() < end->value) break;
      end->deviation = doubt * gaussian_.Deviation(end->point);
      end->value = ImprovementValue(*end) - std::log(ChanceToWork(end->point));
      values.push(end->value);
      if (values.size() > due) values.pop();
    }
    std::sort(order.begin(), end);
    if (trial_.options().budget.confident) TellChance({order.begin(), end});
  }

  // Of a gain worth having: the sum of the chances of what was looked at and, from a sample, of the rest of the space.
  void TellChance(std::span<const Candidate> seen) {
    constexpr int kSample = 300;
    double chance = 0, elsewhere = 0;
    for (const Candidate& candidate : seen) chance += ChanceBelow(-kWorthwhile, candidate.cost, candidate.deviation);
    for (int i = 0; i < kSample; ++i) {
      const PointId point = space_.Sample(trial_.random());
      if (trial_.Known(point)) continue;
      elsewhere += ChanceBelow(-kWorthwhile, gaussian_.Look(point).cost + priors_.Expect(point), gaussian_.Deviation(point));
    }
    chance += elsewhere / kSample * static_cast<double>(space_.Count());
    sure_ = chance < 0.05 ? sure_ + 1 : 0;
    if (sure_ >= kSureFits) trial_.SetGainChance(chance);
  }

  Trial& trial_;
  const Space& space_;
  PriorModel priors_;
  Gaussian gaussian_;
  Forest failures_;  // fitted once something failed
  Codes codes_;
  std::deque<PointId> decided_;  // not measured yet
  int fits_ = 0, sure_ = 0;
};

}  // namespace

void SearchAuto(Trial& trial) { AutoSearch(trial).Run(); }

}  // namespace hone
