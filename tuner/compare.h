// Is a result right? Compares what a variant wrote with the reference, chunk by chunk, so that neither side has to be whole in
// host memory, and says what is wrong in words.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "db/kernel.h"
#include "tuner/element.h"

namespace hone {

// The tolerance for a buffer: by its name, else by its element type, else the kernel's default.
Tolerance ToleranceFor(const Kernel& kernel, const Buffer& buffer, std::string_view glsl_type);

class Comparison {
 public:
  // expected: what the reference bytes hold; kDouble for a C++ reference, otherwise the buffer's own type.
  // poison: the 32-bit pattern that outputs held before the run; a wrong element that still holds it was never written.
  Comparison(std::string buffer, ElementType got, ElementType expected, Tolerance tolerance, std::uint32_t poison);

  // Elements first … of both. Chunks may come in any order, each element once.
  void Add(std::uint64_t first, std::span<const std::byte> got, std::span<const std::byte> expected);

  // nullopt when all is well, otherwise a sentence: how many elements are wrong, the first, what it held.
  std::optional<std::string> Finish() const;

 private:
  bool Near(double got, double expected) const;
  void Note(std::uint64_t index, double got, double expected, bool poisoned);

  std::string buffer_;
  ElementType got_, expected_;
  Tolerance tolerance_;
  std::uint32_t poison_;
  std::uint64_t count_ = 0, wrong_ = 0, unwritten_ = 0, first_wrong_ = 0;
  double first_got_ = 0, first_expected_ = 0, worst_ = 0;
  double error_squares_ = 0, reference_squares_ = 0;  // kStatistical
  double worst_error_ = 0;
};

}  // namespace hone
