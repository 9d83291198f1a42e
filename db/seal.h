// The seal of a packed database: a content hash over the whole file and, where somebody signed it, an Ed25519
// signature.
//
// It lies at a fixed place that SQLite never touches: the reserved bytes at the end of the first page. Layout (136
// bytes): "honeseal", BLAKE2b-256 of the file with these 128 last bytes as zeros, Ed25519 signature of "hone pack 1\n"
// and that hash (or zeros), public key of the signer (or zeros).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace hone {

inline constexpr int kSealBytes = 136;

using PublicKey = std::array<std::uint8_t, 32>;

struct Seal {
  std::array<std::uint8_t, 32> hash{};
  std::array<std::uint8_t, 64> signature{};
  PublicKey signer{};
  bool is_signed() const { return signature != decltype(signature){}; }
};

// nullopt: not sealed (or not a file). Reads a few hundred bytes.
std::optional<Seal> ReadSeal(const std::string& path);
std::optional<Seal> ReadSeal(std::span<const std::byte> file);

// Reads the whole file. Errors: Error when it is not sealed, was changed since, is not signed by `key` (when one is
// given).
void VerifySeal(const std::string& path, const std::optional<PublicKey>& key);

// Writes the seal; secret_key is a file of `hone` keys (see MakeKeys), or empty. Errors: Error for an unreadable key.
void WriteSeal(const std::string& path, const std::string& secret_key_file);

// Makes a pair of keys: PATH (secret, mode 0600) and PATH.pub, each one line of text. Errors: Error when one exists.
void MakeKeys(const std::string& path);
PublicKey PublicKeyFromText(std::string_view text);  // "hone-public-key HEX"
PublicKey ReadPublicKey(const std::string& path);

}  // namespace hone
