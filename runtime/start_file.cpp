#include "runtime/start_file.h"

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstring>

#include "db/error.h"

namespace hone {
namespace {

constexpr std::string_view kMagic = "honestart1\n";
constexpr std::size_t kHeaderBytes = kMagic.size() + 16 + 8;
constexpr std::uint64_t kMostIndexBytes = 1 << 20;
constexpr std::uint64_t kMostEntryBytes = 64 << 20;
constexpr std::size_t kMostEntries = 1024;

class Writer {
 public:
  void Number(std::uint64_t number) {
    for (int i = 0; i < 8; ++i) bytes += static_cast<char>(number >> 8 * i);
  }
  void Text(std::string_view text) {
    Number(text.size());
    bytes += text;
  }
  void Digest(const Hash& hash) { bytes.append(reinterpret_cast<const char*>(hash.bytes.data()), hash.bytes.size()); }
  std::string bytes;
};

// Errors: Error when the bytes end too soon.
class Reader {
 public:
  explicit Reader(std::string_view bytes) : left_(bytes) {}
  std::string_view Bytes(std::uint64_t size) {
    if (size > left_.size()) throw Error("cut short");
    const std::string_view taken = left_.substr(0, size);
    left_.remove_prefix(size);
    return taken;
  }
  std::uint64_t Number() {
    std::uint64_t number = 0;
    const std::string_view bytes = Bytes(8);
    for (std::size_t i = 8; i-- > 0;) number = number << 8 | static_cast<unsigned char>(bytes[i]);
    return number;
  }
  std::string Text() { return std::string(Bytes(Number())); }
  Hash ReadHash() {
    Hash hash;
    std::memcpy(hash.bytes.data(), Bytes(hash.bytes.size()).data(), hash.bytes.size());
    return hash;
  }
  bool done() const { return left_.empty(); }

 private:
  std::string_view left_;
};

// Everything that a choice and a driver's binary depend on, besides the problem.
std::string OwnerOf(const Seal& seal, const DeviceInfo& device) {
  std::string text(reinterpret_cast<const char*>(seal.hash.data()), seal.hash.size());
  text += device.Key() + '\n' + device.device_uuid + device.pipeline_cache_uuid;
  for (const auto& name : device.features) text += '\n' + name;
  for (const auto& name : device.extensions) text += '\n' + name;
  return HashOf(std::string_view(text)).ToHex();
}

std::string ToBytes(const StartFile::Entry& entry) {
  Writer writer;
  writer.Text(BinaryToBytes(entry.binary));
  writer.Number(static_cast<std::uint64_t>(entry.match));
  writer.Text(entry.explanation);
  writer.Number(entry.passes.size());
  for (const auto& pass : entry.passes) writer.Text(pass);
  return std::move(writer.bytes);
}

StartFile::Entry FromBytes(std::string_view bytes) {
  Reader reader(bytes);
  StartFile::Entry entry;
  entry.binary = BinaryFromBytes(reader.Bytes(reader.Number()));
  entry.match = static_cast<Match>(std::min<std::uint64_t>(reader.Number(), std::uint64_t(Match::kManifestDefault)));
  entry.explanation = reader.Text();
  const std::uint64_t passes = reader.Number();
  if (passes != entry.binary.modules.size()) throw Error("not one binary a pass");
  for (std::uint64_t i = 0; i < passes; ++i) entry.passes.push_back(reader.Text());
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
  Reader reader(std::string_view(header).substr(kMagic.size()));
  const Hash hash = reader.ReadHash();
  const std::uint64_t size = reader.Number();
  if (size > kMostIndexBytes) return;
  std::string index(size, '\0');
  file_.read(index.data(), static_cast<std::streamsize>(size));
  if (!file_ || HashOf(std::string_view(index)) != hash) return;
  Reader rows(index);
  if (rows.Text() != owner_) return;
  for (std::uint64_t at = kHeaderBytes + size; !rows.done();) {
    const std::string key = rows.Text();
    Stored stored{.offset = at, .size = rows.Number(), .hash = rows.ReadHash(), .bytes = {}};
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
  Writer index;
  index.Text(owner_);
  std::string contents;
  for (const auto& [key, stored] : entries_) {
    const std::string bytes = BytesOf(stored);
    if (bytes.empty()) continue;
    index.Text(key);
    index.Number(bytes.size());
    index.Digest(stored.hash);
    contents += bytes;
  }
  if (index.bytes.size() > kMostIndexBytes) return;
  Writer header;
  header.Digest(HashOf(std::string_view(index.bytes)));
  header.Number(index.bytes.size());
  const std::string temporary = path_ + ".tmp-" + std::to_string(getpid());
  std::ofstream file(temporary, std::ios::binary | std::ios::trunc);
  file << kMagic << header.bytes << index.bytes << contents;
  file.close();
  if (!file || std::rename(temporary.c_str(), path_.c_str()) != 0) std::remove(temporary.c_str());
}

}  // namespace hone
