// Numbers for people: three significant digits and a unit.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace hone {

std::string FormatTime(double ns);                                     // "812 ns", "12.3 µs", "4.56 ms", "1.23 s"
std::string FormatDuration(double seconds);                            // "3 s", "2 min 05 s", "1 h 02 min"
std::string FormatBytes(double bytes);                                 // "512 B", "1.5 MiB"
std::string FormatBandwidth(double bytes_per_second);                  // "2963 GB/s", "12.3 GB/s"
std::string FormatFlops(double flops_per_second);                      // "51.7 TFLOP/s", "12.3 GFLOP/s"
std::string FormatRatio(double ratio);                                 // "1.23×"
std::string FormatLocalDate(std::int64_t unix_ms);                     // "2026-11-23 10:50:17"
std::string FormatUtcDate(std::int64_t unix_ms);                       // "2026-11-23 10:50:17 UTC"
std::string FormatCount(std::int64_t count, const std::string& what);  // "1 kernel", "2 kernels"
std::string FormatDigits(double value);  // three significant digits: "0.0123", "1.23", "123", "12345"

std::size_t DisplayWidth(std::string_view utf8);  // columns on a terminal: code points
std::string FirstColumns(const std::string& utf8, std::size_t width);

}  // namespace hone
