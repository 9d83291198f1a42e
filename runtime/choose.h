// Private to runtime/: which variants to try for a problem on a device, best first. Reads the database; knows no
// Vulkan.
#pragma once

#include <functional>
#include <string>

#include "db/kernel.h"
#include "db/store.h"
#include "runtime/match.h"

namespace hone {

struct Candidate {
  std::string pattern;
  Values point;
  Match match = Match::kExact;
  std::string reason;  // "measured for n=4096 on NVIDIA H100 …: 12.3 us"
};

// Calls `consider` with one candidate after another, from the best rung down, until it returns true. A variant may come
// more than once, by different rungs. problem: complete (integers and types). Returns whether one was taken. Errors: as
// Store.
bool Choose(const Store& store, const Kernel& kernel, const Values& problem, const DeviceInfo& device,
            const std::function<bool(const Candidate&)>& consider);

// Distance between two problems of one kernel: root mean square of the differences of log2(value + 1). nullopt: their
// element types or names differ, so that one says nothing about the other.
std::optional<double> Distance(const Values& one, const Values& other);

}  // namespace hone
