// Bayesian optimisation with a Gaussian process on positions (Matérn 5/2), and expected improvement.
//
// Source: Snoek, Larochelle and Adams, "Practical Bayesian optimization of machine learning algorithms", NIPS (2012); for
// tuning spaces Willemsen, van Nieuwpoort and van Werkhoven, "Bayesian optimization for auto-tuning GPU kernels", PMBS (2021).
// Failures are left out of the model, as in the latter. The length scale maximises the likelihood over a few values.
#include <algorithm>
#include <cmath>
#include <vector>

#include "tuner/strategies/improvement.h"
#include "tuner/strategies/moves.h"
#include "tuner/strategies/strategies.h"

namespace hone {
namespace {

constexpr std::uint64_t kRandomStarts = 10;
constexpr std::size_t kMostSamples = 200, kCandidates = 300;
constexpr double kNoise = 1e-3;

double Matern(const std::vector<double>& a, const std::vector<double>& b, double length) {
  double squares = 0;
  for (std::size_t d = 0; d < a.size(); ++d) squares += (a[d] - b[d]) * (a[d] - b[d]);
  const double r = std::sqrt(5 * squares) / length;
  return (1 + r + r * r / 3) * std::exp(-r);
}

// Standardised costs at positions; a Cholesky factor of their covariance.
class GaussianProcess {
 public:
  GaussianProcess(std::vector<std::vector<double>> at, const std::vector<double>& cost, double length)
      : at_(std::move(at)), length_(length), n_(at_.size()), factor_(n_ * n_), weights_(cost) {
    for (std::size_t i = 0; i < n_; ++i) {
      for (std::size_t j = 0; j <= i; ++j) {
        double sum = Matern(at_[i], at_[j], length) + (i == j ? kNoise : 0);
        for (std::size_t k = 0; k < j; ++k) sum -= factor_[i * n_ + k] * factor_[j * n_ + k];
        factor_[i * n_ + j] = i == j ? std::sqrt(std::max(sum, 1e-9)) : sum / factor_[j * n_ + j];
      }
    }
    Forward(weights_);
    for (std::size_t i = 0; i < n_; ++i) log_likelihood_ -= 0.5 * weights_[i] * weights_[i] + std::log(factor_[i * n_ + i]);
    for (std::size_t i = n_; i-- > 0;) {  // back substitution
      for (std::size_t k = i + 1; k < n_; ++k) weights_[i] -= factor_[k * n_ + i] * weights_[k];
      weights_[i] /= factor_[i * n_ + i];
    }
  }

  double log_likelihood() const { return log_likelihood_; }

  std::pair<double, double> Predict(const std::vector<double>& where) const {  // mean, deviation
    std::vector<double> covariance(n_);
    double mean = 0, variance = 1 + kNoise;
    for (std::size_t i = 0; i < n_; ++i) {
      covariance[i] = Matern(at_[i], where, length_);
      mean += covariance[i] * weights_[i];
    }
    Forward(covariance);
    for (double v : covariance) variance -= v * v;
    return {mean, std::sqrt(std::max(variance, 1e-9))};
  }

 private:
  void Forward(std::vector<double>& v) const {
    for (std::size_t i = 0; i < n_; ++i) {
      for (std::size_t k = 0; k < i; ++k) v[i] -= factor_[i * n_ + k] * v[k];
      v[i] /= factor_[i * n_ + i];
    }
  }
  std::vector<std::vector<double>> at_;
  double length_;
  std::size_t n_;
  std::vector<double> factor_, weights_;
  double log_likelihood_ = 0;
};

struct Data {
  std::vector<std::vector<double>> at;
  std::vector<double> cost;  // logarithms, standardised
  double mean = 0, deviation = 1;
};

// The best and the latest of the valid points.
Data Collect(const Trial& trial) {
  std::vector<std::pair<double, PointId>> valid;
  for (const Trial::Record& record : trial.records()) {
    if (record.seen.ok()) valid.emplace_back(std::log(record.seen.cost), record.point);
  }
  if (valid.size() > kMostSamples) {
    const auto latest = valid.end() - static_cast<std::ptrdiff_t>(kMostSamples / 2);
    std::partial_sort(valid.begin(), valid.begin() + static_cast<std::ptrdiff_t>(kMostSamples / 2), latest);
    valid.erase(valid.begin() + static_cast<std::ptrdiff_t>(kMostSamples / 2), latest);
  }
  Data data;
  double squares = 0;
  for (const auto& [cost, point] : valid) {
    data.at.push_back(PositionsOf(trial.space(), point));
    data.cost.push_back(cost);
    data.mean += cost / static_cast<double>(valid.size());
  }
  for (double cost : data.cost) squares += (cost - data.mean) * (cost - data.mean);
  data.deviation = std::max(1e-6, std::sqrt(squares / static_cast<double>(valid.size())));
  for (double& cost : data.cost) cost = (cost - data.mean) / data.deviation;
  return data;
}

double BestLength(const Data& data) {
  double best = 1, highest = -1e300;
  for (double length : {0.25, 0.5, 1.0, 2.0, 4.0}) {
    const double likelihood = GaussianProcess(data.at, data.cost, length).log_likelihood();
    if (likelihood <= highest) continue;
    highest = likelihood;
    best = length;
  }
  return best;
}

}  // namespace

void SearchBayesGaussian(Trial& trial) {
  while (trial.evaluations() < kRandomStarts || !trial.best()) RandomStart(trial);
  double length = 1;
  for (std::uint64_t chosen_at = 0;;) {
    const Data data = Collect(trial);
    if (chosen_at == 0 || trial.evaluations() * 10 > chosen_at * 13) {
      length = BestLength(data);
      chosen_at = trial.evaluations();
    }
    const GaussianProcess process(data.at, data.cost, length);
    const double best = (std::log(trial.best_cost()) - data.mean) / data.deviation;
    std::vector<std::pair<double, PointId>> ranked;
    double chance = 0;
    for (PointId point : Candidates(trial, kCandidates)) {
      const auto [mean, deviation] = process.Predict(PositionsOf(trial.space(), point));
      ranked.emplace_back(-ExpectedImprovement(best, mean, deviation), point);
      chance = std::max(chance, ChanceBelow(best - 0.01 / data.deviation, mean, deviation));
    }
    if (ranked.empty()) return;
    trial.SetGainChance(chance);
    std::sort(ranked.begin(), ranked.end());
    std::vector<PointId> batch;
    for (std::size_t i = 0; i < ranked.size() && i < 1 + trial.evaluations() / 20; ++i) batch.push_back(ranked[i].second);
    trial.Costs(batch);
  }
}

}  // namespace hone
