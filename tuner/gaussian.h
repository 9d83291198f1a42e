// A Gaussian process over the dimensions of a space: predicts a cost with a spread, and the seconds that a measurement takes.
//
// Two points correlate by a product over dimensions of 1 - r + r k: k falls with the distance of two values on the dimension's
// own scale and in what divides them (hardware likes powers of two), and is 0 between words; the relevance r in (0, 1) makes a
// dimension matter a little (small r: effects add up) or much (it interacts with the others). Relevances and noise maximise the
// likelihood, each over a few levels, while few points are known; that is when they matter.
//
// Source: Rasmussen and Williams, "Gaussian processes for machine learning" (2006), algorithm 2.1; the product of 1 + k is the
// ANOVA kernel of Stitson et al. (1999).
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "tuner/space.h"

namespace hone {

class Gaussian {
 public:
  struct Sample {
    PointId point;
    double cost;     // any scale
    double seconds;  // logarithm
  };
  // What a point looks like before its spread is worked out, which costs a thousand times more.
  struct Guess {
    double cost = 0, seconds = 0;
    double deviation_at_most = 0;  // as if the most similar sample alone was known
  };

  explicit Gaussian(const Space& space);

  void Fit(std::span<const Sample> samples);
  Guess Look(PointId point);
  double Deviation(PointId point);

 private:
  // One dimension that has a choice.
  struct Axis {
    std::size_t dim = 0, count = 0;    // count: values, and one more for kAbsent
    std::vector<float> similar;        // k. Shape: [count][count]
    std::vector<float> factor;         // 1 - r + r k
    std::vector<std::uint16_t> codes;  // of the samples
    std::vector<float> with_samples;   // the factor of each value with each sample: read in order. Shape: [count][n]
    double relevance = 0;
    void SetRelevance(double to);
    void FillWithSamples();
    std::size_t CodeOf(Code code) const { return code < count - 1 ? code : count - 1; }
  };

  void Correlate(PointId point);  // with every sample, into row_
  std::vector<double> Correlations() const;
  double Factorise(const std::vector<double>& correlations, double noise);
  void Tune(std::vector<double>& correlations);
  std::vector<double> Solve(std::vector<double> values) const;

  const Space& space_;
  std::vector<Axis> axes_;
  std::size_t n_ = 0, tuned_at_ = 0;
  double noise_ = 0.01, scale_ = 1, cost_mean_ = 0, seconds_mean_ = 0;
  std::vector<double> costs_;   // less their mean
  std::vector<double> factor_;  // Cholesky's, lower. Shape: [n][n]
  std::vector<double> cost_weights_, seconds_weights_, row_;
  Codes codes_;
};

}  // namespace hone
