#include "runtime/start_file.h"

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstring>

#include "db/error.h"
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

constexpr std::string_view kMagic = "honestart2\n";
constexpr std::size_t kHeaderBytes = kMagic.size() + 16 + 8;
constexpr std::uint64_t kMostIndexBytes = 1 << 20;
constexpr std::uint64_t kMostEntryBytes = 64 << 20;
constexpr std::size_t kMostEntries = 1024;

// Everything that a choice, a plan and a driver's binary depend on, besides the problem.
std::string OwnerOf(const Seal& seal, const DeviceInfo& device) {
  std::string text(reinterpret_cast<const char*>(seal.hash.data()), seal.hash.size());
  text += std::to_string(kFormat) + ' ' + hone_version() + '\n' + device.Key() + '\n' + device.device_uuid +
          device.pipeline_cache_uuid;
  for (const auto& name : device.features) text += '\n' + name;
  for (const auto& name : device.extensions) text += '\n' + name;
  for (const auto& [name, limit] : device.limits) text += '\n' + name + std::string(reinterpret_cast<const char*>(&limit), 8);
  return HashOf(std::string_view(text)).ToHex();
}

// The words of the modules lie at the end of `binary`, one behind the other (BinaryToBytes).
std::vector<std::shared_ptr<const Module>> ModulesIn(const std::string& binary, const std::vector<ModuleId>& ids) {
  std::uint64_t words = 0;
  for (const ModuleId& id : ids) words += std::min<std::uint64_t>(id.words, kMostEntryBytes);
  if (words > binary.size() / 4) throw Error("cut short");
  std::vector<std::shared_ptr<const Module>> modules;
  const char* at = binary.data() + binary.size() - 4 * words;
  for (const ModuleId& id : ids) {
    Module module{.hash = id.hash, .words = std::vector<std::uint32_t>(id.words), .interface = {}};
    if (id.words > 0) std::memcpy(module.words.data(), at, 4 * id.words);
    at += 4 * id.words;
    if (HashOf(module.words) != module.hash) throw Error("a module's hash is wrong");
    modules.push_back(std::make_shared<const Module>(std::move(module)));
  }
  return modules;
}

std::string ToBytes(const StartFile::Entry& entry) {
  std::vector<ModuleId> ids;
  for (const auto& module : entry.modules) ids.push_back({module->hash, module->words.size()});
  ByteWriter writer;
  writer(BinaryToBytes(entry.binary->Get()), ids, entry.plan, entry.match, entry.explanation, entry.passes);
  return std::move(writer.bytes);
}

StartFile::Entry FromBytes(std::string_view bytes) {
  StartFile::Entry entry;
  std::string binary;
  std::vector<ModuleId> ids;
  ByteReader reader(bytes);
  reader(binary, ids, entry.plan, entry.match, entry.explanation, entry.passes);
  if (entry.plan.passes.size() != ids.size() || entry.passes.size() != ids.size()) throw Error("not one module a pass");
  entry.modules = ModulesIn(binary, ids);
  entry.binary = std::make_shared<const LazyBinary>(std::move(binary));
  return entry;
}

}  // namespace

StartFile::StartFile(std::string path, const Seal& seal, const DeviceInfo& device)
    : path_(std::move(path)), owner_(OwnerOf(seal, device)), file_(path_, std::ios::binary) {
  try {
    if (file_) ReadIndex();
  } catch (const Error&) {
    entries_.clear();
  }
}

StartFile::~StartFile() {
  try {
    if (changed_) Write();
  } catch (const std::exception&) {  // a full disk, no memory: the next start takes longer
  }
}

void StartFile::ReadIndex() {
  std::string header(kHeaderBytes, '\0');
  file_.read(header.data(), static_cast<std::streamsize>(header.size()));
  if (!file_ || !header.starts_with(kMagic)) return;
  ByteReader reader(std::string_view(header).substr(kMagic.size()));
  Hash hash;
  std::uint64_t size = 0;
  reader(hash, size);
  if (size > kMostIndexBytes) return;
  std::string index(size, '\0');
  file_.read(index.data(), static_cast<std::streamsize>(size));
  if (!file_ || HashOf(std::string_view(index)) != hash) return;
  ByteReader rows(index);
  std::string owner;
  rows(owner);
  if (owner != owner_) return;
  for (std::uint64_t at = kHeaderBytes + size; !rows.done();) {
    std::string key;
    Stored stored{.offset = at};
    rows(key, stored.size, stored.hash);
    if (stored.size > kMostEntryBytes) throw Error("an entry of over 64 MiB");
    at += stored.size;
    entries_[key] = std::move(stored);
  }
}

std::string StartFile::BytesOf(const Stored& stored) {
  if (!stored.bytes.empty()) return stored.bytes;
  std::string bytes(stored.size, '\0');
  file_.clear();
  file_.seekg(static_cast<std::streamoff>(stored.offset));
  file_.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  return file_ && HashOf(std::string_view(bytes)) == stored.hash ? bytes : "";
}

std::optional<StartFile::Entry> StartFile::Find(const std::string& key) {
  const auto found = entries_.find(key);
  if (found == entries_.end()) return std::nullopt;
  try {
    const std::string bytes = BytesOf(found->second);
    if (!bytes.empty()) return FromBytes(bytes);
  } catch (const Error&) {
  }
  entries_.erase(found);
  return std::nullopt;
}

void StartFile::Put(const std::string& key, const Entry& entry) {
  if (entries_.size() >= kMostEntries) entries_.clear();
  Stored stored{.bytes = ToBytes(entry)};
  stored.size = stored.bytes.size();
  stored.hash = HashOf(std::string_view(stored.bytes));
  if (stored.size > kMostEntryBytes) return;
  entries_[key] = std::move(stored);
  changed_ = true;
}

void StartFile::Clear() {
  entries_.clear();
  changed_ = true;
}

// Whole or not at all, whoever else writes it just now.
void StartFile::Write() {
  ByteWriter index;
  index(owner_);
  std::string contents;
  for (const auto& [key, stored] : entries_) {
    const std::string bytes = BytesOf(stored);
    if (bytes.empty()) continue;
    index(key, bytes.size(), stored.hash);
    contents += bytes;
  }
  if (index.bytes.size() > kMostIndexBytes) return;
  ByteWriter header;
  header(HashOf(std::string_view(index.bytes)), index.bytes.size());
  const std::string temporary = path_ + ".tmp-" + std::to_string(getpid());
  std::ofstream file(temporary, std::ios::binary | std::ios::trunc);
  file << kMagic << header.bytes << index.bytes << contents;
  file.close();
  if (!file || std::rename(temporary.c_str(), path_.c_str()) != 0) std::remove(temporary.c_str());
}

}  // namespace hone
