// Test data: what a kernel's buffers hold before a check or a timing.
//
// Counter-based: element i of a buffer depends on (seed, i) alone, so that any part can be made again at any time, in any
// order, on any number of threads, and is the same bytes on every machine.
// Source: the mixing function is SplitMix64's (Steele, Lea, Flood: "Fast splittable pseudorandom number generators", 2014).
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "db/kernel.h"
#include "tuner/element.h"

namespace hone {

std::uint64_t Mix(std::uint64_t seed, std::uint64_t counter);
std::uint64_t SeedOf(std::uint64_t seed, std::string_view name);  // an independent seed for one buffer

// Fills `out` with elements first, first + 1, … of the sequence. Large fills use several threads.
// kNormal is a sum of four uniforms (Irwin-Hall): within ±3.46 deviations, and exact on every machine.
// Shape: out.size() is a multiple of BytesOf(type).
void FillElements(ElementType type, const Fill& fill, std::uint64_t seed, std::uint64_t first, std::span<std::byte> out);

}  // namespace hone
