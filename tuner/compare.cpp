#include "tuner/compare.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>

namespace hone {
namespace {

constexpr std::size_t kCompareBlock = 2048;

// Distance in units of the last place of the expected value.
double UlpDistance(double got, double expected, ElementType type) {
  if (got == expected) return 0;
  int exponent = 0;
  std::frexp(expected, &exponent);
  const int smallest = type == ElementType::kFloat16 ? -13 : type == ElementType::kDouble ? -1021 : -125;
  return std::fabs(got - expected) / std::ldexp(EpsilonOf(type), std::max(exponent, smallest) - 1);
}

}  // namespace

Tolerance ToleranceFor(const Kernel& kernel, const Buffer& buffer, std::string_view glsl_type) {
  for (const std::string& name : {buffer.name, std::string(glsl_type), std::string()}) {
    const auto found = kernel.tolerances.find(name);
    if (found != kernel.tolerances.end()) return found->second;
  }
  return {};
}

Comparison::Comparison(std::string buffer, ElementType got, ElementType expected, Tolerance tolerance, std::uint32_t poison)
    : buffer_(std::move(buffer)), got_(got), expected_(expected), tolerance_(tolerance), poison_(poison) {}

bool Comparison::Near(double got, double expected) const {
  if (got == expected || (std::isnan(got) && std::isnan(expected))) return true;
  if (!std::isfinite(got) || !std::isfinite(expected)) return false;
  switch (tolerance_.kind) {
    case Tolerance::Kind::kExact: return false;
    case Tolerance::Kind::kUlp:
      return IsFloat(got_) ? UlpDistance(got, expected, got_) <= tolerance_.ulp : std::fabs(got - expected) <= tolerance_.ulp;
    case Tolerance::Kind::kStatistical: return true;  // judged at the end
    case Tolerance::Kind::kAbsoluteRelative: break;
  }
  return std::fabs(got - expected) <= tolerance_.absolute + tolerance_.relative * std::fabs(expected);
}

void Comparison::Note(std::uint64_t index, double got, double expected, bool poisoned) {
  if (wrong_ == 0 || index < first_wrong_) {
    first_wrong_ = index;
    first_got_ = got;
    first_expected_ = expected;
  }
  ++wrong_;
  if (poisoned) ++unwritten_;
}

void Comparison::Add(std::uint64_t first, std::span<const std::byte> got, std::span<const std::byte> expected) {
  const std::size_t bytes = BytesOf(got_), expected_bytes = BytesOf(expected_);
  const std::size_t count = got.size() / bytes;
  count_ += count;
  const bool statistical = tolerance_.kind == Tolerance::Kind::kStatistical;
  // Equal bytes are equal, and most results are: look closer only at blocks that differ.
  std::array<double, kCompareBlock> a, b;
  for (std::size_t done = 0; done < count; done += kCompareBlock) {
    const std::size_t n = std::min(kCompareBlock, count - done);
    const auto raw = got.subspan(done * bytes, n * bytes);
    const auto want = expected.subspan(done * expected_bytes, n * expected_bytes);
    if (!statistical && got_ == expected_ && std::memcmp(raw.data(), want.data(), raw.size()) == 0) continue;
    ToDoubles(got_, raw, std::span(a).first(n));
    ToDoubles(expected_, want, std::span(b).first(n));
    for (std::size_t i = 0; i < n; ++i) {
      const double error = std::fabs(a[i] - b[i]);
      if (statistical && std::isfinite(a[i]) && std::isfinite(b[i])) {
        error_squares_ += error * error;
        reference_squares_ += b[i] * b[i];
        worst_error_ = std::max(worst_error_, error);
      }
      const bool same_bytes = got_ == expected_ && std::memcmp(&raw[i * bytes], &want[i * bytes], bytes) == 0;
      // Two 64-bit integers may differ and be the same double.
      const bool by_bytes = tolerance_.kind == Tolerance::Kind::kExact && got_ == expected_ && !IsFloat(got_);
      if (same_bytes || (Near(a[i], b[i]) && !by_bytes)) continue;
      Note(first + done + i, a[i], b[i], std::memcmp(&raw[i * bytes], &poison_, std::min<std::size_t>(bytes, 4)) == 0);
    }
  }
}

std::optional<std::string> Comparison::Finish() const {
  if (wrong_ > 0) {
    std::string text = fmt::format("'{}': {} of {} elements wrong; element {} is {:.9g}, expected {:.9g}", buffer_, wrong_,
                                   count_, first_wrong_, first_got_, first_expected_);
    if (unwritten_ > 0) text += fmt::format("; {} were never written", unwritten_);
    return text;
  }
  if (tolerance_.kind != Tolerance::Kind::kStatistical || count_ == 0) return std::nullopt;
  const double rms = std::sqrt(reference_squares_ / static_cast<double>(count_));
  const double error = std::sqrt(error_squares_ / static_cast<double>(count_));
  if (error > tolerance_.relative * rms)
    return fmt::format("'{}': the error's root mean square is {:.3g} of the reference's, allowed {:.3g}", buffer_, error / rms,
                       tolerance_.relative);
  if (tolerance_.absolute > 0 && worst_error_ > tolerance_.absolute * rms)
    return fmt::format("'{}': the worst error is {:.3g} of the reference's root mean square, allowed {:.3g}", buffer_,
                       worst_error_ / rms, tolerance_.absolute);
  return std::nullopt;
}

}  // namespace hone
