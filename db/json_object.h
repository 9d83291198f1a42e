// Strict reading of JSON objects that may be hostile: every key known, every type and range checked, errors that say
// where. Private to db/.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <limits>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "db/values.h"

namespace hone {

// Errors: Error for bad JSON, text over 64 MiB, and nesting over 32 deep. what: "a kernel", for the message.
nlohmann::json ParseJson(std::string_view text, std::string_view what);

// Compact; invalid UTF-8 is replaced, never thrown.
std::string DumpJson(const nlohmann::json& json);

// A view of one JSON object; it must outlive the view. Errors: all throw Error with the place, as
// "kernel.buffers[2].length".
class JsonObject {
 public:
  JsonObject(const nlohmann::json& json, std::string place, std::initializer_list<std::string_view> keys);

  const nlohmann::json& At(std::string_view key) const;
  const nlohmann::json* Find(std::string_view key) const;  // nullptr when absent
  std::string Place(std::string_view key) const;

  std::string Text(std::string_view key) const;
  std::string Name(std::string_view key) const;     // letters, digits and "_-+.", at most 128
  std::string Formula(std::string_view key) const;  // "" or scanned (db/formula_scan.h)
  std::int64_t Integer(std::string_view key, std::int64_t min, std::int64_t max) const;
  std::uint32_t Uint32(std::string_view key) const;
  double Number(std::string_view key) const;
  bool Flag(std::string_view key) const;
  Values Point(std::string_view key) const;  // text: "N=4 T=float"
  std::vector<std::string> Texts(std::string_view key) const;

  // Calls body(element, place) for each element of an array of at most `limit`.
  template <typename Body>
  void Each(std::string_view key, std::size_t limit, Body body) const {
    const nlohmann::json& list = Array(key, limit);
    for (std::size_t i = 0; i < list.size(); ++i) body(list[i], Place(key) + "[" + std::to_string(i) + "]");
  }

  [[noreturn]] void Bad(std::string_view key, std::string_view fact) const;

 private:
  const nlohmann::json& Array(std::string_view key, std::size_t limit) const;

  const nlohmann::json& json_;
  std::string place_;
};

bool IsPlainName(std::string_view text);  // letters, digits and "_-+.", 1 to 128

}  // namespace hone
