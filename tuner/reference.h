// Named C++ references ("cpp:NAME" in a manifest): what a kernel should compute, in double precision, as plainly as it can be
// written. For what GLSL says badly (sorting, irregular data); everything else is easier as a reference.comp.
#pragma once

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "db/values.h"

namespace hone {

struct ReferenceCall {
  const Values& problem;                          // integers and element types
  const std::map<std::string, double>& scalars;   // push constants that a caller gives
  std::span<std::vector<double>> buffers;         // in the manifest's order; inputs filled, outputs zero; written in place
  std::size_t Size(std::string_view name) const;  // an integer of the problem. Errors: Error when absent
  // The buffer of a binding. Errors: Error when the kernel has none, or one of fewer elements.
  std::vector<double>& Buffer(std::size_t binding, std::size_t least = 0) const;
  double Scalar(std::string_view name, double otherwise) const;
};

using Reference = void (*)(const ReferenceCall& call);

Reference FindReference(std::string_view name);  // Errors: Error with a suggestion
std::vector<std::string> ReferenceNames();

}  // namespace hone
