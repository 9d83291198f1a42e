#include "tuner/element.h"

#include <bit>
#include <cmath>
#include <cstring>
#include <limits>
#include <string>
#include <type_traits>

#include "db/error.h"

namespace hone {
namespace {

struct Name {
  std::string_view glsl;
  ElementType type;
  std::size_t bytes;
};
constexpr Name kNames[] = {
    {"float", ElementType::kFloat, 4},   {"float16_t", ElementType::kFloat16, 2}, {"bfloat16_t", ElementType::kBfloat16, 2},
    {"double", ElementType::kDouble, 8}, {"int8_t", ElementType::kInt8, 1},       {"uint8_t", ElementType::kUint8, 1},
    {"int16_t", ElementType::kInt16, 2}, {"uint16_t", ElementType::kUint16, 2},   {"int", ElementType::kInt32, 4},
    {"uint", ElementType::kUint32, 4},   {"int64_t", ElementType::kInt64, 8},     {"uint64_t", ElementType::kUint64, 8},
};

// Calls f with a value of the C++ type that holds `type`; 16-bit floats are handled by the callers before.
template <typename F>
void WithType(ElementType type, F&& f) {
  switch (type) {
    case ElementType::kFloat: return f(float{});
    case ElementType::kDouble: return f(double{});
    case ElementType::kInt8: return f(std::int8_t{});
    case ElementType::kUint8: return f(std::uint8_t{});
    case ElementType::kInt16: return f(std::int16_t{});
    case ElementType::kUint16:
    case ElementType::kFloat16:
    case ElementType::kBfloat16: return f(std::uint16_t{});
    case ElementType::kInt32: return f(std::int32_t{});
    case ElementType::kUint32: return f(std::uint32_t{});
    case ElementType::kInt64: return f(std::int64_t{});
    case ElementType::kUint64: return f(std::uint64_t{});
  }
}

template <typename To>
To Narrow(double value) {
  if constexpr (std::is_floating_point_v<To>) {
    return static_cast<To>(value);
  } else {  // out of range is undefined in C++: saturate, and let nan be 0
    if (std::isnan(value)) return 0;
    if (value <= static_cast<double>(std::numeric_limits<To>::min())) return std::numeric_limits<To>::min();
    if (value >= static_cast<double>(std::numeric_limits<To>::max())) return std::numeric_limits<To>::max();
    return static_cast<To>(value);
  }
}

}  // namespace

ElementType ElementTypeFromGlsl(std::string_view glsl) {
  for (const Name& name : kNames)
    if (name.glsl == glsl) return name.type;
  throw Error("'" + std::string(glsl) + "' is not a scalar type that buffers can be filled with");
}

std::size_t BytesOf(ElementType type) {
  for (const Name& name : kNames)
    if (name.type == type) return name.bytes;
  return 0;
}

bool IsFloat(ElementType type) { return EpsilonOf(type) != 0; }

double EpsilonOf(ElementType type) {
  switch (type) {
    case ElementType::kFloat: return 0x1p-23;
    case ElementType::kFloat16: return 0x1p-10;
    case ElementType::kBfloat16: return 0x1p-7;
    case ElementType::kDouble: return 0x1p-52;
    default: return 0;
  }
}

double HalfToDouble(std::uint16_t bits) {
  const int exponent = bits >> 10 & 31;
  const int mantissa = bits & 1023;
  double value = 0;
  if (exponent == 31)
    value = mantissa ? std::numeric_limits<double>::quiet_NaN() : std::numeric_limits<double>::infinity();
  else if (exponent == 0)
    value = std::ldexp(mantissa, -24);
  else
    value = std::ldexp(mantissa + 1024, exponent - 25);
  return bits & 0x8000 ? -value : value;
}

std::uint16_t HalfFromDouble(double value) {
  const double size = std::fabs(value);
  const auto bits = std::bit_cast<std::uint64_t>(size);
  const auto sign = static_cast<std::uint16_t>(std::signbit(value) ? 0x8000 : 0);
  const auto with_sign = [sign](std::uint64_t half) { return static_cast<std::uint16_t>(sign | half); };
  if (std::isnan(value)) return with_sign(0x7e00);
  if (size >= 65520) return with_sign(0x7c00);  // rounds to infinity
  // A subnormal counts steps of 2^-24, which are the last bits of 2^28 and more.
  if (size < 0x1p-14) return with_sign(std::bit_cast<std::uint64_t>(size + 0x1p28) & 0x7ff);
  const std::uint64_t exact = bits - (std::uint64_t{1023 - 15} << 52);  // the exponent's bias; 42 bits too long
  return with_sign((exact + 0x1ffffffffff + (exact >> 42 & 1)) >> 42);
}

double Bfloat16ToDouble(std::uint16_t bits) { return std::bit_cast<float>(static_cast<std::uint32_t>(bits) << 16); }

std::uint16_t Bfloat16FromDouble(double value) {
  if (std::isnan(value)) return 0x7fc0;
  // Rounding twice (to float, then to bfloat16) is avoided by rounding the float to odd first.
  float near = static_cast<float>(value);
  auto bits = std::bit_cast<std::uint32_t>(near);
  if (static_cast<double>(near) != value && !std::isinf(near)) {
    if (std::fabs(static_cast<double>(near)) > std::fabs(value)) --bits;
    bits |= 1;
  }
  return static_cast<std::uint16_t>((bits + 0x7fff + (bits >> 16 & 1)) >> 16);
}

void ToDoubles(ElementType type, std::span<const std::byte> bytes, std::span<double> values) {
  WithType(type, [&](auto zero) {
    using T = decltype(zero);
    const std::byte* from = bytes.data();
    for (double& value : values) {
      T raw;
      std::memcpy(&raw, from, sizeof raw);
      from += sizeof raw;
      if constexpr (std::is_same_v<T, std::uint16_t>) {
        value = type == ElementType::kFloat16    ? HalfToDouble(raw)
                : type == ElementType::kBfloat16 ? Bfloat16ToDouble(raw)
                                                 : raw;
      } else {
        value = static_cast<double>(raw);
      }
    }
  });
}

void FromDoubles(ElementType type, std::span<const double> values, std::span<std::byte> bytes) {
  const auto each = [&](const auto& convert) {
    std::byte* to = bytes.data();
    for (const double value : values) {
      const auto raw = convert(value);
      std::memcpy(to, &raw, sizeof raw);
      to += sizeof raw;
    }
  };
  if (type == ElementType::kFloat16) return each([](double value) { return HalfFromDouble(value); });
  if (type == ElementType::kBfloat16) return each([](double value) { return Bfloat16FromDouble(value); });
  WithType(type, [&](auto zero) { each([](double value) { return Narrow<decltype(zero)>(value); }); });
}

}  // namespace hone
