// Numbers into push constants, in the type that the shader declares.
#include <bit>
#include <cmath>
#include <cstring>
#include <limits>
#include <string>
#include <utility>

#include "db/error.h"
#include "runtime/plan.h"

namespace hone {
namespace {

// IEEE binary16, round to nearest even.
std::uint16_t Half(float value) {
  const auto bits = std::bit_cast<std::uint32_t>(value);
  const std::uint32_t sign = bits >> 16 & 0x8000;
  const std::uint32_t magnitude = bits & 0x7fffffff;
  if (magnitude > 0x7f800000) return static_cast<std::uint16_t>(sign | 0x7e00);   // nan
  if (magnitude >= 0x477ff000) return static_cast<std::uint16_t>(sign | 0x7c00);  // rounds beyond 65504
  if (magnitude < 0x38800000) {                                                   // subnormal: units of 2^-24
    const float scaled = std::bit_cast<float>(magnitude) * 16777216.0f;
    return static_cast<std::uint16_t>(sign | static_cast<std::uint32_t>(std::nearbyint(scaled)));
  }
  const std::uint32_t rounded = magnitude + 0xfff + (magnitude >> 13 & 1);
  return static_cast<std::uint16_t>(sign | ((rounded - 0x38000000) >> 13));
}

// The upper half of a float, round to nearest even.
std::uint16_t Bfloat16(float value) {
  const auto bits = std::bit_cast<std::uint32_t>(value);
  if ((bits & 0x7fffffff) > 0x7f800000) return static_cast<std::uint16_t>(bits >> 16 | 0x40);
  return static_cast<std::uint16_t>((bits + 0x7fff + (bits >> 16 & 1)) >> 16);
}

double Real(const Scalar& value) {
  if (!value.is_integer) return value.real;
  return value.is_signed ? double(static_cast<std::int64_t>(value.integer)) : double(value.integer);
}

[[noreturn]] void DoesNotFit(const Scalar& value, std::string_view type) {
  throw Error("scalar '" + std::string(value.name) + "': " + std::to_string(Real(value)) + " is no " +
              std::string(type));
}

template <typename T>
T Integer(const Scalar& value, std::string_view type) {
  using Limits = std::numeric_limits<T>;
  if (value.is_integer) {
    if (value.is_signed) {
      const auto number = static_cast<std::int64_t>(value.integer);
      if (!std::in_range<T>(number)) DoesNotFit(value, type);
      return static_cast<T>(number);
    }
    if (!std::in_range<T>(value.integer)) DoesNotFit(value, type);
    return static_cast<T>(value.integer);
  }
  const double above = std::ldexp(1.0, Limits::digits);  // exact, one beyond the greatest
  const bool fits = value.real == std::floor(value.real) && value.real < above && value.real >= double(Limits::min());
  if (!fits) DoesNotFit(value, type);
  return static_cast<T>(value.real);
}

template <typename T>
void Put(T value, std::byte* to) {
  std::memcpy(to, &value, sizeof(value));
}

}  // namespace

void StoreScalar(const Scalar& value, std::string_view type, std::byte* to) {
  if (type == "float") return Put(static_cast<float>(Real(value)), to);
  if (type == "uint") return Put(Integer<std::uint32_t>(value, type), to);
  if (type == "int") return Put(Integer<std::int32_t>(value, type), to);
  if (type == "double") return Put(Real(value), to);
  if (type == "uint64_t") return Put(Integer<std::uint64_t>(value, type), to);
  if (type == "int64_t") return Put(Integer<std::int64_t>(value, type), to);
  if (type == "float16_t") return Put(Half(static_cast<float>(Real(value))), to);
  if (type == "bfloat16_t") return Put(Bfloat16(static_cast<float>(Real(value))), to);
  if (type == "uint16_t") return Put(Integer<std::uint16_t>(value, type), to);
  if (type == "int16_t") return Put(Integer<std::int16_t>(value, type), to);
  if (type == "uint8_t") return Put(Integer<std::uint8_t>(value, type), to);
  if (type == "int8_t") return Put(Integer<std::int8_t>(value, type), to);
  if (type == "bool") return Put(std::uint32_t{Real(value) != 0}, to);
  throw Error("scalar '" + std::string(value.name) + "': the shader's type '" + std::string(type) +
              "' is not one a caller can give");
}

}  // namespace hone
