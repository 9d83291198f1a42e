// Content hashes: BLAKE2b, 128 bits. Equal bytes have equal hashes; a stored blob's hash is checked before use.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace hone {

struct Hash {
  std::array<std::uint8_t, 16> bytes{};
  std::string ToHex() const;                  // 32 lower-case digits
  static Hash FromHex(std::string_view hex);  // Errors: Error when not 32 hex digits
  friend auto operator<=>(const Hash&, const Hash&) = default;
};

Hash HashOf(std::span<const std::byte> bytes);
Hash HashOf(std::string_view text);
Hash HashOf(std::span<const std::uint32_t> words);

// Much faster, for bytes that only accident may have changed; of this machine's byte order.
std::uint64_t ChecksumOf(std::string_view bytes);

}  // namespace hone
