#include "db/hash.h"

#include <sodium.h>
#define XXH_INLINE_ALL
#include <xxhash.h>

#include "db/error.h"

namespace hone {
namespace {

int DigitOf(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

Hash HashOfBytes(const void* data, std::size_t size) {
  static const bool ready = sodium_init() >= 0;  // chooses the fastest implementation; the portable one works without
  (void)ready;
  Hash hash;
  crypto_generichash(hash.bytes.data(), hash.bytes.size(), static_cast<const unsigned char*>(data), size, nullptr, 0);
  return hash;
}

}  // namespace

std::string ToHex(std::span<const std::uint8_t> bytes) {
  constexpr char digits[] = "0123456789abcdef";
  std::string text;
  for (const std::uint8_t byte : bytes) {
    text += digits[byte >> 4];
    text += digits[byte & 15];
  }
  return text;
}

Hash Hash::FromHex(std::string_view hex) {
  Hash hash;
  bool good = hex.size() == 2 * hash.bytes.size();
  for (std::size_t i = 0; good && i < hash.bytes.size(); ++i) {
    const int high = DigitOf(hex[2 * i]), low = DigitOf(hex[2 * i + 1]);
    good = high >= 0 && low >= 0;
    if (good) hash.bytes[i] = static_cast<std::uint8_t>(high * 16 + low);
  }
  if (!good) throw Error("'" + std::string(hex.substr(0, 40)) + "' is not a content hash of 32 hexadecimal digits");
  return hash;
}

Hash HashOf(std::span<const std::byte> bytes) { return HashOfBytes(bytes.data(), bytes.size()); }
Hash HashOf(std::string_view text) { return HashOfBytes(text.data(), text.size()); }
Hash HashOf(std::span<const std::uint32_t> words) { return HashOfBytes(words.data(), words.size_bytes()); }

std::uint64_t ChecksumOf(std::string_view bytes) { return XXH3_64bits(bytes.data(), bytes.size()); }

}  // namespace hone
