#include "db/new_file.h"

#include <sys/stat.h>

#include "db/error.h"
#include "db/file_system.h"
#include "db/schema.h"

namespace hone {

NewFile::NewFile(const std::string& path, int reserve_bytes) : file_(path) {
  struct stat status {};
  const std::string folder = FolderOf(path);
  if (path.empty()) throw Error("a database needs a file name");
  if (stat(folder.c_str(), &status) != 0 || !S_ISDIR(status.st_mode)) {
    throw Error(path + ": the folder " + folder + " does not exist; make it first");
  }
  if (!IsWritable(folder)) throw Error(path + ": the folder " + folder + " cannot be written; choose another");
  // Nobody else knows the name, so no locks: they may not even work on this file system.
  database_ = std::make_unique<Database>(temporary(), SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_EXCLUSIVE, "",
                                         "unix-none");
  if (reserve_bytes > 0) sqlite3_file_control(database_->get(), "main", SQLITE_FCNTL_RESERVE_BYTES, &reserve_bytes);
  database_->Execute("PRAGMA page_size = 4096");
  database_->Execute("PRAGMA journal_mode = OFF");
  database_->Execute("PRAGMA synchronous = OFF");
  database_->Execute("PRAGMA cache_size = -65536");
  CreateSchema(*database_);
}

void NewFile::Publish() {
  Close();
  file_.Publish();
}

}  // namespace hone
