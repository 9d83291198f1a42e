#include "tuner/fill.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <thread>
#include <vector>

namespace hone {
namespace {

constexpr std::size_t kFillBlock = 4096;        // elements converted at a time
constexpr std::size_t kThreadBytes = 4u << 20;  // below this one thread is faster

double Unit(std::uint64_t bits) { return static_cast<double>(bits >> 11) * 0x1p-53; }  // [0, 1)

double Normal(std::uint64_t bits) {
  int sum = 0;
  for (int part = 0; part < 4; ++part) sum += static_cast<int>(bits >> (16 * part) & 0xffff);
  // Four uniforms over 0 … 65535: mean 4 * 32767.5, variance 4 * (2^32 - 1) / 12.
  return (sum - 131070.0) * (1.0 / 37837.227507);
}

// As std::floor, of what is not negative; without a call where it fits.
double Floor(double value) { return value < 0x1p62 ? static_cast<double>(static_cast<std::int64_t>(value)) : value; }

void FillDoubles(const Fill& fill, std::uint64_t seed, std::uint64_t first, std::span<double> out) {
  const auto each = [&](const auto& value) {
    for (std::size_t i = 0; i < out.size(); ++i) out[i] = value(first + i);
  };
  const double low = fill.low, high = fill.high, least = std::ceil(low), count = std::floor(high) - least + 1;
  switch (fill.kind) {
    case Fill::Kind::kConstant: return each([=](auto) { return low; });
    case Fill::Kind::kRamp: return each([=](auto index) { return low + high * static_cast<double>(index); });
    case Fill::Kind::kUniform: return each([=](auto index) { return low + (high - low) * Unit(Mix(seed, index)); });
    case Fill::Kind::kNormal: return each([=](auto index) { return low + high * Normal(Mix(seed, index)); });
    case Fill::Kind::kIntegers: return each([=](auto index) { return least + Floor(Unit(Mix(seed, index)) * count); });
    case Fill::Kind::kZero:
    case Fill::Kind::kRandomBits: return each([](auto) { return 0.0; });  // bits: not through doubles
  }
}

template <std::size_t kBytes>
void FillBits(std::uint64_t seed, std::uint64_t first, std::span<std::byte> out) {
  for (std::size_t i = 0; i * kBytes < out.size(); ++i) {
    const std::uint64_t bits = Mix(seed, first + i);
    std::memcpy(out.data() + i * kBytes, &bits, kBytes);
  }
}

void FillBits(std::size_t bytes, std::uint64_t seed, std::uint64_t first, std::span<std::byte> out) {
  switch (bytes) {
    case 1: return FillBits<1>(seed, first, out);
    case 2: return FillBits<2>(seed, first, out);
    case 4: return FillBits<4>(seed, first, out);
    default: return FillBits<8>(seed, first, out);
  }
}

void FillPart(ElementType type, const Fill& fill, std::uint64_t seed, std::uint64_t first, std::span<std::byte> out) {
  const std::size_t bytes = BytesOf(type);
  if (fill.kind == Fill::Kind::kRandomBits) return FillBits(bytes, seed, first, out);
  std::array<double, kFillBlock> block;
  for (std::size_t done = 0; done * bytes < out.size(); done += kFillBlock) {
    const std::size_t count = std::min(kFillBlock, out.size() / bytes - done);
    FillDoubles(fill, seed, first + done, std::span(block).first(count));
    FromDoubles(type, std::span(block).first(count), out.subspan(done * bytes, count * bytes));
  }
}

}  // namespace

std::uint64_t Mix(std::uint64_t seed, std::uint64_t counter) {
  std::uint64_t z = seed + (counter + 1) * 0x9e3779b97f4a7c15u;
  z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
  z = (z ^ z >> 27) * 0x94d049bb133111ebu;
  return z ^ z >> 31;
}

std::uint64_t SeedOf(std::uint64_t seed, std::string_view name) {
  std::uint64_t state = Mix(seed, name.size());
  for (const char c : name) state = Mix(state, static_cast<unsigned char>(c));
  return state;
}

void FillElements(ElementType type, const Fill& fill, std::uint64_t seed, std::uint64_t first, std::span<std::byte> out) {
  const std::size_t bytes = BytesOf(type);
  const std::size_t count = out.size() / bytes;
  const std::size_t threads =
      std::min<std::size_t>(std::max(1u, std::thread::hardware_concurrency()), out.size() / kThreadBytes);
  if (threads <= 1) return FillPart(type, fill, seed, first, out);
  std::vector<std::jthread> pool;
  for (std::size_t t = 0; t < threads; ++t) {
    const std::size_t from = count * t / threads, to = count * (t + 1) / threads;
    pool.emplace_back([=] { FillPart(type, fill, seed, first + from, out.subspan(from * bytes, (to - from) * bytes)); });
  }
}

}  // namespace hone
