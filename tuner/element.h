// Scalars of GLSL buffers on the host: sizes, and bulk conversion to and from double.
//
// 16-bit floats have no C++ type here: they are converted by hand, rounding to nearest even. Integers of 64 bits are exact in
// a double only to 2^53; comparisons look at bytes first.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace hone {

enum class ElementType {
  kFloat,
  kFloat16,
  kBfloat16,
  kDouble,
  kInt8,
  kUint8,
  kInt16,
  kUint16,
  kInt32,
  kUint32,
  kInt64,
  kUint64
};

ElementType ElementTypeFromGlsl(
    std::string_view glsl);  // Errors: Error for a name that db/kernel.h's ScalarBytes does not know
std::size_t BytesOf(ElementType type);
bool IsFloat(ElementType type);

// Distance of neighbouring values at 1.0 for a float type (2^-23 for kFloat); 0 for integers.
double EpsilonOf(ElementType type);

// Shape: bytes.size() == values.size() * BytesOf(type).
void ToDoubles(ElementType type, std::span<const std::byte> bytes, std::span<double> values);
void FromDoubles(ElementType type, std::span<const double> values, std::span<std::byte> bytes);

double HalfToDouble(std::uint16_t bits);
std::uint16_t HalfFromDouble(double value);
double Bfloat16ToDouble(std::uint16_t bits);
std::uint16_t Bfloat16FromDouble(double value);

}  // namespace hone
