// Pruning: forgetting what is no longer wanted. The file shrinks.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace hone {

struct PruneOptions {
  bool superseded = false;                // results of a variant that has a later one
  bool failed = false;                    // results that are not ok; the tuner will try those variants again
  bool old_sources = false;               // kernels as an older source said, with their variants and results
  std::vector<std::string> keep_devices;  // keys; empty: all are kept
};

struct PruneResult {
  std::int64_t measurements = 0, variants = 0, modules = 0;  // removed
  std::int64_t bytes_before = 0, bytes_after = 0;            // of the file
};

// One transaction; then what nothing refers to any more goes too, and the file is written anew. Errors: Error.
PruneResult Prune(const std::string& path, const PruneOptions& options);

}  // namespace hone
