#include "runtime/start_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <cstdio>
#include <fstream>

#include "db/hash.h"
#include "db/schema.h"
#include "runtime/flat.h"
#include "runtime/hone.h"

namespace hone {
namespace {

constexpr std::string_view kMagic = "honestart6";
constexpr std::uint64_t kAtOnceBytes = 64 << 10;  // of the file's beginning
constexpr std::uint64_t kMostEntryBytes = 64 << 20;
constexpr std::size_t kMostEntries = 1024;  // whose rows are within the beginning

struct StoredPass {
  Hash hash;
  FlatList<std::uint32_t> words;  // of its module: among the variant's bytes
  FlatText kept;                  // what the driver made of it
};

// What an entry begins with.
struct Stored {
  FlatText key;
  FlatList<std::byte> plan;  // a PlanBlock
  FlatList<StoredPass> passes;
  FlatText variant;  // BinaryToBytes
  FlatText problem, explanation;
  Match match = Match::kExact;
};

// The binary ends with its modules' words (BinaryToBytes), which drivers want at multiples of four bytes.
std::size_t PutVariant(FlatWriter& to, const Binary& variant) {
  const std::string bytes = BinaryToBytes(variant);
  const std::size_t place = to.Add<char>(3 + bytes.size()) + (4 - bytes.size() % 4) % 4;
  std::ranges::copy(bytes, &to.At<char>(place));
  to.Point<char>(offsetof(Stored, variant), place, bytes.size());
  return place + bytes.size();
}

std::vector<std::byte> ToBlock(std::string_view key, const Pipeline::Impl& pipeline, std::span<const PassCode> codes) {
  const Variant& variant = pipeline.variant->Get();
  FlatWriter to;
  to.Add<Stored>();
  to.At<Stored>(0).match = pipeline.match;
  to.Put(offsetof(Stored, key), key);
  to.Put(offsetof(Stored, plan), pipeline.plan.bytes.data(), pipeline.plan.bytes.size());
  std::size_t pass = to.PutZeros<StoredPass>(offsetof(Stored, passes), codes.size());
  std::size_t words = PutVariant(to, variant.binary);
  for (const auto& [code, kept] : codes) words -= code.words.size_bytes();
  for (const auto& [code, kept] : codes) {
    to.At<StoredPass>(pass).hash = code.hash;
    to.Point<std::uint32_t>(pass + offsetof(StoredPass, words), words, code.words.size());
    to.Put(pass + offsetof(StoredPass, kept), kept);
    pass += sizeof(StoredPass);
    words += code.words.size_bytes();
  }
  to.Put(offsetof(Stored, problem), variant.problem.ToText());
  to.Put(offsetof(Stored, explanation), variant.explanation);
  to.Add<std::uint64_t>(0);  // its size, too, is a multiple of eight
  return to.Take();
}

StartFile::Entry FromBlock(const Stored& stored, std::shared_ptr<const void> memory) {
  StartFile::Entry entry{.begun = std::make_shared<Pipeline::Impl>(), .codes = {}, .memory = memory};
  entry.begun->match = stored.match;
  entry.begun->plan = {memory, stored.plan};
  entry.begun->variant = std::make_shared<const LazyVariant>(
      LazyVariant::Texts{std::move(memory), stored.variant.view(), stored.problem.view(), stored.explanation.view()});
  entry.codes.reserve(stored.passes.size());
  for (const StoredPass& pass : stored.passes) entry.codes.push_back({Code(pass.hash, pass.words), pass.kept.view()});
  return entry;
}

}  // namespace

StartFile::StartFile(std::string path, const Seal& seal, std::uint64_t identity)
    : path_(std::move(path)),
      owner_{.format = kFormat, .identity = identity, .seal = seal.hash},
      file_(open(path_.c_str(), O_RDONLY | O_CLOEXEC)) {
  kMagic.copy(owner_.magic.data(), owner_.magic.size());
  std::string_view(hone_version()).copy(owner_.version.data(), owner_.version.size());
  if (file_ >= 0) ReadRows();
}

StartFile::~StartFile() {
  try {
    if (changed_) Write();
  } catch (const std::exception&) {  // a full disk, no memory: the next start takes longer
  }
  if (file_ >= 0) close(file_);
}

void StartFile::ReadRows() {
  struct stat status;
  if (fstat(file_, &status) != 0) return;
  beginning_ = Read(0, std::min(static_cast<std::uint64_t>(status.st_size), kAtOnceBytes));
  const std::string_view all = beginning_.view;
  if (all.size() < sizeof(Header)) return;
  const auto& header = *reinterpret_cast<const Header*>(all.data());
  if (header.owner != owner_ || header.rows > (all.size() - sizeof(Header)) / sizeof(Row)) return;
  const std::string_view rows = all.substr(sizeof(Header), header.rows * sizeof(Row));
  if (ChecksumOf(rows) == header.checksum) rows_ = {reinterpret_cast<const Row*>(rows.data()), header.rows};
}

// As much of it as there is.
StartFile::Bytes StartFile::Read(std::uint64_t offset, std::uint64_t size) const {
  auto memory = std::make_shared_for_overwrite<std::uint64_t[]>((size + 7) / 8);
  const ssize_t got = pread(file_, memory.get(), size, static_cast<off_t>(offset));
  const auto* bytes = reinterpret_cast<const char*>(memory.get());
  return {std::move(memory), {bytes, got > 0 ? static_cast<std::size_t>(got) : 0}};
}

StartFile::Bytes StartFile::BytesOf(const Row& row) const {
  if (row.size > kMostEntryBytes || row.size < sizeof(Stored)) return {};
  const bool is_near = row.offset + row.size <= beginning_.view.size();
  Bytes bytes = is_near ? Bytes{beginning_.memory, beginning_.view.substr(row.offset, row.size)} : Read(row.offset, row.size);
  return bytes.view.size() == row.size && ChecksumOf(bytes.view) == row.checksum ? bytes : Bytes{};
}

std::optional<StartFile::Entry> StartFile::Find(std::string_view key) const {
  const std::uint64_t checksum = ChecksumOf(key);
  Bytes found;
  for (const Added& added : added_) {
    if (added.key == checksum) found = added.bytes;
  }
  for (const Row& row : rows_) {
    if (row.key == checksum && !found.memory) found = BytesOf(row);
  }
  if (!found.memory) return std::nullopt;
  const auto& stored = *reinterpret_cast<const Stored*>(found.view.data());
  if (stored.key.view() != key) return std::nullopt;
  return FromBlock(stored, std::move(found.memory));
}

void StartFile::Put(std::string_view key, const Pipeline::Impl& pipeline, std::span<const PassCode> codes) {
  if (rows_.size() + added_.size() >= kMostEntries) Clear();
  const auto block = std::make_shared<const std::vector<std::byte>>(ToBlock(key, pipeline, codes));
  if (block->size() > kMostEntryBytes) return;
  std::erase_if(added_, [&](const Added& added) { return added.key == ChecksumOf(key); });
  added_.push_back({ChecksumOf(key), {block, {reinterpret_cast<const char*>(block->data()), block->size()}}});
  changed_ = true;
}

void StartFile::Clear() {
  rows_ = {};
  added_.clear();
  changed_ = true;
}

// Whole or not at all, whoever else writes it just now.
void StartFile::Write() const {
  std::vector<Added> all = added_;
  for (const Row& row : rows_) {
    const bool is_newer = std::ranges::find(added_, row.key, &Added::key) != added_.end();
    if (Bytes bytes = BytesOf(row); !is_newer && bytes.memory) all.push_back({row.key, std::move(bytes)});
  }
  std::vector<Row> rows;
  std::uint64_t at = sizeof(Header) + all.size() * sizeof(Row);
  for (const auto& [key, bytes] : all) {
    rows.push_back({key, at, bytes.view.size(), ChecksumOf(bytes.view)});
    at += bytes.view.size();
  }
  const std::string_view table(reinterpret_cast<const char*>(rows.data()), rows.size() * sizeof(Row));
  const Header header{owner_, rows.size(), ChecksumOf(table)};
  const std::string temporary = path_ + ".tmp-" + std::to_string(getpid());
  std::ofstream file(temporary, std::ios::binary | std::ios::trunc);
  file.write(reinterpret_cast<const char*>(&header), sizeof header) << table;
  for (const auto& [key, bytes] : all) file << bytes.view;
  file.close();
  if (!file || std::rename(temporary.c_str(), path_.c_str()) != 0) std::remove(temporary.c_str());
}

}  // namespace hone
