#include "tools/format.h"

#include <fmt/format.h>

#include <cmath>
#include <ctime>

namespace hone {
namespace {

struct UnitStep {
  double at_least;
  double divisor;
  const char* unit;
};

template <std::size_t n>
std::string WithUnit(double value, const UnitStep (&steps)[n]) {
  for (const UnitStep& step : steps) {
    if (std::abs(value) >= step.at_least) return FormatDigits(value / step.divisor) + step.unit;
  }
  return FormatDigits(value / steps[n - 1].divisor) + steps[n - 1].unit;
}

std::string FormatDate(const std::tm& date) {
  char text[32];
  return {text, std::strftime(text, sizeof text, "%F %T", &date)};
}

}  // namespace

std::string FormatCount(std::int64_t count, const std::string& what) {
  return std::to_string(count) + " " + what + (count == 1 ? "" : "s");
}

std::string FormatDigits(double value) {
  if (!std::isfinite(value)) return "-";
  if (value == 0) return "0";
  const int magnitude = static_cast<int>(std::floor(std::log10(std::abs(value) * (1 + 1e-12))));
  return fmt::format("{:.{}f}", value, std::min(std::max(2 - magnitude, 0), 9));
}

std::string FormatTime(double ns) {
  static constexpr UnitStep steps[] = {{999.5e6, 1e9, " s"}, {999.5e3, 1e6, " ms"}, {999.5, 1e3, " µs"}, {0, 1, " ns"}};
  return WithUnit(ns, steps);
}

std::string FormatDuration(double seconds) {
  const long whole = std::lround(seconds);
  if (seconds < 10) return fmt::format("{:.1f} s", seconds);
  if (whole < 60) return fmt::format("{} s", whole);
  if (whole < 3600) return fmt::format("{} min {:02} s", whole / 60, whole % 60);
  return fmt::format("{} h {:02} min", whole / 3600, whole % 3600 / 60);
}

std::string FormatBytes(double bytes) {
  static constexpr UnitStep steps[] = {{1099511627776.0, 1099511627776.0, " TiB"},
                                       {1073741824, 1073741824, " GiB"},
                                       {1048576, 1048576, " MiB"},
                                       {1024, 1024, " KiB"},
                                       {0, 1, " B"}};
  return WithUnit(bytes, steps);
}

std::string FormatBandwidth(double bytes_per_second) {
  static constexpr UnitStep steps[] = {{0, 1e9, " GB/s"}};
  return WithUnit(bytes_per_second, steps);
}

std::string FormatFlops(double flops_per_second) {
  static constexpr UnitStep steps[] = {{999.5e9, 1e12, " TFLOP/s"}, {0, 1e9, " GFLOP/s"}};
  return WithUnit(flops_per_second, steps);
}

std::string FormatRatio(double ratio) { return FormatDigits(ratio) + "×"; }

std::string FormatLocalDate(std::int64_t unix_ms) {
  const std::time_t seconds = unix_ms / 1000;
  std::tm local{};
  return FormatDate(*localtime_r(&seconds, &local));
}

std::string FormatUtcDate(std::int64_t unix_ms) {
  const std::time_t seconds = unix_ms / 1000;
  std::tm utc{};
  return FormatDate(*gmtime_r(&seconds, &utc)) + " UTC";
}

std::size_t DisplayWidth(std::string_view utf8) {
  std::size_t width = 0;
  for (const char byte : utf8) width += (static_cast<unsigned char>(byte) & 0xC0) != 0x80;
  return width;
}

std::string FirstColumns(const std::string& utf8, std::size_t width) {
  std::size_t columns = 0;
  for (std::size_t i = 0; i < utf8.size(); ++i) {
    const bool starts = (static_cast<unsigned char>(utf8[i]) & 0xC0) != 0x80;
    if (starts && columns++ == width) return utf8.substr(0, i);
  }
  return utf8;
}

}  // namespace hone
