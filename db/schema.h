// The schema that this version of hone writes, and the way to it from older ones. Private to db/.
#pragma once

#include <cstdint>

#include "db/sqlite.h"

namespace hone {

inline constexpr std::int64_t kApplicationId = 0x686f6e65;  // "hone"
inline constexpr std::int64_t kFormat = 3;                  // user_version

extern const char* const kSchemaSql;  // db/schema.sql, put into the library by CMake

// Writes the schema into an empty database, inside the caller's transaction.
void CreateSchema(Database& database);

// The format of a file, kFormat or an older one. Errors: Error when the file is not hone's, or of a newer format.
std::int64_t FormatOf(Database& database);

// Errors: Error when the file has tables, views, triggers or indexes that are not exactly those of kFormat (a hostile
// database hides its work there). A packed file (sealed) may be without its views; returns whether they are there.
bool CheckSchema(Database& database, bool sealed = false);

void DropViews(Database& database);             // whatever they are
void CreateTemporaryViews(Database& database);  // of this connection, for a file that has none

// Takes an older format to kFormat in one transaction; what is that already stays. Errors: as CheckSchema, and nothing is
// changed.
void Migrate(Database& database);

}  // namespace hone
