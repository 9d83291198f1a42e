// Private to runtime/: what a Library loaded before, in one flat file beside the user's database, so that the next
// start neither opens SQLite nor chooses and plans again.
//
// It belongs to one packed database, told by its seal, on one device with one driver and one set of enabled features.
// Of any other, cut short or damaged, it is as if it were not there: all of it can be had again.
//
// Format (bytes.h): "honestart3\n"; sizes of the owner and the index, checksum of the index; the owner: all that a
// choice, a plan and a driver's binary depend on; the index: for each entry its key, size, bytes that its checksum
// covers, and that; the entries. The rest of an entry are the words of its modules, which have their hashes. Small: a
// start reads the file at once, and what it checks it checks once.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "db/kernel.h"
#include "db/seal.h"
#include "runtime/lazy_binary.h"
#include "runtime/match.h"
#include "runtime/plan.h"

namespace hone {

class StartFile {
 public:
  struct Entry {
    std::shared_ptr<const LazyBinary> binary;
    std::vector<std::shared_ptr<const Module>> modules;  // its, without their interfaces
    Plan plan;
    Match match = Match::kExact;
    std::string explanation;
    std::vector<std::string> passes;  // what the driver made of each; "": nothing
  };

  // Reads the index.
  StartFile(std::string path, const Seal& seal, const DeviceInfo& device);
  ~StartFile();  // writes what was added; trouble with it is nobody's error
  StartFile(const StartFile&) = delete;
  StartFile& operator=(const StartFile&) = delete;

  bool empty() const { return entries_.empty(); }
  std::optional<Entry> Find(const std::string& key);  // hashes checked, each module's too
  void Put(const std::string& key, const Entry& entry);
  void Clear();

 private:
  struct Stored {
    std::uint64_t offset = 0, size = 0;  // in the file
    std::uint64_t checked = 0, checksum = 0;
    std::string bytes;  // of those added
  };
  void ReadIndex();
  std::string Read(std::uint64_t offset, std::uint64_t size) const;  // "": it is not there
  std::string BytesOf(const Stored& stored) const;                   // "": damaged
  void Write();

  std::string path_, owner_;
  int file_;
  std::string beginning_;  // of the file
  std::map<std::string, Stored> entries_;
  bool changed_ = false;
};

}  // namespace hone
