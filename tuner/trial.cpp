#include "tuner/trial.h"

#include <algorithm>
#include <chrono>

namespace hone {
namespace {

double WallSeconds() { return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count(); }

}  // namespace

std::string_view ToText(Stop stop) {
  switch (stop) {
    case Stop::kNone: return "running";
    case Stop::kEvaluations: return "evaluations spent";
    case Stop::kSeconds: return "time spent";
    case Stop::kTarget: return "target reached";
    case Stop::kNoImprovement: return "no improvement";
    case Stop::kConfident: return "confident";
    case Stop::kWallTime: return "wall time spent";
    case Stop::kExhausted: return "every point measured";
  }
  return "?";
}

Trial::Trial(const Space& space, Objective& objective, TrialOptions options)
    : space_(space), objective_(objective), options_(std::move(options)), random_(options_.seed) {
  if (options_.budget.wall_seconds > 0) wall_start_ = WallSeconds();
  for (const auto& [point, seen] : options_.known) {
    if (!memory_.contains(point)) Remember(point, seen);
  }
}

void Trial::Remember(PointId point, const Observation& seen) {
  memory_.emplace(point, seen);
  records_.push_back({point, seen, seconds_});
  ++since_improvement_;
  if (seen.ok() && seen.cost < best_cost_) {
    best_cost_ = seen.cost;
    best_ = point;
    since_improvement_ = 0;
  }
}

const Observation* Trial::Recall(PointId point) const {
  const auto it = memory_.find(point);
  return it == memory_.end() ? nullptr : &it->second;
}

void Trial::CheckBudget() {
  const Budget& budget = options_.budget;
  const auto end = [this](bool now, Stop why) {
    if (now && stop_ == Stop::kNone) stop_ = why;
  };
  end(memory_.size() >= space_.Count(), Stop::kExhausted);
  end(budget.evaluations > 0 && evaluations_ >= budget.evaluations, Stop::kEvaluations);
  end((budget.seconds > 0 && seconds_ >= budget.seconds) || objective_.TimeUsed() >= 1, Stop::kSeconds);
  end(budget.target > 0 && best_cost_ <= budget.target, Stop::kTarget);
  end(budget.no_improvement > 0 && since_improvement_ >= budget.no_improvement, Stop::kNoImprovement);
  if (budget.wall_seconds > 0) end(WallSeconds() - wall_start_ >= budget.wall_seconds, Stop::kWallTime);
  if (stop_ != Stop::kNone) throw TrialOver{};
}

double Trial::Cost(PointId point) {
  if (const Observation* seen = Recall(point)) {
    if (stop_ != Stop::kNone) throw TrialOver{};
    if (++revisits_ >= options_.budget.revisits) {
      revisits_ = 0;
      throw TrialStuck{};
    }
    return seen->cost;
  }
  CheckBudget();
  revisits_ = 0;
  const Observation seen = objective_.Measure(point);
  ++evaluations_;
  seconds_ += seen.seconds;
  Remember(point, seen);
  return seen.cost;
}

std::vector<double> Trial::Costs(std::span<const PointId> points) {
  std::vector<PointId> ahead(points.begin(), points.end());
  std::erase_if(ahead, [this](PointId p) { return Known(p); });
  if (!ahead.empty()) objective_.Expect(ahead);
  std::vector<double> costs;
  for (PointId point : points) costs.push_back(Cost(point));
  return costs;
}

double Trial::Progress() const {
  const Budget& budget = options_.budget;
  double used = static_cast<double>(memory_.size()) / static_cast<double>(std::max<std::uint64_t>(space_.Count(), 1));
  if (budget.evaluations > 0) {
    used = std::max(used, static_cast<double>(evaluations_) / static_cast<double>(budget.evaluations));
  }
  if (budget.seconds > 0) used = std::max(used, seconds_ / budget.seconds);
  return std::min(std::max(used, objective_.TimeUsed()), 1.0);
}

PointId Trial::SampleUnknown() {
  CheckBudget();
  for (int attempt = 0; unknown_.empty() && attempt < 64; ++attempt) {
    const PointId point = space_.Sample(random_);
    if (!Known(point)) return point;
  }
  if (unknown_.empty()) {  // few are left: list them once
    for (PointId point = 0; point < space_.Count(); ++point) {
      if (!Known(point)) unknown_.push_back(point);
    }
  }
  while (!unknown_.empty()) {
    const std::size_t i = random_.Below(unknown_.size());
    if (!Known(unknown_[i])) return unknown_[i];
    unknown_[i] = unknown_.back();
    unknown_.pop_back();
  }
  throw TrialOver{};
}

void Trial::SetGainChance(double chance) {
  gain_chance_ = chance;
  if (options_.budget.confident && chance < 0.05 && stop_ == Stop::kNone) {
    stop_ = Stop::kConfident;
    throw TrialOver{};
  }
}

}  // namespace hone
