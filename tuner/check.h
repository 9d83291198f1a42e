// Is a kernel right? Compiles the corners of its space and a seeded sample, and compares each with the reference at the
// manifest's check problems, for every element type that the device offers. Times nothing and stores nothing.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "db/outcome.h"
#include "db/values.h"

namespace hone {

struct CheckOptions {
  std::string device;  // as ContextOptions::device
  int samples = 20;    // of each pattern and element type, besides the corners; 0: corners only
  std::uint64_t seed = 1;
  std::vector<std::string> include_dirs;
  double pipeline_timeout_ms = 60000, check_timeout_ms = 10000;
  std::vector<std::string> worker_command{"/proc/self/exe", "worker"};
  std::function<bool()> stop;
};

struct CheckFailure {
  std::string pattern;
  Values point, types;
  Outcome outcome = Outcome::kOk;
  std::string message;  // for compile errors: the diagnostics, folded over variants
};

struct CheckRow {  // one pattern of one kernel
  std::string kernel, pattern;
  double raw_points = 0;       // of the kernel's first tuned problem and first element types
  std::uint64_t points = 0;    // that are legal on the device
  int variants = 0, runs = 0;  // checked; variant × problem
  std::vector<CheckFailure> failures;
  std::string skipped;  // why nothing was checked, or why some variants were not; empty otherwise
};

struct CheckReport {
  std::vector<CheckRow> rows;
  bool ok() const;
};

struct CheckProgress {
  std::string kernel, pattern;
  int done = 0, total = 0;  // variants of this pattern
};

// Errors: Error for manifests, devices, references that do not run.
CheckReport Check(const std::vector<std::string>& kernel_dirs, const CheckOptions& options,
                  const std::function<void(const CheckProgress&)>& callback = {});

}  // namespace hone
