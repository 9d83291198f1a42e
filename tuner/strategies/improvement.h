// Expected improvement, and the candidates that Bayesian strategies look at.
//
// Source: Jones, Schonlau and Welch, "Efficient global optimization of expensive black-box functions", Journal of Global
// Optimization 13 (1998).
#pragma once

#include <vector>

#include "tuner/trial.h"

namespace hone {

// Of a minimum `best` by a normal prediction. deviation may be 0.
double ExpectedImprovement(double best, double mean, double deviation);
// The chance that the prediction lies under `best`.
double ChanceBelow(double best, double mean, double deviation);
// The logarithm of a cost over the best, as models see it: what is far from the best is bad, how bad does not matter.
double Flatten(double log_ratio);
// Unknown points: all of them where they are at most `most`, else `most` random ones and the neighbours of the best known.
std::vector<PointId> Candidates(Trial& trial, std::size_t most);

}  // namespace hone
