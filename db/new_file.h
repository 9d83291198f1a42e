// A database that is built beside its final name and appears there whole, or not at all. Private to db/.
#pragma once

#include <memory>
#include <string>

#include "db/sqlite.h"
#include "db/whole_file.h"

namespace hone {

class NewFile {
 public:
  // reserve_bytes: kept free at the end of each page (db/seal.h), or 0. Errors: Error when the folder cannot be
  // written.
  NewFile(const std::string& path, int reserve_bytes);

  Database& database() { return *database_; }
  const std::string& temporary() const { return file_.temporary(); }

  void Close() { database_.reset(); }  // everything is in the file now; database() is gone
  void Publish();                      // closes first

 private:
  WholeFile file_;
  std::unique_ptr<Database> database_;
};

}  // namespace hone
