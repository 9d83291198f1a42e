#include "runtime/start_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <fstream>

#include "db/error.h"
#include "db/hash.h"
#include "db/schema.h"
#include "runtime/bytes.h"
#include "runtime/hone.h"
#include "runtime/plan_bytes.h"

namespace hone {

struct ModuleId {
  Hash hash;
  std::uint64_t words = 0;
};
template <typename Archive, Of<ModuleId> T>
void Fields(Archive& archive, T& id) {
  archive(id.hash, id.words);
}

namespace {

constexpr std::string_view kMagic = "honestart4\n";
constexpr std::size_t kHeaderBytes = kMagic.size() + 3 * 8;
constexpr std::uint64_t kAtOnceBytes = 64 << 10;  // read with the header
constexpr std::uint64_t kMostIndexBytes = 1 << 20;
constexpr std::uint64_t kMostEntryBytes = 64 << 20;
constexpr std::size_t kMostEntries = 1024;

// The words of the modules lie at the end of `binary`, one behind the other (BinaryToBytes).
std::vector<std::shared_ptr<const Module>> ModulesIn(std::string_view binary, const std::vector<ModuleId>& ids) {
  std::uint64_t words = 0;
  for (const ModuleId& id : ids) words += std::min<std::uint64_t>(id.words, kMostEntryBytes);
  if (words > binary.size() / 4) throw Error("cut short");
  std::vector<std::shared_ptr<const Module>> modules;
  const char* at = binary.data() + binary.size() - 4 * words;
  for (const ModuleId& id : ids) {
    Module module{.hash = id.hash, .words = std::vector<std::uint32_t>(id.words), .interface = {}};
    if (id.words > 0) std::memcpy(module.words.data(), at, 4 * id.words);
    at += 4 * id.words;
    modules.push_back(std::make_shared<const Module>(std::move(module)));
  }
  return modules;
}

// The binary comes last: behind it only its modules' words.
std::string ToBytes(const StartFile::Entry& entry) {
  std::vector<ModuleId> ids;
  for (const auto& module : entry.modules) ids.push_back({module->hash, module->words.size()});
  ByteWriter writer;
  writer(ids, entry.plan, entry.match, entry.explanation, entry.passes, BinaryToBytes(entry.binary->Get()));
  return std::move(writer.bytes);
}

StartFile::Entry FromBytes(std::string_view bytes, std::shared_ptr<const void> memory) {
  StartFile::Entry entry;
  std::string_view binary;
  std::vector<ModuleId> ids;
  ByteReader reader(bytes);
  reader(ids, entry.plan, entry.match, entry.explanation, entry.passes, binary);
  if (entry.plan.passes.size() != ids.size() || entry.passes.size() != ids.size()) throw Error("not one module a pass");
  entry.modules = ModulesIn(binary, ids);
  entry.binary = std::make_shared<const LazyBinary>(memory, binary);
  entry.memory = std::move(memory);
  return entry;
}

}  // namespace

std::string IdentityOf(const DeviceInfo& device) {
  std::string text = std::to_string(kFormat) + ' ' + hone_version();
  text.reserve(4 << 10);
  for (const auto& part : {device.Key(), device.device_uuid, device.pipeline_cache_uuid}) (text += '\n') += part;
  for (const auto& name : device.features) (text += '\n') += name;
  for (const auto& name : device.extensions) (text += '\n') += name;
  for (const auto& [name, limit] : device.limits) ((text += '\n') += name).append(reinterpret_cast<const char*>(&limit), 8);
  return text;
}

StartFile::StartFile(std::string path, const Seal& seal, std::string_view identity)
    : path_(std::move(path)), owner_(seal.hash.begin(), seal.hash.end()), file_(open(path_.c_str(), O_RDONLY | O_CLOEXEC)) {
  owner_ += identity;
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
  if (fstat(file_, &status) != 0 || status.st_size < static_cast<off_t>(kHeaderBytes)) return;
  beginning_ = Read(0, std::min(static_cast<std::uint64_t>(status.st_size), kAtOnceBytes));
  if (!beginning_.view.starts_with(kMagic)) return;
  ByteReader header(beginning_.view.substr(kMagic.size(), kHeaderBytes - kMagic.size()));
  std::uint64_t owner_bytes = 0, index_bytes = 0, checksum = 0;
  header(owner_bytes, index_bytes, checksum);
  if (owner_bytes != owner_.size() || index_bytes > kMostIndexBytes || Read(kHeaderBytes, owner_bytes).view != owner_) {
    return;
  }
  const Bytes index = Read(kHeaderBytes + owner_bytes, index_bytes);
  if (ChecksumOf(index.view) != checksum) return;
  ByteReader rows(index.view);
  for (std::uint64_t at = kHeaderBytes + owner_bytes + index_bytes; !rows.done();) {
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
  auto memory = std::make_shared_for_overwrite<char[]>(size);
  if (pread(file_, memory.get(), size, static_cast<off_t>(offset)) != static_cast<ssize_t>(size)) return {};
  const std::string_view view(memory.get(), size);
  return {std::move(memory), view};
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

void StartFile::Put(const std::string& key, const Entry& entry) {
  if (entries_.size() >= kMostEntries) entries_.clear();
  const auto bytes = std::make_shared<const std::string>(ToBytes(entry));
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
  header(owner_.size(), index.bytes.size(), ChecksumOf(index.bytes));
  const std::string temporary = path_ + ".tmp-" + std::to_string(getpid());
  std::ofstream file(temporary, std::ios::binary | std::ios::trunc);
  file << kMagic << header.bytes << owner_ << index.bytes << contents;
  file.close();
  if (!file || std::rename(temporary.c_str(), path_.c_str()) != 0) std::remove(temporary.c_str());
}

}  // namespace hone
