// Are two sets of timings different? The Mann-Whitney U test: by ranks alone, so that outliers and skew do not matter.
// Source: H. B. Mann, D. R. Whitney: "On a test of whether one of two random variables is stochastically larger than the
// other" (1947); exact distribution for small sets without ties, otherwise the normal approximation with ties corrected.
#pragma once

#include <span>

namespace hone {

// The two-sided p-value of the hypothesis that neither set tends to be larger. 1 when either is empty.
double MannWhitney(std::span<const double> a, std::span<const double> b);

}  // namespace hone
