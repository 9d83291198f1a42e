// A TOML document as a plain tree in the file's own order, every key and value with its place.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "db/error.h"

namespace hone {

struct TomlMember;

struct TomlNode {
  enum class Kind { kTable, kArray, kString, kInteger, kFloat, kBoolean, kDate };
  Kind kind = Kind::kTable;
  Location where;
  std::string text;                 // kString
  std::int64_t integer = 0;         // kInteger
  double number = 0;                // kInteger, kFloat
  bool boolean = false;             // kBoolean
  std::vector<TomlNode> items;      // kArray
  std::vector<TomlMember> members;  // kTable, in the order of the file

  const TomlNode* Find(std::string_view key) const;  // nullptr when absent, or when this is no table
};

struct TomlMember {
  std::string key;
  Location where;  // of the key
  TomlNode value;
};

// "a table", "an integer", … for messages.
std::string_view ToText(TomlNode::Kind kind);

// Errors: ManifestError for bad syntax, invalid UTF-8, and nesting deeper than 32. `file` is used in places only.
TomlNode ParseToml(std::string_view text, const std::string& file);

}  // namespace hone
