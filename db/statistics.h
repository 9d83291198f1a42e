// Robust statistics over the timings of one variant.
#pragma once

#include <cstddef>
#include <vector>

namespace hone {

// Units: nanoseconds.
struct Statistics {
  double median_ns = 0;
  double mad_ns = 0;  // median absolute deviation from the median, not scaled
  double min_ns = 0;
  double p95_ns = 0;               // 95th percentile, linear between samples
  double low_ns = 0, high_ns = 0;  // 95 % interval of the median; least and greatest sample when there are fewer than 6
};

// Empty samples: zeros. Source of the interval: order statistics of the sign test (Conover, Practical Nonparametric
// Statistics).
Statistics Summarize(std::vector<double> samples_ns);

// Samples far from the others: modified z-score over 3.5. They stay among the samples; medians do not mind them.
// Source: Iglewicz and Hoaglin, How to Detect and Handle Outliers (1993).
std::size_t CountOutliers(const std::vector<double>& samples_ns);

}  // namespace hone
