// SQLite behind a small wall: connections, statements, errors as hone::Error with the file's path. Private to db/.
#pragma once

#include <sqlite3.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "db/hash.h"

namespace hone {

class Database;

// A prepared statement on loan from its connection; returned when it goes out of scope. Columns count from 0.
class Statement {
 public:
  Statement(Database& database, std::string_view sql);
  Statement(const Statement&) = delete;
  Statement& operator=(const Statement&) = delete;
  ~Statement();

  // Binds every argument in order. Texts and blobs are copied.
  template <typename... Arguments>
  Statement& Bind(const Arguments&... arguments) {
    int index = 0;
    (BindOne(++index, arguments), ...);
    return *this;
  }
  bool Step();  // true: a row is there
  void Run();   // steps to the end, then resets for the next Bind

  std::int64_t Integer(int column) const { return sqlite3_column_int64(statement_, column); }
  double Real(int column) const { return sqlite3_column_double(statement_, column); }
  bool IsNull(int column) const { return sqlite3_column_type(statement_, column) == SQLITE_NULL; }
  std::string Text(int column) const { return std::string(View(column)); }
  std::string_view View(int column) const;            // text; until the next Step
  std::span<const std::byte> Blob(int column) const;  // until the next Step
  Hash HashAt(int column) const;                      // Errors: Error when it is not 16 bytes
  int columns() const { return sqlite3_column_count(statement_); }
  sqlite3_stmt* get() const { return statement_; }

 private:
  void BindOne(int index, std::int64_t value);
  void BindOne(int index, std::uint32_t value) { BindOne(index, static_cast<std::int64_t>(value)); }
  void BindOne(int index, int value) { BindOne(index, static_cast<std::int64_t>(value)); }
  void BindOne(int index, double value);
  void BindOne(int index, std::string_view text);
  void BindOne(int index, const std::string& text) { BindOne(index, std::string_view(text)); }
  void BindOne(int index, const char* text) { BindOne(index, std::string_view(text)); }
  void BindOne(int index, std::span<const std::byte> blob);
  void BindOne(int index, const Hash& hash);
  void BindOne(int index, std::nullptr_t);
  void Check(int code) const;

  Database& database_;
  std::string sql_;
  sqlite3_stmt* statement_ = nullptr;
};

// One connection with the limits and the caution that an untrusted file needs: no trusted schema, no triggers, no
// extensions, defensive mode, blobs of at most 256 MiB.
class Database {
 public:
  // flags: SQLITE_OPEN_*. query: "immutable=1" and the like, for the URI. vfs: nullptr is the system's.
  Database(const std::string& path, int flags, std::string_view query = {}, const char* vfs = nullptr);
  // A whole database file in memory, for reading. The bytes stay the caller's, and where they are as long as this lives.
  // name: for messages.
  Database(std::span<const std::byte> bytes, const std::string& name);
  ~Database();
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  const std::string& path() const { return path_; }
  sqlite3* get() const { return handle_; }
  void Execute(const char* sql);               // any number of statements, no results
  std::int64_t Integer(std::string_view sql);  // first column of the first row, 0 when there is none
  std::string Text(std::string_view sql);
  void Vacuum();  // writes the file anew, without free pages
  std::int64_t LastId() const { return sqlite3_last_insert_rowid(handle_); }
  std::int64_t Changes() const { return sqlite3_changes64(handle_); }
  [[noreturn]] void Throw(int code) const;  // what the last call left behind, as an Error with the way out

 private:
  friend class Statement;
  void Open(const std::string& name, int flags, const char* vfs);
  [[noreturn]] void CloseAndThrow(int code);  // in a constructor
  std::string path_;
  sqlite3* handle_ = nullptr;
  std::unordered_map<std::string, std::vector<sqlite3_stmt*>> idle_;
};

// Copies everything, also while others read and write `from`, over what `to` holds.
void CopyPages(Database& from, Database& to);

// BEGIN IMMEDIATE … COMMIT; rolls back unless Commit() was reached.
class WriteTransaction {
 public:
  explicit WriteTransaction(Database& database);
  ~WriteTransaction();
  WriteTransaction(const WriteTransaction&) = delete;
  WriteTransaction& operator=(const WriteTransaction&) = delete;
  void Commit();

 private:
  Database& database_;
  bool open_ = true;
};

}  // namespace hone
