// What a caller passes to a pipeline: buffers in the manifest's order, and scalar arguments by name.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <ranges>
#include <string_view>
#include <vector>

#include "runtime/handles.h"

namespace hone {

// A range of a storage buffer. Units: bytes. `bytes` is checked against what the kernel needs; a VkBuffer cannot be
// asked for its size, so say it. kWholeBuffer: to the buffer's end, and the caller vouches for it (not checked).
inline constexpr std::uint64_t kWholeBuffer = ~std::uint64_t{0};
struct Binding {
  VkBuffer buffer{};
  std::uint64_t offset = 0;
  std::uint64_t bytes = 0;
};

// A number of any type under a push constant's name: {"a", 2.5f}. Converted to the type the shader declares.
// Errors, where it is used: an integer that the shader's type cannot hold.
struct Scalar {
  template <std::floating_point T>
  Scalar(std::string_view name_, T value) : name(name_), is_integer(false), real(value) {}
  template <std::integral T>
  Scalar(std::string_view name_, T value)
      : name(name_), is_integer(true), is_signed(std::is_signed_v<T>), integer(static_cast<std::uint64_t>(value)) {}

  std::string_view name;
  bool is_integer;
  bool is_signed = false;
  double real = 0;
  std::uint64_t integer = 0;  // two's complement
};

// Something to read T's from during a call: a braced list, a vector, an array, a span. Owns nothing.
template <typename T>
class View {
 public:
  View() = default;
  View(std::initializer_list<T> list) : data_(std::data(list)), size_(list.size()) {}
  View(const T* data, std::size_t size) : data_(data), size_(size) {}
  template <std::ranges::contiguous_range R>
  requires std::same_as<std::ranges::range_value_t<R>, T> &&(!std::same_as<R, View>)View(const R& range)
      : data_(std::ranges::data(range)), size_(std::ranges::size(range)) {}

  const T* begin() const { return data_; }
  const T* end() const { return data_ + size_; }
  std::size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  const T& operator[](std::size_t i) const { return data_[i]; }

 private:
  const T* data_ = nullptr;
  std::size_t size_ = 0;
};

}  // namespace hone
