#include "db/schema.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <map>
#include <vector>

#include "db/error.h"

namespace hone {
namespace {

using Objects = std::map<std::string, std::string>;  // "table kernel" -> its SQL

// kMigrations[i] takes the tables and indexes of format i + 1 to i + 2. Append only; each has a test that begins with a file
// of the older release. Views hold nothing, so every migration puts those of kFormat in the place of what is there.
constexpr std::array<const char*, kFormat - 1> kMigrations{
    "",  // 2: `best` decides between equal times
    // 3: what moving bytes between host and device takes
    R"(CREATE TABLE transfer (
  device    INTEGER NOT NULL REFERENCES device,
  direction TEXT NOT NULL,     -- "upload", "download"
  bytes     INTEGER NOT NULL,
  unix_ms   INTEGER NOT NULL,  -- when: one number for all the ways that were timed in turn
  way       TEXT NOT NULL,     -- as the runtime names it: "direct", "ring-4-copy"
  median_ns REAL NOT NULL,
  PRIMARY KEY (device, direction, bytes, unix_ms, way)
) STRICT, WITHOUT ROWID;)",
};

Objects ObjectsOf(Database& database) {
  Objects objects;
  Statement statement(database, "SELECT type || ' ' || name, sql FROM sqlite_schema");
  while (statement.Step()) {
    if (statement.IsNull(1)) continue;  // automatic indexes: their table's SQL makes them
    objects[statement.Text(0)] = statement.Text(1);
  }
  return objects;
}

// statement: "CREATE TABLE kernel (…) STRICT"; other statements make no object.
void AddObject(std::string_view statement, Objects& objects) {
  constexpr std::string_view kCreate = "CREATE ";
  if (!statement.starts_with(kCreate)) return;
  const std::size_t type_end = statement.find(' ', kCreate.size()), name_end = statement.find(' ', type_end + 1);
  std::string name(statement.substr(kCreate.size(), name_end - kCreate.size()));  // "TABLE kernel"
  std::transform(name.begin(), name.begin() + static_cast<std::ptrdiff_t>(type_end - kCreate.size()), name.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  objects.emplace(std::move(name), statement);
}

// What a file must hold. SQLite keeps each CREATE statement to the letter, so the schema's own text tells, without a
// database made from it.
Objects ExpectedIn(std::string_view schema) {
  Objects objects;
  std::size_t begin = schema.npos;  // of the statement; npos: between two
  for (std::size_t at = 0; at < schema.size(); ++at) {
    const char c = schema[at];
    if (schema.substr(at).starts_with("--")) {
      at = std::min(schema.find('\n', at), schema.size());
    } else if (c == '\'') {
      at = std::min(schema.find('\'', at + 1), schema.size());
    } else if (c == ';') {
      AddObject(schema.substr(begin, at - begin), objects);
      begin = schema.npos;
    } else if (begin == schema.npos && !std::isspace(static_cast<unsigned char>(c))) {
      begin = at;
    }
  }
  return objects;
}

const Objects& Expected() {
  static const Objects objects = ExpectedIn(kSchemaSql);
  return objects;
}

constexpr std::string_view kCreateView = "CREATE VIEW ";

// create: "CREATE TEMP VIEW ".
void CreateViews(Database& database, const std::string& create) {
  for (const auto& [name, sql] : Expected()) {
    if (sql.starts_with(kCreateView)) database.Execute((create + sql.substr(kCreateView.size())).c_str());
  }
}

}  // namespace

void DropViews(Database& database) {
  std::vector<std::string> names;  // ready to be part of a statement
  {
    Statement views(database, "SELECT printf('\"%w\"', name) FROM sqlite_schema WHERE type = 'view'");
    while (views.Step()) names.push_back(views.Text(0));
  }
  for (const std::string& name : names) database.Execute(("DROP VIEW " + name).c_str());
}

void CreateTemporaryViews(Database& database) { CreateViews(database, "CREATE TEMP VIEW "); }

void CreateSchema(Database& database) { database.Execute(kSchemaSql); }

std::int64_t FormatOf(Database& database) {
  const std::int64_t application = database.Integer("PRAGMA application_id");
  const std::int64_t format = database.Integer("PRAGMA user_version");
  if (application != kApplicationId) throw Error(database.path() + ": an SQLite database, but not hone's");
  if (format > kFormat) {
    throw Error(database.path() + ": written by a newer hone (format " + std::to_string(format) + ", this one reads up to " +
                std::to_string(kFormat) + "); update hone, or write it with the older one");
  }
  if (format < 1) throw Error(database.path() + ": damaged: format " + std::to_string(format) + " has never been");
  return format;
}

bool CheckSchema(Database& database, bool sealed) {
  Objects found = ObjectsOf(database);
  if (const auto statistics = found.find("table sqlite_stat1");
      statistics != found.end() && statistics->second == "CREATE TABLE sqlite_stat1(tbl,idx,stat)") {
    found.erase(statistics);  // somebody ran ANALYZE
  }
  const bool has_views = std::ranges::any_of(found, [](const auto& object) { return object.first.starts_with("view "); });
  for (const auto& [name, sql] : Expected()) {
    if (sealed && !has_views && name.starts_with("view ")) continue;
    const auto at = found.find(name);
    if (at == found.end()) throw Error(database.path() + ": damaged or not hone's: " + name + " is missing");
    if (at->second != sql) throw Error(database.path() + ": damaged or not hone's: " + name + " is not hone's");
    found.erase(at);
  }
  if (!found.empty()) {
    throw Error(database.path() + ": damaged or not hone's: " + found.begin()->first.substr(0, 80) + " does not belong there");
  }
  return has_views;
}

void Migrate(Database& database) {
  WriteTransaction transaction(database);
  const std::int64_t format = FormatOf(database);  // now that nobody else migrates it
  if (format < kFormat) DropViews(database);
  for (std::int64_t at = format; at < kFormat; ++at) database.Execute(kMigrations.at(static_cast<std::size_t>(at - 1)));
  if (format < kFormat) {
    CreateViews(database, std::string(kCreateView));
    database.Execute(("PRAGMA user_version = " + std::to_string(kFormat)).c_str());
  }
  CheckSchema(database);
  transaction.Commit();
}

}  // namespace hone
