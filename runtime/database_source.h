// Where a database is: in a file, or in the program itself (hone_kernels(… EMBED symbol) of the package).
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>

#include "db/seal.h"
#include "db/store.h"

namespace hone {

class DatabaseSource {
 public:
  DatabaseSource(std::string path) : name_(std::move(path)) {}  // NOLINT: a path is a source
  DatabaseSource(const char* path) : name_(path) {}             // NOLINT
  // A whole database file in memory, which stays where it is as long as anything that was opened from it.
  DatabaseSource(const unsigned char* bytes, std::size_t size)
      : name_("embedded database"), bytes_(std::as_bytes(std::span(bytes, size))) {}

  const std::string& name() const { return name_; }  // the path, where it has one; for messages
  Store Open() const { return bytes_ ? Store::OpenBytes(*bytes_, name_) : Store::Open(name_, Store::Mode::kLoad); }
  std::optional<Seal> ReadSeal() const { return bytes_ ? hone::ReadSeal(*bytes_) : hone::ReadSeal(name_); }

 private:
  std::string name_;
  std::optional<std::span<const std::byte>> bytes_;
};

}  // namespace hone
