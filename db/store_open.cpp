// Opening: which way, and whether at all.
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "db/error.h"
#include "db/file_system.h"
#include "db/schema.h"
#include "db/seal.h"
#include "db/store_impl.h"

namespace hone {
namespace {

constexpr int kWrite = SQLITE_OPEN_READWRITE;

void RequireFile(const std::string& path) {
  struct stat status {};
  if (path.empty()) throw Error("a database needs a file name");
  if (stat(path.c_str(), &status) != 0) {
    if (errno == ENOENT) throw Error(path + ": no such file; hone tune --db " + path + " makes one");
    throw Error(path + ": " + std::strerror(errno));
  }
  if (!S_ISREG(status.st_mode)) throw Error(path + ": not a regular file");
  if (status.st_size == 0 && !HasContent(path + "-wal")) throw Error(path + ": not a hone database (the file is empty)");
}

void RequireWritable(const std::string& path) {
  const std::string folder = FolderOf(path);
  struct stat status {};
  if (stat(folder.c_str(), &status) != 0 || !S_ISDIR(status.st_mode)) {
    throw Error(path + ": the folder " + folder + " does not exist; make it first");
  }
  if (!IsWritable(folder) || (access(path.c_str(), F_OK) == 0 && !IsWritable(path))) {
    throw Error(path + ": cannot be written (the file or its folder is read-only); choose a folder you may write to");
  }
  if (const std::string network = NetworkFileSystem(folder); !network.empty()) {
    throw Error(path + ": lies on " + network +
                ", where the locks that a database needs cannot be trusted; tune into a local " + "file, then: hone merge " +
                path + " LOCAL.db");
  }
}

// Write-ahead logging: readers and the writer do not wait for each other, and a commit survives a killed process.
void UseWal(Database& database) {
  for (int attempt = 0; attempt < 200; ++attempt) {
    try {
      if (database.Text("PRAGMA journal_mode = WAL") == "wal") break;
    } catch (const Error&) {
      if (sqlite3_errcode(database.get()) != SQLITE_BUSY || attempt == 199) throw;
    }
    usleep(10000);  // another process is switching it on just now
  }
  database.Execute("PRAGMA synchronous = NORMAL");  // the disk is waited for when the log is copied into the file, not before
  database.Execute("PRAGMA wal_autocheckpoint = 8000");  // pages, 32 MiB: seldom
}

void CreateIfEmpty(Database& database) {
  const auto is_empty = [&] { return database.Integer("SELECT count(*) FROM sqlite_schema") == 0; };
  if (!is_empty()) return;
  WriteTransaction transaction(database);
  if (is_empty()) CreateSchema(database);  // nobody was faster
  transaction.Commit();
}

std::unique_ptr<Store::Impl> OpenForWriting(const std::string& path, bool create) {
  if (create && !HasContent(path)) {
    if (path.empty()) throw Error("a database needs a file name");
    PlaceForFile(path);  // it must be free, or a file
  } else {
    RequireFile(path);
  }
  if (ReadSeal(path)) {
    throw Error(path + ": packed, and so never changes; to go on with it: hone merge NEW.db " + path);
  }
  RequireWritable(path);
  auto impl = std::make_unique<Store::Impl>(path, kWrite | (create ? SQLITE_OPEN_CREATE : 0), "");
  if (create) {
    CreateIfEmpty(impl->database);
  }
  FormatOf(impl->database) < kFormat ? Migrate(impl->database) : (void)CheckSchema(impl->database);
  UseWal(impl->database);
  impl->database.Execute("PRAGMA foreign_keys = ON");
  return impl;
}

// Reading changes no file: what is of an older format is migrated in a copy in memory.
std::unique_ptr<Store::Impl> MigratedCopy(Store::Impl& older) {
  auto copy = std::make_unique<Store::Impl>(older.path, kWrite | SQLITE_OPEN_CREATE, "mode=memory");
  CopyPages(older.database, copy->database);
  Migrate(copy->database);
  return copy;
}

std::unique_ptr<Store::Impl> ForReading(std::unique_ptr<Store::Impl> impl, bool sealed) {
  if (FormatOf(impl->database) < kFormat) impl = MigratedCopy(*impl);
  impl->read_only = true;
  impl->sealed = sealed;
  impl->database.Execute("PRAGMA query_only = ON");
  impl->has_views = CheckSchema(impl->database, sealed);
  return impl;
}

// Whether the disk is too full for what write-ahead logging keeps beside the file, and the file itself holds everything.
bool CannotBegin(Store::Impl& impl) {
  try {
    impl.database.Integer("PRAGMA user_version");
    return false;
  } catch (const Error&) {
    const int code = sqlite3_errcode(impl.database.get()) & 0xff;
    if ((code != SQLITE_FULL && code != SQLITE_IOERR) || HasContent(impl.path + "-wal")) throw;
    return true;
  }
}

// A sealed file never changes, so SQLite needs no locks. Elsewhere a reader takes part in write-ahead logging where it
// may write beside the file, so that it sees a running tuner's results and leaves nothing behind; where it may not, or the disk
// is full, the file lies still.
std::unique_ptr<Store::Impl> OpenForReading(const std::string& path) {
  RequireFile(path);
  std::unique_ptr<Store::Impl> impl;
  const bool sealed = ReadSeal(path).has_value();
  const bool shared = !sealed && !NetworkFileSystem(FolderOf(path)).empty();
  if (!sealed && !shared && IsWritable(path) && IsWritable(FolderOf(path))) {
    impl = std::make_unique<Store::Impl>(path, kWrite, "");
    if (CannotBegin(*impl)) impl = std::make_unique<Store::Impl>(path, SQLITE_OPEN_READONLY, "immutable=1");
  } else if (sealed || !HasContent(path + "-wal")) {
    impl = std::make_unique<Store::Impl>(path, SQLITE_OPEN_READONLY, "immutable=1");
  } else if (shared) {
    throw Error(path + ": lies on a network file system and has changes that are not yet in the file (" + path +
                "-wal); let the process that writes it end, or open it on that machine");
  } else {
    impl = std::make_unique<Store::Impl>(path, SQLITE_OPEN_READONLY, "");
  }
  return ForReading(std::move(impl), sealed);
}

}  // namespace

Store::Store(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Store::Store(Store&&) noexcept = default;
Store& Store::operator=(Store&&) noexcept = default;
Store::~Store() = default;

Store Store::Open(const std::string& path, Mode mode) {
  const bool reads = mode == Mode::kReadOnly || mode == Mode::kLoad;
  Store store(reads ? OpenForReading(path) : OpenForWriting(path, mode == Mode::kCreate));
  if (mode != Mode::kLoad) store.impl_->NeedViews();
  return store;
}

void Store::Impl::NeedViews() {
  if (has_views) return;
  database.Execute("PRAGMA query_only = OFF");
  CreateTemporaryViews(database);
  database.Execute("PRAGMA query_only = ON");
  has_views = true;
}

Store Store::OpenBytes(std::span<const std::byte> bytes, const std::string& name) {
  if (bytes.empty()) throw Error(name + ": not a hone database (it is empty)");
  auto impl = std::make_unique<Store::Impl>(bytes, name);
  return Store(ForReading(std::move(impl), ReadSeal(bytes).has_value()));
}

Store Store::OpenUntrusted(const std::string& path) {
  Store store = Open(path, Mode::kReadOnly);
  Database& database = store.impl_->database;
  database.Execute("PRAGMA cell_size_check = ON");
  const std::string found = database.Text("PRAGMA integrity_check(1)");
  if (found != "ok") throw Error(path + ": damaged (" + found.substr(0, 200) + ")");
  Statement orphans(database, "PRAGMA foreign_key_check");
  if (orphans.Step()) throw Error(path + ": damaged (table " + orphans.Text(0) + " refers to a row that is not there)");
  return store;
}

const std::string& Store::path() const { return impl_->path; }
bool Store::packed() const { return impl_->sealed; }

}  // namespace hone
