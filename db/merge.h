// Merging: the facts of several databases in one.
//
// A set union: associative, commutative, idempotent. Modules, kernels, runs and measurements that are the same fact are
// stored once; nothing can conflict, because a fact names who measured what, when, and where. Best, stale and coverage
// are views, and follow.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace hone {

struct MergeResult {
  std::int64_t measurements = 0;  // in the file afterwards, without pending ones
  std::int64_t added = 0;         // of them, new to the file
};

// `out` may exist: its facts stay, and the others join them in one transaction while others may read and write it. A
// new file appears whole or not at all. The inputs are treated as untrusted (Store::OpenUntrusted) and are not changed.
// Errors: Error for an input that cannot be read or is damaged (nothing is written then), a packed or unwritable `out`.
MergeResult Merge(const std::string& out, const std::vector<std::string>& inputs);

// A copy of a database that others may be writing, whole and at rest, through SQLite's online backup. Errors: Error.
void Backup(const std::string& from, const std::string& to);

}  // namespace hone
