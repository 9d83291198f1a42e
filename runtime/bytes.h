// Private to runtime/: structures as bytes and back, each described once by a function that both directions call:
//   template <typename Archive, Of<Patch> T>
//   void Fields(Archive& archive, T& patch) { archive(patch.scalar, patch.offset, patch.type); }
//
// Numbers and enumerations take eight bytes, in this machine's order; texts and lists have their size before them.
#pragma once

#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "db/error.h"
#include "db/hash.h"
#include "db/values.h"

namespace hone {

template <typename T, typename Structure>
concept Of = std::same_as<std::remove_const_t<T>, Structure>;
template <typename T>
concept Number = std::integral<T> || std::is_enum_v<T>;
template <typename T>
concept Raw = std::same_as<T, std::byte> || std::same_as<T, std::uint32_t>;  // lists of these: as they are in memory

class ByteWriter {
 public:
  template <typename... T>
  void operator()(const T&... fields) {
    (Put(fields), ...);
  }
  std::string bytes;

 private:
  template <Number T>
  void Put(const T& number) {
    const auto wide = static_cast<std::uint64_t>(number);
    bytes.append(reinterpret_cast<const char*>(&wide), sizeof wide);
  }
  void Put(std::string_view text) {
    Put(text.size());
    bytes += text;
  }
  void Put(const std::string& text) { Put(std::string_view(text)); }
  void Put(const Hash& hash) { bytes.append(reinterpret_cast<const char*>(hash.bytes.data()), hash.bytes.size()); }
  void Put(const Values& values) { Put(values.ToText()); }
  template <Number T, std::size_t N>
  void Put(const std::array<T, N>& numbers) {
    for (const T number : numbers) Put(number);
  }
  template <typename T>
  void Put(const std::vector<T>& list) {
    Put(list.size());
    if constexpr (Raw<T>) {
      bytes.append(reinterpret_cast<const char*>(list.data()), list.size() * sizeof(T));
    } else {
      for (const T& element : list) Put(element);
    }
  }
  template <typename T>
  void Put(const T& structure) {
    Fields(*this, structure);
  }
};

// Errors: Error when the bytes end too soon.
class ByteReader {
 public:
  explicit ByteReader(std::string_view bytes) : left_(bytes) {}
  template <typename... T>
  void operator()(T&... fields) {
    (Get(fields), ...);
  }
  bool done() const { return left_.empty(); }

 private:
  std::string_view Take(std::uint64_t size) {
    if (size > left_.size()) throw Error("cut short");
    const std::string_view taken = left_.substr(0, size);
    left_.remove_prefix(size);
    return taken;
  }
  std::uint64_t TakeNumber() {
    std::uint64_t number = 0;
    std::memcpy(&number, Take(sizeof number).data(), sizeof number);
    return number;
  }
  std::uint64_t TakeSize(std::size_t element_bytes) {
    const std::uint64_t size = TakeNumber();
    if (size > left_.size() / element_bytes) throw Error("cut short");
    return size;
  }
  template <Number T>
  void Get(T& number) {
    number = static_cast<T>(TakeNumber());
  }
  void Get(std::string_view& text) { text = Take(TakeNumber()); }  // within the bytes that are read
  void Get(std::string& text) { text = Take(TakeNumber()); }
  void Get(Hash& hash) { std::memcpy(hash.bytes.data(), Take(hash.bytes.size()).data(), hash.bytes.size()); }
  void Get(Values& values) { values = Values::FromText(Take(TakeNumber())); }
  template <Number T, std::size_t N>
  void Get(std::array<T, N>& numbers) {
    for (T& number : numbers) Get(number);
  }
  template <typename T>
  void Get(std::vector<T>& list) {
    if constexpr (Raw<T>) {
      list.resize(TakeSize(sizeof(T)));
      if (!list.empty()) std::memcpy(list.data(), Take(list.size() * sizeof(T)).data(), list.size() * sizeof(T));
    } else {
      list.resize(TakeSize(1));
      for (T& element : list) Get(element);
    }
  }
  template <typename T>
  void Get(T& structure) {
    Fields(*this, structure);
  }

  std::string_view left_;
};

}  // namespace hone
