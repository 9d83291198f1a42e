// Private to runtime/: structures that lie with all that they refer to in one block of bytes, so that the block may be copied,
// written to a file and read back as it is. They are made of numbers and FlatLists, and never copied out of their block.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

namespace hone {

// Elements elsewhere in the same block.
template <typename T>
class FlatList {
 public:
  FlatList() = default;
  FlatList(const FlatList&) = delete;
  FlatList& operator=(const FlatList&) = delete;

  const T* data() const { return reinterpret_cast<const T*>(reinterpret_cast<const std::byte*>(this) + away_); }
  std::size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  const T* begin() const { return data(); }
  const T* end() const { return data() + size_; }
  const T& operator[](std::size_t i) const { return data()[i]; }

 private:
  friend class FlatWriter;
  std::int32_t away_ = 0;  // bytes from this object to the elements
  std::uint32_t size_ = 0;
};

struct FlatText : FlatList<char> {
  std::string_view view() const { return {data(), size()}; }
};

// Makes a block. A place is counted in bytes from its beginning; what is added may move the block, so references do not last.
class FlatWriter {
 public:
  // Zeros, at a multiple of eight bytes.
  template <typename T>
  std::size_t Add(std::size_t count = 1) {
    bytes_.resize((bytes_.size() + 7) / 8 * 8);
    const std::size_t place = bytes_.size();
    bytes_.resize(place + count * sizeof(T));
    return place;
  }
  template <typename T>
  T& At(std::size_t place) {
    return *reinterpret_cast<T*>(bytes_.data() + place);
  }

  // The list at `list` becomes the `size` elements at `elements`.
  template <typename T>
  void Point(std::size_t list, std::size_t elements, std::size_t size) {
    auto& at = At<FlatList<T>>(list);
    at.away_ = static_cast<std::int32_t>(elements) - static_cast<std::int32_t>(list);
    at.size_ = static_cast<std::uint32_t>(size);
  }
  // It becomes a copy of these.
  template <typename T>
  void Put(std::size_t list, const T* elements, std::size_t size) {
    const std::size_t place = Add<T>(size);
    if (size > 0) std::memcpy(bytes_.data() + place, elements, size * sizeof(T));
    Point<T>(list, place, size);
  }
  void Put(std::size_t list, std::string_view text) { Put(list, text.data(), text.size()); }
  template <typename T>
  void Put(std::size_t list, const std::vector<T>& elements) {
    Put(list, elements.data(), elements.size());
  }
  // It becomes `size` zeros. Returns where they are.
  template <typename T>
  std::size_t PutZeros(std::size_t list, std::size_t size) {
    const std::size_t place = Add<T>(size);
    Point<T>(list, place, size);
    return place;
  }

  std::vector<std::byte> Take() { return std::move(bytes_); }

 private:
  std::vector<std::byte> bytes_;
};

}  // namespace hone
