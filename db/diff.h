// Comparing two databases: what got faster or slower beyond noise, what came, what went, what no longer speaks of the
// present.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "db/store.h"

namespace hone {

enum class Change { kSame, kFaster, kSlower, kAppeared, kVanished };
std::string_view ToText(Change change);

// The best variant of one problem on one GPU, before and after.
struct Difference {
  std::string kernel;
  Values problem;
  std::string device_before, device_after;  // keys; they differ when the driver does
  Change change = Change::kSame;
  double ratio = 1;                          // after / before, of the medians; 1 when one is missing
  std::optional<Measurement> before, after;  // without samples
  bool source_changed = false;               // the kernel's newest source differs: the figures are of different code
};

struct DiffOptions {
  // Faster or slower: the 95 % intervals of the medians do not meet, and the medians differ by more than this share.
  double least_change = 0.01;
};

// Sorted by kernel, problem, device. A GPU is matched by its whole key, or else by name and ids under another driver.
std::vector<Difference> Diff(const Store& before, const Store& after, const DiffOptions& options = {});

}  // namespace hone
