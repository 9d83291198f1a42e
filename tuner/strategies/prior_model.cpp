#include "tuner/strategies/prior_model.h"

#include <algorithm>
#include <cmath>

#include "tuner/strategies/improvement.h"

namespace hone {

PriorModel::PriorModel(const Space& space, const std::vector<Prior>& priors, Random& random) : space_(space) {
  constexpr std::size_t kMostFitted = 2000;
  for (const Prior& prior : priors) {
    double best = kFailed, worst = 0;
    for (const auto& [point, cost] : prior.costs) {
      if (cost >= kFailed) continue;
      best = std::min(best, cost);
      worst = std::max(worst, cost);
    }
    if (best >= kFailed) continue;
    Source source{.known = {}, .ranking = {}, .forest = Forest(space)};
    for (const auto& [point, cost] : prior.costs) {
      const double ratio = cost < kFailed ? cost / best : 1.5 * worst / best;
      source.known.emplace_back(point, static_cast<float>(Flatten(std::log(ratio))));
    }
    auto by_cost = source.known;
    std::sort(by_cost.begin(), by_cost.end(),
              [](const auto& a, const auto& b) { return a.second != b.second ? a.second < b.second : a.first < b.first; });
    for (const auto& [point, cost] : by_cost) source.ranking.push_back(point);
    if (source.known.size() < space.Count()) {
      std::vector<Forest::Sample> samples;
      const std::size_t stride = 1 + source.known.size() / kMostFitted;
      for (std::size_t i = 0; i < by_cost.size(); i += i < 200 ? 1 : stride)
        samples.push_back({by_cost[i].first, by_cost[i].second, 0, 0});
      source.forest.Fit(space, samples, {.trees = 8}, random);
    }
    std::sort(source.known.begin(), source.known.end());
    sources_.push_back(std::move(source));
  }
  for (Source& source : sources_) source.weight = 1 / static_cast<double>(sources_.size());
}

double PriorModel::Said(const Source& source, PointId point) const {
  const auto at = std::lower_bound(source.known.begin(), source.known.end(), point,
                                   [](const auto& one, PointId wanted) { return one.first < wanted; });
  if (at != source.known.end() && at->first == point) return at->second;
  return source.forest.fitted() ? source.forest.Predict(space_.CodesOf(point)).mean : source.known.back().second;
}

void PriorModel::Weigh(std::span<const std::pair<PointId, double>> measured) {
  constexpr double kSlopeBelief = 2;  // as many measurements as the belief in a slope of 1 weighs
  constexpr double kTemper = 0.25;    // of the evidence: residuals are not independent
  constexpr double kVarianceFloor = 1e-3;
  const double n = static_cast<double>(measured.size());
  if (measured.empty()) return;
  std::vector<double> evidence;
  for (Source& source : sources_) {
    double x_mean = 0, y_mean = 0;
    std::vector<double> x;
    for (const auto& [point, y] : measured) {
      x.push_back(Said(source, point));
      x_mean += x.back() / n;
      y_mean += y / n;
    }
    double xx = 0, xy = 0, squares = 0;
    for (std::size_t i = 0; i < x.size(); ++i) {
      xx += (x[i] - x_mean) * (x[i] - x_mean);
      xy += (x[i] - x_mean) * (measured[i].second - y_mean);
    }
    const double belief = kSlopeBelief * (xx / n + 0.01);
    source.slope = std::clamp((xy + belief) / (xx + belief), 0.0, 1.5);
    source.intercept = y_mean - source.slope * x_mean;
    for (std::size_t i = 0; i < x.size(); ++i)
      squares += std::pow(measured[i].second - source.intercept - source.slope * x[i], 2);
    evidence.push_back(-0.5 * kTemper * n * std::log(squares / n + kVarianceFloor));
  }
  const double most = evidence.empty() ? 0 : *std::max_element(evidence.begin(), evidence.end());
  double sum = 0;
  for (std::size_t i = 0; i < sources_.size(); ++i) sum += sources_[i].weight = std::exp(evidence[i] - most);
  for (Source& source : sources_) source.weight /= sum;
}

double PriorModel::Expect(PointId point) const {
  double sum = 0;
  for (const Source& source : sources_) {
    if (source.weight > 1e-3) sum += source.weight * (source.intercept + source.slope * Said(source, point));
  }
  return sum;
}

std::vector<PointId> PriorModel::Best(const Trial& trial, std::size_t most) const {
  std::vector<PointId> points;
  for (const Source& source : sources_) {  // candidates: the best unknown ones of each
    std::size_t taken = 0;
    for (std::size_t i = 0; i < source.ranking.size() && taken < most; ++i) {
      if (trial.Known(source.ranking[i])) continue;
      points.push_back(source.ranking[i]);
      ++taken;
    }
  }
  std::sort(points.begin(), points.end());
  points.erase(std::unique(points.begin(), points.end()), points.end());
  std::vector<std::pair<double, PointId>> order;
  for (PointId point : points) order.emplace_back(Expect(point), point);
  std::sort(order.begin(), order.end());
  if (order.size() > most) order.resize(most);
  points.clear();
  for (const auto& [cost, point] : order) points.push_back(point);
  return points;
}

}  // namespace hone
