// The schema that this version of hone writes, and the way to it from older ones. Private to db/.
#pragma once

#include <cstdint>

#include "db/sqlite.h"

namespace hone {

inline constexpr std::int64_t kApplicationId = 0x686f6e65;  // "hone"
inline constexpr std::int64_t kFormat = 1;                  // user_version

extern const char* const kSchemaSql;  // db/schema.sql, put into the library by CMake

// Writes the schema into an empty database, inside the caller's transaction.
void CreateSchema(Database& database);

// Errors: Error when the file is not hone's, of a newer format, or has tables, views, triggers or indexes that are not
// exactly those of the format (a hostile database hides its work there). An older format is fine where `may_migrate`,
// and is migrated in one transaction; else Error says how to.
void CheckSchema(Database& database, bool may_migrate);

}  // namespace hone
