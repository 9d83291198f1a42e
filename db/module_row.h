// One row of `module`: read, held against its hashes, and written. Private to db/.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "db/kernel.h"
#include "db/sqlite.h"
#include "db/store.h"

namespace hone {

inline constexpr std::string_view kModuleQuery = "SELECT hash, size_bytes, spirv, interface, interface_hash FROM module m";

// path: for the message. Errors: Error for a hash that is wrong and for what does not decompress.
std::shared_ptr<const Module> ModuleAt(const Statement& row, const std::string& path);

// The row of that content, made where it is missing. Errors: as CompressModule.
std::int64_t PutModule(Database& database, const Module& module);
std::int64_t PutModule(Database& database, const CompressedModule& module);

}  // namespace hone
