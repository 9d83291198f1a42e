// Private to runtime/: what a Library loaded before, in one flat file beside the user's database, so that the next
// start neither opens SQLite nor chooses and plans again.
//
// It belongs to one packed database, told by its seal, on one device with one driver and one set of enabled features.
// Of any other, cut short or damaged, it is as if it were not there: all of it can be had again.
//
// Format (bytes.h): the owner: all that a choice, a plan and a driver's binary depend on; size and checksum of the index; the
// index: for each entry its key, size and checksum; the entries, each at a multiple of four bytes. Small: a start reads the
// file at once, checks each byte that it uses once, and copies little of it. A checksum does for the modules, too: their hashes
// lie in the same file, and would not tell more. So it does for the drivers' binaries, which are kept only when they are of the
// owner's own driver.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "db/seal.h"
#include "runtime/pipeline_impl.h"

namespace hone {

class StartFile {
 public:
  struct Entry {
    std::shared_ptr<Pipeline::Impl> begun;  // for MakePipeline
    std::vector<PassCode> codes;
    std::shared_ptr<const void> memory;  // where the codes lie
  };

  // Reads the index. identity: IdentityOf the device.
  StartFile(std::string path, const Seal& seal, std::uint64_t identity);
  ~StartFile();  // writes what was added; trouble with it is nobody's error
  StartFile(const StartFile&) = delete;
  StartFile& operator=(const StartFile&) = delete;

  bool empty() const { return entries_.empty(); }
  std::optional<Entry> Find(const std::string& key);
  void Put(const std::string& key, const Pipeline::Impl& pipeline, std::span<const PassCode> codes);
  void Clear();

 private:
  struct Bytes {
    std::shared_ptr<const void> memory;
    std::string_view view;
  };
  struct Stored {
    std::uint64_t offset = 0, size = 0, checksum = 0;  // in the file
    Bytes bytes;                                       // of those added
  };
  void ReadIndex();
  Bytes Read(std::uint64_t offset, std::uint64_t size) const;  // empty: it is not there
  Bytes BytesOf(const Stored& stored) const;                   // empty: damaged
  void Write();

  std::string path_, owner_;
  int file_;
  Bytes beginning_;  // of the file; all of it, where it is small
  std::map<std::string, Stored> entries_;
  bool changed_ = false;
};

}  // namespace hone
