#include "db/seal.h"

#include <fcntl.h>
#include <sodium.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <memory>
#include <sstream>
#include <vector>

#include "db/error.h"
#include "db/hash.h"

namespace hone {
namespace {

constexpr std::string_view kSealMagic = "honeseal";
constexpr std::string_view kSecretLabel = "hone-secret-key ", kPublicLabel = "hone-public-key ";
constexpr std::string_view kSigned = "hone pack 1\n";  // keeps a signature of ours from meaning anything elsewhere

struct CloseFile {
  void operator()(std::FILE* file) const { std::fclose(file); }
};
using File = std::unique_ptr<std::FILE, CloseFile>;

constexpr std::size_t kHeaderBytes = 100;  // of an SQLite file

// Where the seal begins; 0: no page of that file has room for one.
long SealOffset(const unsigned char* header) {
  if (std::memcmp(header, "SQLite format 3", 16) != 0 || header[20] != kSealBytes) return 0;
  const long page = header[16] * 256L + header[17];
  return (page == 1 ? 65536 : page) - kSealBytes;
}
long SealOffset(std::FILE* file) {
  unsigned char header[kHeaderBytes];
  return std::fread(header, 1, sizeof header, file) == sizeof header ? SealOffset(header) : 0;
}

std::optional<Seal> SealIn(const unsigned char* bytes) {
  if (std::memcmp(bytes, kSealMagic.data(), kSealMagic.size()) != 0) return std::nullopt;
  Seal seal;
  const unsigned char* at = bytes + kSealMagic.size();
  std::memcpy(seal.hash.data(), at, 32);
  std::memcpy(seal.signature.data(), at + 32, 64);
  std::memcpy(seal.signer.data(), at + 96, 32);
  return seal;
}

std::array<std::uint8_t, 32> HashOfFile(const std::string& path, std::FILE* file, long seal) {
  crypto_generichash_state state;
  crypto_generichash_init(&state, nullptr, 0, 32);
  std::rewind(file);
  std::vector<unsigned char> block(1 << 16);
  const long zeros_from = seal + static_cast<long>(kSealMagic.size()), zeros_to = seal + kSealBytes;
  long at = 0;
  while (const std::size_t got = std::fread(block.data(), 1, block.size(), file)) {
    for (long i = std::max(at, zeros_from); i < std::min(at + static_cast<long>(got), zeros_to); ++i) {
      block[static_cast<std::size_t>(i - at)] = 0;
    }
    crypto_generichash_update(&state, block.data(), got);
    at += static_cast<long>(got);
  }
  if (std::ferror(file)) throw Error(path + ": cannot be read: " + std::strerror(errno));
  std::array<std::uint8_t, 32> hash;
  crypto_generichash_final(&state, hash.data(), hash.size());
  return hash;
}

std::string ToSign(const std::array<std::uint8_t, 32>& hash) {
  return std::string(kSigned) + std::string(reinterpret_cast<const char*>(hash.data()), hash.size());
}
const unsigned char* Bytes(const std::string& text) { return reinterpret_cast<const unsigned char*>(text.data()); }

std::string ReadLine(const std::string& path, const char* what) {
  std::ifstream file(path);
  std::string line;
  if (!std::getline(file, line)) throw Error(path + ": " + what + " cannot be read");
  return line;
}

// `size` bytes of hexadecimal digits after a label.
std::vector<std::uint8_t> FromLabelled(std::string_view text, std::string_view label, std::size_t size) {
  std::vector<std::uint8_t> bytes(size);
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r' || text.back() == ' ')) text.remove_suffix(1);
  std::size_t got = 0;
  if (!text.starts_with(label) || text.size() != label.size() + 2 * size ||
      sodium_hex2bin(bytes.data(), size, text.data() + label.size(), 2 * size, nullptr, &got, nullptr) != 0 || got != size) {
    throw Error("not a line '" + std::string(label) + "' with " + std::to_string(2 * size) + " hexadecimal digits");
  }
  return bytes;
}

void WriteNew(const std::string& path, const std::string& text, mode_t mode) {
  const int file = open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
  if (file < 0) throw Error(path + ": cannot be made: " + std::strerror(errno));
  errno = 0;
  const bool good = write(file, text.data(), text.size()) == static_cast<ssize_t>(text.size()) && fsync(file) == 0;
  const int why = errno != 0 ? errno : ENOSPC;
  close(file);
  if (good) return;
  unlink(path.c_str());
  throw Error(path + ": cannot be written: " + std::strerror(why));
}

File OpenSealed(const std::string& path, const char* mode, long& offset) {
  File file(std::fopen(path.c_str(), mode));
  if (!file) throw Error(path + ": " + std::strerror(errno));
  offset = SealOffset(file.get());
  return file;
}

}  // namespace

std::optional<Seal> ReadSeal(const std::string& path) {
  const int file = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return std::nullopt;
  unsigned char header[kHeaderBytes], seal[kSealBytes];
  const auto read = [&](unsigned char* to, std::size_t size, long from) {
    return pread(file, to, size, from) == static_cast<ssize_t>(size);
  };
  const long offset = read(header, sizeof header, 0) ? SealOffset(header) : 0;
  const bool found = offset > 0 && read(seal, sizeof seal, offset);
  close(file);
  return found ? SealIn(seal) : std::nullopt;
}

std::optional<Seal> ReadSeal(std::span<const std::byte> file) {
  const auto* bytes = reinterpret_cast<const unsigned char*>(file.data());
  const long offset = file.size() >= kHeaderBytes ? SealOffset(bytes) : 0;
  if (offset <= 0 || file.size() < static_cast<std::size_t>(offset) + kSealBytes) return std::nullopt;
  return SealIn(bytes + offset);
}

void VerifySeal(const std::string& path, const std::optional<PublicKey>& key) {
  const std::optional<Seal> seal = ReadSeal(path);
  if (!seal) throw Error(path + ": not a packed database; make one with: hone pack");
  long offset = 0;
  const File file = OpenSealed(path, "rb", offset);
  if (HashOfFile(path, file.get(), offset) != seal->hash) {
    throw Error(path + ": changed since it was packed (its content hash is wrong); get it again from where it was packed");
  }
  if (!key) return;
  if (!seal->is_signed()) throw Error(path + ": not signed, and a signature is asked for; sign with: hone pack --sign KEY");
  const std::string text = ToSign(seal->hash);
  if (crypto_sign_verify_detached(seal->signature.data(), Bytes(text), text.size(), key->data()) != 0) {
    throw Error(path + ": not signed with the key that is asked for");
  }
}

void WriteSeal(const std::string& path, const std::string& secret_key_file) {
  long offset = 0;
  const File file = OpenSealed(path, "r+b", offset);
  if (offset == 0) throw Error(path + ": has no room for a seal");
  std::string bytes(kSealMagic);
  bytes.resize(kSealBytes);
  std::fseek(file.get(), offset, SEEK_SET);
  if (std::fwrite(bytes.data(), 1, kSealMagic.size(), file.get()) != kSealMagic.size())
    throw Error(path + ": cannot be written");
  const auto hash = HashOfFile(path, file.get(), offset);
  char* at = bytes.data() + kSealMagic.size();
  std::memcpy(at, hash.data(), 32);
  if (!secret_key_file.empty()) {
    const std::string line = ReadLine(secret_key_file, "the secret key");
    std::vector<std::uint8_t> secret;
    try {
      secret = FromLabelled(line, kSecretLabel, crypto_sign_SECRETKEYBYTES);
    } catch (const Error& failure) {
      throw Error(secret_key_file + ": no secret key: " + failure.what());
    }
    const std::string text = ToSign(hash);
    crypto_sign_detached(reinterpret_cast<unsigned char*>(at) + 32, nullptr, Bytes(text), text.size(), secret.data());
    crypto_sign_ed25519_sk_to_pk(reinterpret_cast<unsigned char*>(at) + 96, secret.data());
    sodium_memzero(secret.data(), secret.size());
  }
  std::fseek(file.get(), offset, SEEK_SET);
  if (std::fwrite(bytes.data(), 1, bytes.size(), file.get()) != bytes.size() || std::fflush(file.get()) != 0) {
    throw Error(path + ": cannot be written");
  }
}

void MakeKeys(const std::string& path) {
  if (sodium_init() < 0) throw Error("libsodium does not start");
  unsigned char public_key[crypto_sign_PUBLICKEYBYTES], secret_key[crypto_sign_SECRETKEYBYTES];
  crypto_sign_keypair(public_key, secret_key);
  std::string secret = std::string(kSecretLabel) + ToHex(secret_key) + "\n";
  sodium_memzero(secret_key, sizeof secret_key);
  WriteNew(path + ".pub", std::string(kPublicLabel) + ToHex(public_key) + "\n", 0644);
  try {
    WriteNew(path, secret, 0600);
  } catch (...) {
    sodium_memzero(secret.data(), secret.size());
    unlink((path + ".pub").c_str());
    throw;
  }
  sodium_memzero(secret.data(), secret.size());
}

PublicKey PublicKeyFromText(std::string_view text) {
  const std::vector<std::uint8_t> bytes = FromLabelled(text, kPublicLabel, 32);
  PublicKey key;
  std::copy(bytes.begin(), bytes.end(), key.begin());
  return key;
}

PublicKey ReadPublicKey(const std::string& path) {
  const std::string line = ReadLine(path, "the public key");
  try {
    return PublicKeyFromText(line);
  } catch (const Error& failure) {
    throw Error(path + ": no public key: " + failure.what());
  }
}

}  // namespace hone
