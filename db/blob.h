// How blobs lie in the database: samples as varints, everything else as one zstd frame. db/README.md: "Samples",
// "Blobs". Private to db/.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace hone {

// Units: nanoseconds. Kept to a picosecond, in order. Errors: Error for a sample that is negative, not finite or over
// 10^6 s.
std::string PackSamples(std::span<const double> samples_ns);
// Errors: Error for bytes that PackSamples cannot have written.
std::vector<double> UnpackSamples(std::span<const std::byte> bytes);

std::string Compress(std::string_view bytes);
// Errors: Error when it is no zstd frame of exactly `size` bytes, or size is over 64 MiB. Allocates no more than that.
std::string Decompress(std::span<const std::byte> frame, std::size_t size);

}  // namespace hone
