// A database that is built beside its final name and appears there whole, or not at all. Private to db/.
#pragma once

#include <memory>
#include <string>

#include "db/sqlite.h"

namespace hone {

class NewFile {
 public:
  // reserve_bytes: kept free at the end of each page (db/seal.h), or 0. Errors: Error when the folder cannot be
  // written.
  NewFile(const std::string& path, int reserve_bytes);
  ~NewFile();  // removes what was not published
  NewFile(const NewFile&) = delete;
  NewFile& operator=(const NewFile&) = delete;

  Database& database() { return *database_; }
  const std::string& temporary() const { return temporary_; }

  void Close();    // everything is in the file now; database() is gone
  void Publish();  // Close, fsync, rename

 private:
  void Create(int reserve_bytes);
  void Discard();

  std::string path_, temporary_;
  std::unique_ptr<Database> database_;
  bool published_ = false;
};

}  // namespace hone
