#include "db/json_object.h"

#include <algorithm>
#include <cmath>

#include "db/error.h"
#include "db/formula.h"
#include "db/formula_scan.h"

namespace hone {

using nlohmann::json;

json ParseJson(std::string_view text, std::string_view what) {
  constexpr std::size_t greatest = std::size_t{64} << 20;
  constexpr int deepest = 32;
  if (text.size() > greatest) throw Error(std::string(what) + ": over 64 MiB of JSON");
  const json::parser_callback_t guard = [&](int depth, json::parse_event_t, json&) {
    if (depth > deepest) throw Error(std::string(what) + ": JSON nested over " + std::to_string(deepest) + " deep");
    return true;
  };
  try {
    return json::parse(text.begin(), text.end(), guard);
  } catch (const json::exception& failure) {
    const std::string_view fact = failure.what();  // "[json.exception.parse_error.101] parse error at line 1, …"
    throw Error(std::string(what) + ": not JSON: " + std::string(fact.substr(fact.find("] ") + 2)));
  }
}

std::string DumpJson(const json& value) { return value.dump(-1, ' ', false, json::error_handler_t::replace); }

JsonObject::JsonObject(const json& value, std::string place, std::initializer_list<std::string_view> keys)
    : json_(value), place_(std::move(place)) {
  if (!json_.is_object()) throw Error(place_ + ": not a JSON object");
  for (const auto& [key, unused] : json_.items()) {
    if (std::find(keys.begin(), keys.end(), key) != keys.end()) continue;
    const std::vector<std::string> known(keys.begin(), keys.end());
    throw Error(place_ + ": unknown key '" + key.substr(0, 80) + "'" + DidYouMean(key, known));
  }
}

const json* JsonObject::Find(std::string_view key) const {
  const auto found = json_.find(key);
  return found == json_.end() ? nullptr : &*found;
}

const json& JsonObject::At(std::string_view key) const {
  const json* found = Find(key);
  if (!found) throw Error(place_ + ": '" + std::string(key) + "' is missing");
  return *found;
}

std::string JsonObject::Place(std::string_view key) const { return place_ + "." + std::string(key); }

void JsonObject::Bad(std::string_view key, std::string_view fact) const { throw Error(Place(key) + ": " + std::string(fact)); }

std::string JsonObject::Text(std::string_view key) const {
  const json& value = At(key);
  if (!value.is_string()) Bad(key, "not a string");
  return value.get<std::string>();
}

std::string JsonObject::Name(std::string_view key) const {
  std::string text = Text(key);
  if (!IsPlainName(text)) Bad(key, "not a name of letters, digits and '_-+.'");
  return text;
}

std::string JsonObject::Formula(std::string_view key) const {
  std::string text = Text(key);
  if (text.empty()) return text;
  try {
    ScanFormula(text);
  } catch (const FormulaError& failure) {
    Bad(key, failure.what());
  }
  return text;
}

std::int64_t JsonObject::Integer(std::string_view key, std::int64_t min, std::int64_t max) const {
  const json& value = At(key);
  const bool fits = value.is_number_unsigned()
                        ? value.get<std::uint64_t>() <= std::uint64_t{std::numeric_limits<std::int64_t>::max()}
                        : value.is_number_integer();
  if (!fits) Bad(key, "not an integer");
  const auto integer = value.get<std::int64_t>();
  if (integer < min || integer > max) Bad(key, std::to_string(integer) + " is out of range");
  return integer;
}

std::uint32_t JsonObject::Uint32(std::string_view key) const {
  return static_cast<std::uint32_t>(Integer(key, 0, std::numeric_limits<std::uint32_t>::max()));
}

double JsonObject::Number(std::string_view key) const {
  const json& value = At(key);
  if (!value.is_number() || !std::isfinite(value.get<double>())) Bad(key, "not a number");
  return value.get<double>();
}

bool JsonObject::Flag(std::string_view key) const {
  const json& value = At(key);
  if (!value.is_boolean()) Bad(key, "neither true nor false");
  return value.get<bool>();
}

Values JsonObject::Point(std::string_view key) const {
  const json& value = At(key);
  if (!value.is_string()) Bad(key, "not a text of NAME=VALUE");
  try {
    return Values::FromText(value.get_ref<const std::string&>());
  } catch (const Error& failure) {
    Bad(key, failure.what());
  }
}

std::vector<std::string> JsonObject::Texts(std::string_view key) const {
  std::vector<std::string> texts;
  Each(key, 4096, [&](const json& element, const std::string& place) {
    if (!element.is_string()) throw Error(place + ": not a string");
    texts.push_back(element.get<std::string>());
  });
  return texts;
}

const json& JsonObject::Array(std::string_view key, std::size_t limit) const {
  const json& value = At(key);
  if (!value.is_array()) Bad(key, "not a list");
  if (value.size() > limit) Bad(key, "more than " + std::to_string(limit) + " elements");
  return value;
}

bool IsPlainName(std::string_view text) {
  return !text.empty() && text.size() <= 128 && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("_-+.").find(c) != std::string_view::npos;
  });
}

}  // namespace hone
