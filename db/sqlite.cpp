#include "db/sqlite.h"

#include <cerrno>
#include <cstring>

#include "db/error.h"

namespace hone {
namespace {

constexpr int kBusyMilliseconds = 60000;

std::string Uri(const std::string& path, std::string_view query) {
  constexpr char digits[] = "0123456789ABCDEF";
  std::string uri = "file:";
  for (const char c : path) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '/' || c == '.' ||
                       c == '-' || c == '_';
    if (plain) {
      uri += c;
    } else {
      uri += {'%', digits[static_cast<unsigned char>(c) >> 4], digits[static_cast<unsigned char>(c) & 15]};
    }
  }
  return query.empty() ? uri : uri + "?" + std::string(query);
}

}  // namespace

Database::Database(const std::string& path, int flags, std::string_view query, const char* vfs) : path_(path) {
  const bool memory = path == ":memory:";
  Open(memory ? path : Uri(path, query), flags | (memory ? 0 : SQLITE_OPEN_URI), vfs);
}

Database::Database(std::span<const std::byte> bytes, const std::string& name) : path_(name) {
  Open(":memory:", SQLITE_OPEN_READWRITE, nullptr);
  // SQLite never writes there: it is told that it may only read.
  auto* data = const_cast<unsigned char*>(reinterpret_cast<const unsigned char*>(bytes.data()));
  unsigned flags = SQLITE_DESERIALIZE_READONLY;
  constexpr std::size_t kWriteVersion = 18, kReadVersion = 19;
  constexpr unsigned char kRollbackJournal = 1, kWriteAheadLog = 2;
  if (bytes.size() > kReadVersion && data[kReadVersion] == kWriteAheadLog) {  // which has no place in memory
    auto* copy = static_cast<unsigned char*>(sqlite3_malloc64(bytes.size()));
    if (!copy) throw Error(name + ": out of memory");
    std::memcpy(copy, data, bytes.size());
    copy[kWriteVersion] = copy[kReadVersion] = kRollbackJournal;
    data = copy;
    flags |= SQLITE_DESERIALIZE_FREEONCLOSE;
  }
  const auto size = static_cast<sqlite3_int64>(bytes.size());
  const int code = sqlite3_deserialize(handle_, "main", data, size, size, flags);
  if (code != SQLITE_OK) CloseAndThrow(code);
}

void Database::Open(const std::string& name, int flags, const char* vfs) {
  const int code = sqlite3_open_v2(name.c_str(), &handle_, flags | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, vfs);
  if (code != SQLITE_OK) CloseAndThrow(code);
  sqlite3_busy_timeout(handle_, kBusyMilliseconds);
  sqlite3_db_config(handle_, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  sqlite3_db_config(handle_, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
  sqlite3_db_config(handle_, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, nullptr);
  sqlite3_db_config(handle_, SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0, nullptr);
  sqlite3_limit(handle_, SQLITE_LIMIT_LENGTH, 256 << 20);
  sqlite3_limit(handle_, SQLITE_LIMIT_SQL_LENGTH, 1 << 20);
  sqlite3_limit(handle_, SQLITE_LIMIT_ATTACHED, 0);
  sqlite3_limit(handle_, SQLITE_LIMIT_WORKER_THREADS, 0);
}

void Database::CloseAndThrow(int code) {
  try {
    Throw(code);
  } catch (...) {
    sqlite3_close(handle_);
    throw;
  }
}

Database::~Database() {
  for (auto& [sql, statements] : idle_) {
    for (sqlite3_stmt* statement : statements) sqlite3_finalize(statement);
  }
  sqlite3_close(handle_);
}

void Database::Execute(const char* sql) {
  const int code = sqlite3_exec(handle_, sql, nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) Throw(code);
}

std::int64_t Database::Integer(std::string_view sql) {
  Statement statement(*this, sql);
  return statement.Step() ? statement.Integer(0) : 0;
}

std::string Database::Text(std::string_view sql) {
  Statement statement(*this, sql);
  return statement.Step() ? statement.Text(0) : "";
}

void Database::Vacuum() {
  sqlite3_limit(handle_, SQLITE_LIMIT_ATTACHED, 1);  // it works through an attached file of its own
  Execute("VACUUM");
  sqlite3_limit(handle_, SQLITE_LIMIT_ATTACHED, 0);
}

void Database::Throw(int code) const {
  const int system = handle_ ? sqlite3_system_errno(handle_) : 0;
  const std::string said = handle_ ? sqlite3_errmsg(handle_) : sqlite3_errstr(code);
  const auto fail = [&](const std::string& fact) { throw Error(path_ + ": " + fact); };
  const int primary = code & 0xff;
  if (primary == SQLITE_FULL || (primary == SQLITE_IOERR && (system == ENOSPC || system == EDQUOT))) {
    fail("the disk is full; what was stored before is kept: free some space and run the same command again");
  }
  if (primary == SQLITE_NOTADB) fail("not a hone database (not an SQLite file)");
  if (primary == SQLITE_CORRUPT) {
    fail("damaged (" + said + "); take a backup, or save what can be saved with: sqlite3 FILE .recover");
  }
  if (primary == SQLITE_BUSY || primary == SQLITE_LOCKED) {
    fail("another process kept it locked for " + std::to_string(kBusyMilliseconds / 1000) + " s; run again when it is done");
  }
  if (primary == SQLITE_READONLY || primary == SQLITE_PERM) {
    fail("cannot be written (" + said + "); choose a file in a folder you may write to");
  }
  if (primary == SQLITE_CANTOPEN) fail("cannot be opened (" + said + "); are the file and its folder readable?");
  if (primary == SQLITE_NOMEM) fail("out of memory");
  if (primary == SQLITE_TOOBIG) fail("holds a value too big to be hone's");
  fail(said);
  throw Error(said);  // not reached: tells the compiler
}

Statement::Statement(Database& database, std::string_view sql) : database_(database), sql_(sql) {
  std::vector<sqlite3_stmt*>& idle = database_.idle_[sql_];
  if (!idle.empty()) {
    statement_ = idle.back();
    idle.pop_back();
    return;
  }
  Check(sqlite3_prepare_v3(database_.handle_, sql_.c_str(), static_cast<int>(sql_.size()), SQLITE_PREPARE_PERSISTENT,
                           &statement_, nullptr));
}

Statement::~Statement() {
  sqlite3_reset(statement_);
  sqlite3_clear_bindings(statement_);
  try {
    database_.idle_[sql_].push_back(statement_);
  } catch (...) {
    sqlite3_finalize(statement_);
  }
}

bool Statement::Step() {
  const int code = sqlite3_step(statement_);
  if (code == SQLITE_ROW) return true;
  if (code != SQLITE_DONE) database_.Throw(code);
  return false;
}

void Statement::Run() {
  while (Step()) {
  }
  sqlite3_reset(statement_);
}

std::string_view Statement::View(int column) const {
  const auto* text = sqlite3_column_text(statement_, column);
  return text ? std::string_view(reinterpret_cast<const char*>(text),
                                 static_cast<std::size_t>(sqlite3_column_bytes(statement_, column)))
              : std::string_view();
}

std::span<const std::byte> Statement::Blob(int column) const {
  const void* data = sqlite3_column_blob(statement_, column);
  return {static_cast<const std::byte*>(data), data ? static_cast<std::size_t>(sqlite3_column_bytes(statement_, column)) : 0};
}

Hash Statement::HashAt(int column) const {
  const std::span<const std::byte> blob = Blob(column);
  Hash hash;
  if (blob.size() != hash.bytes.size()) throw Error(database_.path() + ": damaged: a content hash is not 16 bytes long");
  for (std::size_t i = 0; i < blob.size(); ++i) hash.bytes[i] = std::to_integer<std::uint8_t>(blob[i]);
  return hash;
}

void Statement::BindOne(int index, std::int64_t value) { Check(sqlite3_bind_int64(statement_, index, value)); }
void Statement::BindOne(int index, double value) { Check(sqlite3_bind_double(statement_, index, value)); }
void Statement::BindOne(int index, std::string_view text) {
  Check(sqlite3_bind_text64(statement_, index, text.empty() ? "" : text.data(), text.size(), SQLITE_TRANSIENT, SQLITE_UTF8));
}
void Statement::BindOne(int index, std::span<const std::byte> blob) {
  static constexpr std::byte nothing{};
  Check(sqlite3_bind_blob64(statement_, index, blob.empty() ? &nothing : blob.data(), blob.size(), SQLITE_TRANSIENT));
}
void Statement::BindOne(int index, const Hash& hash) { BindOne(index, std::as_bytes(std::span(hash.bytes))); }
void Statement::BindOne(int index, std::nullptr_t) { Check(sqlite3_bind_null(statement_, index)); }

void Statement::Check(int code) const {
  if (code != SQLITE_OK) database_.Throw(code);
}

void CopyPages(Database& from, Database& to) {
  sqlite3_backup* backup = sqlite3_backup_init(to.get(), "main", from.get(), "main");
  if (!backup) to.Throw(sqlite3_errcode(to.get()));
  int code = SQLITE_OK;
  while ((code = sqlite3_backup_step(backup, 1024)) == SQLITE_OK || code == SQLITE_BUSY || code == SQLITE_LOCKED) {
    if (code != SQLITE_OK) sqlite3_sleep(20);
  }
  sqlite3_backup_finish(backup);
  if (code != SQLITE_DONE) to.Throw(code);
}

WriteTransaction::WriteTransaction(Database& database) : database_(database) { Statement(database_, "BEGIN IMMEDIATE").Run(); }

void WriteTransaction::Commit() {
  Statement(database_, "COMMIT").Run();
  open_ = false;
}

WriteTransaction::~WriteTransaction() {
  if (open_ && !sqlite3_get_autocommit(database_.get())) sqlite3_exec(database_.get(), "ROLLBACK", nullptr, nullptr, nullptr);
}

}  // namespace hone
