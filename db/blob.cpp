#include "db/blob.h"

#include <zstd.h>

#include <cmath>
#include <cstdint>
#include <memory>

#include "db/error.h"

namespace hone {
namespace {

// The first byte: what one step is.
constexpr char kNanoseconds = 'n', kPicoseconds = 'p';
constexpr double kGreatestNs = 1e15;
constexpr std::size_t kGreatestBlob = std::size_t{64} << 20;

void PutVarint(std::string& bytes, std::uint64_t value) {
  while (value >= 128) {
    bytes += static_cast<char>(value | 128);
    value >>= 7;
  }
  bytes += static_cast<char>(value);
}

}  // namespace

std::string PackSamples(std::span<const double> samples) {
  if (samples.empty()) return "";
  std::vector<std::int64_t> picoseconds;
  bool whole = true;
  for (const double sample : samples) {
    if (!(sample >= 0 && sample <= kGreatestNs)) {
      throw Error("a sample of " + std::to_string(sample) + " ns is not a duration");
    }
    picoseconds.push_back(std::llround(sample * 1000));
    whole = whole && picoseconds.back() % 1000 == 0;
  }
  std::string bytes(1, whole ? kNanoseconds : kPicoseconds);
  std::int64_t previous = 0;
  for (const std::int64_t sample : picoseconds) {
    const std::int64_t now = whole ? sample / 1000 : sample;
    const std::int64_t delta = now - previous;
    PutVarint(bytes, (static_cast<std::uint64_t>(delta) << 1) ^ static_cast<std::uint64_t>(delta >> 63));
    previous = now;
  }
  return bytes;
}

std::vector<double> UnpackSamples(std::span<const std::byte> bytes) {
  std::vector<double> samples;
  if (bytes.empty()) return samples;
  const char unit = static_cast<char>(bytes[0]);
  if (unit != kNanoseconds && unit != kPicoseconds) throw Error("damaged: samples of an unknown unit");
  const double step = unit == kNanoseconds ? 1 : 1000;
  std::uint64_t value = 0, total = 0;
  int shift = 0;
  for (const std::byte byte : bytes.subspan(1)) {
    const std::uint64_t bits = std::to_integer<std::uint64_t>(byte);
    if (shift > 63) throw Error("damaged: a sample is too long");
    value |= (bits & 127) << shift;
    shift += 7;
    if (bits & 128) continue;
    total += (value >> 1) ^ (~(value & 1) + 1);  // unsigned: a damaged delta may wrap, and is caught below
    const auto now = static_cast<std::int64_t>(total);
    if (now < 0 || static_cast<double>(now) > kGreatestNs * step) throw Error("damaged: a sample is not a duration");
    samples.push_back(static_cast<double>(now) / step);
    value = 0;
    shift = 0;
  }
  if (shift != 0) throw Error("damaged: samples cut short");
  return samples;
}

std::string Compress(std::string_view bytes) {
  std::string frame(ZSTD_compressBound(bytes.size()), '\0');
  struct Free {
    void operator()(ZSTD_CCtx* context) const { ZSTD_freeCCtx(context); }
  };
  thread_local const std::unique_ptr<ZSTD_CCtx, Free> context(ZSTD_createCCtx());
  const std::size_t size = ZSTD_compressCCtx(context.get(), frame.data(), frame.size(), bytes.data(), bytes.size(), 6);
  if (ZSTD_isError(size)) throw Error(std::string("zstd: ") + ZSTD_getErrorName(size));
  frame.resize(size);
  return frame;
}

std::string Decompress(std::span<const std::byte> frame, std::size_t size) {
  if (size > kGreatestBlob) throw Error("damaged: a blob says it is over 64 MiB");
  std::string bytes(size, '\0');
  const std::size_t got = ZSTD_decompress(bytes.data(), bytes.size(), frame.data(), frame.size());
  if (ZSTD_isError(got) || got != size) throw Error("damaged: a blob does not decompress to its size");
  return bytes;
}

}  // namespace hone
