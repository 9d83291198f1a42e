#include "runtime/start_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <fstream>

#include "db/error.h"
#include "db/hash.h"
#include "db/schema.h"
#include "runtime/bytes.h"
#include "runtime/hone.h"
#include "runtime/plan_bytes.h"

namespace hone {

// Where in the entry the code and the driver's binary of a pass lie: the code among the words at its end.
struct PassRow {
  Hash hash;
  std::uint64_t words = 0;
  std::string_view kept;
};
template <typename Archive, Of<PassRow> T>
void Fields(Archive& archive, T& row) {
  archive(row.hash, row.words, row.kept);
}

namespace {

constexpr std::string_view kMagic = "honestart5\n";
constexpr std::uint64_t kAtOnceBytes = 64 << 10;  // of the file's beginning
constexpr std::uint64_t kMostIndexBytes = 1 << 20;
constexpr std::uint64_t kMostEntryBytes = 64 << 20;
constexpr std::size_t kMostEntries = 1024;

std::uint64_t Aligned(std::uint64_t bytes) { return (bytes + 3) / 4 * 4; }

// The binary comes last: behind it only its modules' words (BinaryToBytes).
std::string ToBytes(const Pipeline::Impl& pipeline, std::span<const PassCode> codes) {
  std::vector<PassRow> rows;
  for (const auto& [code, kept] : codes) rows.push_back({code.hash, code.words.size(), kept});
  ByteWriter writer;
  const std::string binary = BinaryToBytes(pipeline.binary->Get());
  writer(rows, pipeline.plan, pipeline.match, pipeline.explanation);
  const std::uint64_t unaligned = writer.bytes.size() + 2 * sizeof(std::uint64_t) + binary.size();
  writer(std::string(Aligned(unaligned) - unaligned, ' '), binary);
  return std::move(writer.bytes);
}

StartFile::Entry FromBytes(std::string_view bytes, std::shared_ptr<const void> memory) {
  StartFile::Entry entry{.begun = std::make_shared<Pipeline::Impl>(), .codes = {}, .memory = {}};
  Pipeline::Impl& begun = *entry.begun;
  std::string_view padding, binary;
  std::vector<PassRow> rows;
  ByteReader reader(bytes);
  reader(rows, begun.plan, begun.match, begun.explanation, padding, binary);
  if (begun.plan.passes.size() != rows.size()) throw Error("not one module a pass");
  std::uint64_t words = 0;
  for (const PassRow& row : rows) words += std::min<std::uint64_t>(row.words, kMostEntryBytes);
  if (words > binary.size() / 4) throw Error("cut short");
  const auto* at = reinterpret_cast<const std::uint32_t*>(bytes.data() + bytes.size() - 4 * words);
  entry.codes.reserve(rows.size());
  for (const PassRow& row : rows) {
    entry.codes.push_back({Code(row.hash, {at, row.words}), row.kept});
    at += row.words;
  }
  begun.binary = std::make_shared<const LazyBinary>(memory, binary);
  entry.memory = std::move(memory);
  return entry;
}

}  // namespace

StartFile::StartFile(std::string path, const Seal& seal, std::uint64_t identity)
    : path_(std::move(path)), owner_(kMagic), file_(open(path_.c_str(), O_RDONLY | O_CLOEXEC)) {
  const std::uint64_t numbers[] = {kFormat, identity};
  owner_.reserve(128);
  owner_.append(hone_version()).append(1, '\n').append(reinterpret_cast<const char*>(numbers), sizeof numbers);
  owner_.append(seal.hash.begin(), seal.hash.end());
  try {
    if (file_ >= 0) ReadIndex();
  } catch (const Error&) {
    entries_.clear();
  }
}

StartFile::~StartFile() {
  try {
    if (changed_) Write();
  } catch (const std::exception&) {  // a full disk, no memory: the next start takes longer
  }
  if (file_ >= 0) close(file_);
}

void StartFile::ReadIndex() {
  struct stat status;
  if (fstat(file_, &status) != 0) return;
  beginning_ = Read(0, std::min(static_cast<std::uint64_t>(status.st_size), kAtOnceBytes));
  if (!beginning_.view.starts_with(owner_)) return;
  ByteReader header(beginning_.view.substr(owner_.size()));
  std::uint64_t index_bytes = 0, checksum = 0;
  header(index_bytes, checksum);
  const std::uint64_t index_at = owner_.size() + 2 * sizeof(std::uint64_t);
  if (index_bytes > kMostIndexBytes) return;
  const Bytes index = Read(index_at, index_bytes);
  if (ChecksumOf(index.view) != checksum) return;
  ByteReader rows(index.view);
  for (std::uint64_t at = Aligned(index_at + index_bytes); !rows.done();) {
    std::string key;
    Stored stored{.offset = at};
    rows(key, stored.size, stored.checksum);
    if (stored.size > kMostEntryBytes) throw Error("an entry of over 64 MiB");
    at += stored.size;
    entries_[key] = std::move(stored);
  }
}

StartFile::Bytes StartFile::Read(std::uint64_t offset, std::uint64_t size) const {
  if (offset + size <= beginning_.view.size()) return {beginning_.memory, beginning_.view.substr(offset, size)};
  auto memory = std::make_shared_for_overwrite<std::uint32_t[]>(Aligned(size) / 4);  // modules are words
  const auto* bytes = reinterpret_cast<const char*>(memory.get());
  if (pread(file_, memory.get(), size, static_cast<off_t>(offset)) != static_cast<ssize_t>(size)) return {};
  return {std::move(memory), {bytes, size}};
}

StartFile::Bytes StartFile::BytesOf(const Stored& stored) const {
  if (stored.bytes.memory) return stored.bytes;
  Bytes bytes = Read(stored.offset, stored.size);
  return ChecksumOf(bytes.view) == stored.checksum ? bytes : Bytes{};
}

std::optional<StartFile::Entry> StartFile::Find(const std::string& key) {
  const auto found = entries_.find(key);
  if (found == entries_.end()) return std::nullopt;
  try {
    if (Bytes bytes = BytesOf(found->second); bytes.memory) return FromBytes(bytes.view, std::move(bytes.memory));
  } catch (const Error&) {
  }
  entries_.erase(found);
  return std::nullopt;
}

void StartFile::Put(const std::string& key, const Pipeline::Impl& pipeline, std::span<const PassCode> codes) {
  if (entries_.size() >= kMostEntries) entries_.clear();
  const auto bytes = std::make_shared<const std::string>(ToBytes(pipeline, codes));
  if (bytes->size() > kMostEntryBytes) return;
  entries_[key] = {.size = bytes->size(), .checksum = ChecksumOf(*bytes), .bytes = {bytes, *bytes}};
  changed_ = true;
}

void StartFile::Clear() {
  entries_.clear();
  changed_ = true;
}

// Whole or not at all, whoever else writes it just now.
void StartFile::Write() {
  ByteWriter index;
  std::string contents;
  for (const auto& [key, stored] : entries_) {
    const Bytes bytes = BytesOf(stored);
    if (!bytes.memory) continue;
    index(key, stored.size, stored.checksum);
    contents += bytes.view;
  }
  if (index.bytes.size() > kMostIndexBytes) return;
  ByteWriter header;
  header(index.bytes.size(), ChecksumOf(index.bytes));
  const std::uint64_t end = owner_.size() + header.bytes.size() + index.bytes.size();
  index.bytes.resize(index.bytes.size() + Aligned(end) - end);
  const std::string temporary = path_ + ".tmp-" + std::to_string(getpid());
  std::ofstream file(temporary, std::ios::binary | std::ios::trunc);
  file << owner_ << header.bytes << index.bytes << contents;
  file.close();
  if (!file || std::rename(temporary.c_str(), path_.c_str()) != 0) std::remove(temporary.c_str());
}

}  // namespace hone
