// How a space's legal rows are enumerated; used by space.cpp only.
//
// Source: depth-first search with constraints checked as soon as their last name is bound, as in constraint solvers for
// tuning spaces (Willemsen, van Nieuwpoort and van Werkhoven, "Efficient construction of large search spaces for
// auto-tuning", 2025); independent groups as in Rasch et al., "Efficient auto-tuning of parallel programs with
// interdependent tuning parameters via ATF", TACO 2021.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "tuner/space.h"

namespace hone {

struct PartDimension {
  int dim = 0;  // in the space
  std::vector<Code> codes;
  std::vector<double> numbers;  // per code
};
struct BoundCondition {
  std::vector<int> dims;  // positions in the list of PartDimensions, in the order `holds` reads them
  const std::function<bool(std::span<const double>)>* holds = nullptr;
};
struct BuiltComponent {
  std::vector<int> dims;   // positions in the list of PartDimensions, ascending
  std::vector<Code> rows;  // Shape: [count][dims.size()], sorted
  std::uint64_t count = 0;
};

// Components in order of their first dimension. evaluations: grows by the calls of `holds`.
std::vector<BuiltComponent> EnumerateComponents(const std::vector<PartDimension>& dims, std::vector<BoundCondition> conditions,
                                                std::uint64_t* evaluations);

}  // namespace hone
