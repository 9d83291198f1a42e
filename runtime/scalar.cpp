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

// In the order of ScalarType.
constexpr std::string_view kNames[] = {"float",      "uint",     "int",     "double",  "uint64_t", "int64_t", "float16_t",
                                       "bfloat16_t", "uint16_t", "int16_t", "uint8_t", "int8_t",   "bool"};

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
  throw Error("scalar '" + std::string(value.name) + "': " + std::to_string(Real(value)) + " is no " + std::string(type));
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

std::optional<ScalarType> ScalarTypeOf(std::string_view glsl) {
  for (std::size_t i = 0; i < std::size(kNames); ++i) {
    if (kNames[i] == glsl) return static_cast<ScalarType>(i);
  }
  return std::nullopt;
}

void StoreScalar(const Scalar& value, ScalarType type, std::byte* to) {
  const std::string_view name = kNames[static_cast<std::size_t>(type)];
  switch (type) {
    case ScalarType::kFloat: return Put(static_cast<float>(Real(value)), to);
    case ScalarType::kUint: return Put(Integer<std::uint32_t>(value, name), to);
    case ScalarType::kInt: return Put(Integer<std::int32_t>(value, name), to);
    case ScalarType::kDouble: return Put(Real(value), to);
    case ScalarType::kUint64: return Put(Integer<std::uint64_t>(value, name), to);
    case ScalarType::kInt64: return Put(Integer<std::int64_t>(value, name), to);
    case ScalarType::kFloat16: return Put(Half(static_cast<float>(Real(value))), to);
    case ScalarType::kBfloat16: return Put(Bfloat16(static_cast<float>(Real(value))), to);
    case ScalarType::kUint16: return Put(Integer<std::uint16_t>(value, name), to);
    case ScalarType::kInt16: return Put(Integer<std::int16_t>(value, name), to);
    case ScalarType::kUint8: return Put(Integer<std::uint8_t>(value, name), to);
    case ScalarType::kInt8: return Put(Integer<std::int8_t>(value, name), to);
    case ScalarType::kBool: return Put(std::uint32_t{Real(value) != 0}, to);
  }
}

void StoreScalar(const Scalar& value, std::string_view type, std::byte* to) {
  if (const auto known = ScalarTypeOf(type)) return StoreScalar(value, *known, to);
  throw Error("scalar '" + std::string(value.name) + "': the shader's type '" + std::string(type) +
              "' is not one a caller can give");
}

}  // namespace hone
