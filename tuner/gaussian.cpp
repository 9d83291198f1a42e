#include "tuner/gaussian.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>

namespace hone {
namespace {

constexpr double kLength = 0.5;          // of a dimension's scale, over which similarity falls by e
constexpr std::size_t kMostTuned = 120;  // samples; likelihoods cost their cube
constexpr double kTuneGrowth = 1.25;     // samples grow by this factor between tunings
constexpr std::array kRelevances = {0.01, 0.03, 0.1, 0.2, 0.35, 0.5, 0.7, 0.9};
constexpr std::array kNoises = {1e-4, 1e-3, 1e-2, 5e-2};
constexpr double kTypicalRelevance = 0.2;

// A weak belief: keeps relevances in place while the samples say nothing.
double LogPrior(double relevance) {
  const double off = std::log(relevance / kTypicalRelevance);
  return -0.15 * off * off;
}

// How unlike two sizes are in the power of two in them and in the odd rest.
double DivisorGap(double a, double b) {
  const auto x = static_cast<std::uint64_t>(a), y = static_cast<std::uint64_t>(b);
  const int x_zeros = std::countr_zero(x), y_zeros = std::countr_zero(y);
  const double odd = std::abs(std::log2(static_cast<double>(x >> x_zeros)) - std::log2(static_cast<double>(y >> y_zeros)));
  return odd == 0 ? 0 : 0.1 * odd + 0.06 * std::abs(x_zeros - y_zeros);
}

double Similarity(const Dimension& dim, std::size_t a, std::size_t b) {
  if (a == b) return 1;
  if (dim.kind == Dimension::Kind::kCategorical || std::max(a, b) == dim.values.size()) return 0;
  const bool sizes = dim.numbers.front() >= 1;
  const double gap = std::abs(dim.positions[a] - dim.positions[b]) + (sizes ? DivisorGap(dim.numbers[a], dim.numbers[b]) : 0);
  return std::exp(-gap / kLength);
}

// Four sums at once: they need not wait for each other.
double Dot(const double* a, const double* b, std::size_t n) {
  double sums[4] = {0, 0, 0, 0};
  std::size_t i = 0;
  for (; i + 4 <= n; i += 4) {
    for (std::size_t k = 0; k < 4; ++k) sums[k] += a[i + k] * b[i + k];
  }
  for (; i < n; ++i) sums[0] += a[i] * b[i];
  return (sums[0] + sums[1]) + (sums[2] + sums[3]);
}

double Mean(std::span<const Gaussian::Sample> samples, double Gaussian::Sample::*field) {
  double sum = 0;
  for (const Gaussian::Sample& sample : samples) sum += sample.*field;
  return sum / static_cast<double>(samples.size());
}

}  // namespace

Gaussian::Gaussian(const Space& space) : space_(space), codes_(space.dimensions().size()) {
  for (std::size_t d = 0; d < space.dimensions().size(); ++d) {
    const Dimension& dim = space.dimensions()[d];
    if (dim.values.size() < 2) continue;
    Axis axis;
    axis.dim = d;
    axis.count = dim.values.size() + 1;
    for (std::size_t a = 0; a < axis.count; ++a) {
      for (std::size_t b = 0; b < axis.count; ++b) axis.similar.push_back(static_cast<float>(Similarity(dim, a, b)));
    }
    axis.SetRelevance(kTypicalRelevance);
    axes_.push_back(std::move(axis));
  }
}

void Gaussian::Axis::SetRelevance(double to) {
  relevance = to;
  factor.clear();
  for (float k : similar) factor.push_back(static_cast<float>(1 - to + to * k));
}

void Gaussian::Axis::FillWithSamples() {
  with_samples.clear();
  for (std::size_t code = 0; code < count; ++code) {
    for (std::uint16_t sample : codes) with_samples.push_back(factor[code * count + sample]);
  }
}

void Gaussian::Correlate(PointId point) {
  space_.GetCodes(point, codes_);
  row_.assign(n_, 1.0);
  double* const row = row_.data();
  for (const Axis& axis : axes_) {
    const float* with_samples = axis.with_samples.data() + axis.CodeOf(codes_[axis.dim]) * n_;
    for (std::size_t i = 0; i < n_; ++i) row[i] *= with_samples[i];
  }
}

std::vector<double> Gaussian::Correlations() const {
  std::vector<double> all(n_ * n_, 1.0);
  for (const Axis& axis : axes_) {
    for (std::size_t i = 0; i < n_; ++i) {
      const float* factor = axis.factor.data() + axis.codes[i] * axis.count;
      for (std::size_t j = 0; j < i; ++j) all[i * n_ + j] *= factor[axis.codes[j]];
    }
  }
  return all;
}

// The logarithm of the likelihood, its scale at the best.
double Gaussian::Factorise(const std::vector<double>& correlations, double noise) {
  factor_ = correlations;
  cost_weights_ = costs_;
  double log_determinant = 0, squares = 0;
  for (std::size_t i = 0; i < n_; ++i) {
    double* row = factor_.data() + i * n_;
    for (std::size_t j = 0; j <= i; ++j) {
      const double* other = factor_.data() + j * n_;
      const double sum = (i == j ? 1 + noise : row[j]) - Dot(row, other, j);
      row[j] = i == j ? std::sqrt(std::max(sum, 1e-9)) : sum / other[j];
    }
    cost_weights_[i] = (cost_weights_[i] - Dot(row, cost_weights_.data(), i)) / row[i];
    squares += cost_weights_[i] * cost_weights_[i];
    log_determinant += std::log(row[i]);
  }
  const double n = static_cast<double>(n_);
  scale_ = squares / n + 1e-9;
  return -0.5 * n * std::log(scale_) - log_determinant;
}

void Gaussian::Tune(std::vector<double>& correlations) {
  double best = Factorise(correlations, noise_);
  for (int sweep = 0; sweep < 2; ++sweep) {
    for (double noise : kNoises) {
      const double likelihood = Factorise(correlations, noise);
      if (likelihood <= best) continue;
      best = likelihood;
      noise_ = noise;
    }
    for (Axis& axis : axes_) {
      const double before = axis.relevance;
      double chosen = before;
      const auto at = std::find(kRelevances.begin(), kRelevances.end(), before) - kRelevances.begin();
      for (std::ptrdiff_t to : {at - 1, at + 1, at + 2}) {
        if (to < 0 || to >= static_cast<std::ptrdiff_t>(kRelevances.size())) continue;
        const double relevance = kRelevances[static_cast<std::size_t>(to)];
        axis.SetRelevance(relevance);
        const double likelihood = Factorise(Correlations(), noise_) + LogPrior(relevance) - LogPrior(before);
        if (likelihood <= best) continue;
        best = likelihood;
        chosen = relevance;
      }
      axis.SetRelevance(chosen);
      if (chosen == before) continue;
      correlations = Correlations();
      best = Factorise(correlations, noise_);
    }
  }
}

// factor · factorᵀ · x = values.
std::vector<double> Gaussian::Solve(std::vector<double> values) const {
  for (std::size_t i = 0; i < n_; ++i) {
    values[i] = (values[i] - Dot(factor_.data() + i * n_, values.data(), i)) / factor_[i * n_ + i];
  }
  for (std::size_t i = n_; i-- > 0;) {
    values[i] /= factor_[i * n_ + i];
    for (std::size_t k = 0; k < i; ++k) values[k] -= factor_[i * n_ + k] * values[i];
  }
  return values;
}

void Gaussian::Fit(std::span<const Sample> samples) {
  n_ = samples.size();
  for (Axis& axis : axes_) axis.codes.clear();
  costs_.clear();
  cost_mean_ = Mean(samples, &Sample::cost);
  seconds_mean_ = Mean(samples, &Sample::seconds);
  std::vector<double> seconds;
  for (const Sample& sample : samples) {
    space_.GetCodes(sample.point, codes_);
    for (Axis& axis : axes_) axis.codes.push_back(static_cast<std::uint16_t>(axis.CodeOf(codes_[axis.dim])));
    costs_.push_back(sample.cost - cost_mean_);
    seconds.push_back(sample.seconds - seconds_mean_);
  }
  std::vector<double> correlations = Correlations();
  if (n_ >= 6 && n_ <= kMostTuned && static_cast<double>(n_) > kTuneGrowth * static_cast<double>(tuned_at_)) {
    Tune(correlations);
    tuned_at_ = n_;
  }
  for (Axis& axis : axes_) axis.FillWithSamples();
  Factorise(correlations, noise_);
  cost_weights_ = Solve(costs_);
  seconds_weights_ = Solve(std::move(seconds));
}

Gaussian::Guess Gaussian::Look(PointId point) {
  Correlate(point);
  Guess guess{.cost = cost_mean_, .seconds = seconds_mean_};
  double most = 0;
  for (std::size_t i = 0; i < n_; ++i) {
    guess.cost += row_[i] * cost_weights_[i];
    guess.seconds += row_[i] * seconds_weights_[i];
    most = std::max(most, row_[i]);
  }
  guess.deviation_at_most = std::sqrt(scale_ * (1 - most * most / (1 + noise_)));
  return guess;
}

double Gaussian::Deviation(PointId point) {
  Correlate(point);
  double variance = 1;
  for (std::size_t i = 0; i < n_; ++i) {
    const double* row = factor_.data() + i * n_;
    row_[i] = (row_[i] - Dot(row, row_.data(), i)) / row[i];
    variance -= row_[i] * row_[i];
  }
  return std::sqrt(scale_ * std::max(variance, 1e-8));
}

}  // namespace hone
