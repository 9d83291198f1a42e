// The one variant that is best over all problems of a kernel.
#pragma once

#include <map>
#include <string>
#include <utility>

#include "db/store.h"
#include "tuner/report.h"

namespace hone {

using ResultsByVariant = std::map<std::string, Measurement>;  // by VariantKey (tuner/job.h)
using ResultsByProblem = std::map<Values, ResultsByVariant>;
using Variants = std::map<std::string, std::pair<std::string, Values>>;  // pattern and point by VariantKey

// The few fastest of each problem: what is worth measuring at every other one.
Variants PortableCandidates(const ResultsByProblem& by_problem);

// Of the candidates that work at every problem, the one with the best geometric mean of relative speed; problems: 0 where
// there is none. device, kernel: left to the caller.
PortableRow MostPortable(const Variants& candidates, const ResultsByProblem& by_problem);

}  // namespace hone
