// Named values: a point of a tuning space, a problem, a choice of element types.
//
// Kept sorted by name, so that equal contents have equal text: "PER_LANE=4 WG=256", "T=float16_t n=4096". The text is
// the key in the database, is what people read there, and is exactly the -D flags a module was compiled with.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace hone {

// An integer, or a word (a GLSL type name such as float16_t; letters, digits and '_' only).
using Value = std::variant<std::int64_t, std::string>;

std::string ToText(const Value& value);
// "256" is an integer, anything else a word. Errors: Error when `text` is neither.
Value ValueFromText(std::string_view text);

class Values {
 public:
  using Item = std::pair<std::string, Value>;

  Values() = default;
  Values(std::initializer_list<Item> items);

  // Errors: Error names the first token that is not NAME=VALUE, or a name given twice.
  static Values FromText(std::string_view text);  // separators: spaces or commas
  std::string ToText() const;

  void Set(std::string_view name, Value value);
  const Value* Find(std::string_view name) const;  // nullptr when absent
  std::optional<std::int64_t> Integer(std::string_view name) const;
  Values MergedWith(const Values& other) const;  // other wins

  const std::vector<Item>& items() const { return items_; }
  bool empty() const { return items_.empty(); }
  std::size_t size() const { return items_.size(); }
  friend bool operator==(const Values&, const Values&) = default;
  friend auto operator<=>(const Values&, const Values&) = default;

 private:
  std::vector<Item> items_;  // sorted by name, names unique
};

}  // namespace hone
