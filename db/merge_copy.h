// Copies what one database holds into another. Private to db/.
#pragma once

#include <set>

#include "db/sqlite.h"

namespace hone {

// Rows of the source, by table. What these rows refer to must be among them too. Of the devices' transfers the best of each
// size go along.
struct Selection {
  std::set<std::int64_t> kernels, patterns, variants, problems, devices, runs, binaries, modules, measurements;
  bool pipeline_binaries = false;
};

// Inside the caller's transaction. Every hash and every text is checked on the way. only: nullptr for all. Errors:
// Error for damage.
void CopyFacts(Database& from, Database& to, const Selection* only = nullptr);

}  // namespace hone
