// Private to runtime/: what a Library loaded before, in one flat file beside the user's database, so that the next
// start neither opens SQLite nor chooses and plans again.
//
// It belongs to one packed database, told by its seal, on one device with one driver and one set of enabled features.
// Of any other, cut short or damaged, it is as if it were not there: all of it can be had again.
//
// Format: a Header; a Row for each entry; the entries, blocks (flat.h) at multiples of eight bytes. Small: a start reads the
// file at once, checks each byte that it uses once, and copies nothing of it: pipelines are made and recorded from where it was
// read to. A checksum does for the modules, too: their hashes lie in the same file, and would not tell more. So it does for the
// drivers' binaries, which are kept only when they are of the owner's own driver.
#pragma once

#include <array>
#include <cstdint>
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

  // Reads the rows. identity: IdentityOf the device.
  StartFile(std::string path, const Seal& seal, std::uint64_t identity);
  ~StartFile();  // writes what was added; trouble with it is nobody's error
  StartFile(const StartFile&) = delete;
  StartFile& operator=(const StartFile&) = delete;

  bool empty() const { return rows_.empty() && added_.empty(); }
  std::optional<Entry> Find(std::string_view key) const;
  void Put(std::string_view key, const Pipeline::Impl& pipeline, std::span<const PassCode> codes);
  void Clear();

 private:
  // All that a choice, a plan and a driver's binary depend on.
  struct Owner {
    std::array<char, 16> magic{};
    std::array<char, 32> version{};  // of hone
    std::int64_t format = 0;         // of databases
    std::uint64_t identity = 0;
    std::array<std::uint8_t, 32> seal{};
    bool operator==(const Owner&) const = default;
  };
  struct Header {
    Owner owner;
    std::uint64_t rows = 0, checksum = 0;  // how many, and of all of them
  };
  struct Row {
    std::uint64_t key = 0;  // its checksum; the entry has it whole
    std::uint64_t offset = 0, size = 0, checksum = 0;
  };
  struct Bytes {
    std::shared_ptr<const void> memory;
    std::string_view view;
  };
  struct Added {
    std::uint64_t key = 0;
    Bytes bytes;
  };
  void ReadRows();
  Bytes Read(std::uint64_t offset, std::uint64_t size) const;  // empty: it is not there
  Bytes BytesOf(const Row& row) const;                         // empty: damaged
  void Write() const;

  const std::string path_;
  Owner owner_;
  int file_;
  Bytes beginning_;            // of the file; all of it, where it is small
  std::span<const Row> rows_;  // in it
  std::vector<Added> added_;   // count before rows of the same key
  bool changed_ = false;
};

}  // namespace hone
