#include "db/values.h"

#include <algorithm>
#include <charconv>

#include "db/error.h"

namespace hone {
namespace {

constexpr std::string_view kLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_";
constexpr std::string_view kDigits = "0123456789";

bool IsWord(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return kLetters.find(c) != std::string_view::npos || kDigits.find(c) != std::string_view::npos;
  });
}

bool IsName(std::string_view text) { return IsWord(text) && kDigits.find(text[0]) == std::string_view::npos; }

bool LooksLikeInteger(std::string_view text) {
  if (!text.empty() && text[0] == '-') text.remove_prefix(1);
  return !text.empty() && text.find_first_not_of(kDigits) == std::string_view::npos;
}

struct ByName {
  bool operator()(const Values::Item& item, std::string_view name) const { return item.first < name; }
};

}  // namespace

std::string ToText(const Value& value) {
  if (const auto* integer = std::get_if<std::int64_t>(&value)) return std::to_string(*integer);
  return std::get<std::string>(value);
}

Value ValueFromText(std::string_view text) {
  if (LooksLikeInteger(text)) {
    std::int64_t integer = 0;
    const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), integer);
    if (code != std::errc() || end != text.data() + text.size()) {
      throw Error("'" + std::string(text) + "' does not fit a 64-bit integer");
    }
    return integer;
  }
  if (!IsWord(text)) {
    throw Error("'" + std::string(text) + "' is neither an integer nor a word of letters, digits and '_'");
  }
  return std::string(text);
}

Values::Values(std::initializer_list<Item> items) {
  for (const Item& item : items) Set(item.first, item.second);
}

Values Values::FromText(std::string_view text) {
  constexpr std::string_view separators = " ,\t\r\n";
  Values values;
  while (true) {
    const std::size_t start = text.find_first_not_of(separators);
    if (start == std::string_view::npos) return values;
    text.remove_prefix(start);
    const std::string_view token = text.substr(0, text.find_first_of(separators));
    text.remove_prefix(token.size());
    const std::size_t equals = token.find('=');
    if (equals == std::string_view::npos || !IsName(token.substr(0, equals))) {
      throw Error("'" + std::string(token) + "' is not NAME=VALUE");
    }
    const std::string_view name = token.substr(0, equals);
    if (values.Find(name)) throw Error("'" + std::string(name) + "' is given twice");
    values.Set(name, ValueFromText(token.substr(equals + 1)));
  }
}

std::string Values::ToText() const {
  std::string text;
  for (const auto& [name, value] : items_) {
    if (!text.empty()) text += ' ';
    text += name;
    text += '=';
    text += hone::ToText(value);
  }
  return text;
}

void Values::Set(std::string_view name, Value value) {
  if (!IsName(name)) throw Error("'" + std::string(name) + "' is not a name of letters, digits and '_'");
  if (const auto* word = std::get_if<std::string>(&value); word && (!IsWord(*word) || LooksLikeInteger(*word))) {
    throw Error("'" + *word + "' of '" + std::string(name) + "' is not a word of letters, digits and '_'");
  }
  const auto at = std::lower_bound(items_.begin(), items_.end(), name, ByName());
  if (at != items_.end() && at->first == name) {
    at->second = std::move(value);
  } else {
    items_.emplace(at, std::string(name), std::move(value));
  }
}

const Value* Values::Find(std::string_view name) const {
  const auto at = std::lower_bound(items_.begin(), items_.end(), name, ByName());
  return at != items_.end() && at->first == name ? &at->second : nullptr;
}

std::optional<std::int64_t> Values::Integer(std::string_view name) const {
  const Value* value = Find(name);
  if (!value || !std::holds_alternative<std::int64_t>(*value)) return std::nullopt;
  return std::get<std::int64_t>(*value);
}

Values Values::MergedWith(const Values& other) const {
  Values merged = *this;
  for (const auto& [name, value] : other.items_) merged.Set(name, value);
  return merged;
}

}  // namespace hone
