// Content hashes: BLAKE2b, 128 bits. Equal bytes have equal hashes; a stored blob's hash is checked before use.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace hone {

std::string ToHex(std::span<const std::uint8_t> bytes);  // two lower-case digits a byte

struct Hash {
  std::array<std::uint8_t, 16> bytes{};
  std::string ToHex() const { return hone::ToHex(bytes); }
  static Hash FromHex(std::string_view hex);  // Errors: Error when not 32 hex digits
  friend auto operator<=>(const Hash&, const Hash&) = default;
};

Hash HashOf(std::span<const std::byte> bytes);
Hash HashOf(std::string_view text);
Hash HashOf(std::span<const std::uint32_t> words);

// XXH3: much faster, for bytes that only accident may have changed. The same on every machine.
std::uint64_t ChecksumOf(std::string_view bytes);

}  // namespace hone
