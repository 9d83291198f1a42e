#include "compiler/toml.h"

#include <algorithm>
// The library asserts (or, with NDEBUG, assumes) that keys begin well; without that it reports "[!" as the error that it is.
#undef NDEBUG
#define TOML_ASSERT(expression) static_assert(true)
#define TOML_MAX_NESTED_VALUES 32
#include <toml++/toml.h>

namespace hone {
namespace {

Location ToLocation(const toml::source_region& region, const std::string& file) {
  return {file, static_cast<int>(region.begin.line), static_cast<int>(region.begin.column)};
}

bool Before(const TomlMember& a, const TomlMember& b) {
  return a.where.line != b.where.line ? a.where.line < b.where.line : a.where.column < b.where.column;
}

TomlNode Convert(const toml::node& node, const std::string& file, int depth) {
  TomlNode out;
  out.where = ToLocation(node.source(), file);
  if (depth > 32) Fail(out.where, "nested deeper than 32");
  if (const auto* table = node.as_table()) {
    out.kind = TomlNode::Kind::kTable;
    for (const auto& [key, value] : *table) {
      out.members.push_back(
          {std::string(key.str()), ToLocation(key.source(), file), Convert(value, file, depth + 1)});
    }
    std::stable_sort(out.members.begin(), out.members.end(), Before);
  } else if (const auto* array = node.as_array()) {
    out.kind = TomlNode::Kind::kArray;
    for (const auto& item : *array) out.items.push_back(Convert(item, file, depth + 1));
  } else if (const auto* text = node.as_string()) {
    out.kind = TomlNode::Kind::kString;
    out.text = text->get();
  } else if (const auto* integer = node.as_integer()) {
    out.kind = TomlNode::Kind::kInteger;
    out.integer = integer->get();
    out.number = static_cast<double>(out.integer);
  } else if (const auto* number = node.as_floating_point()) {
    out.kind = TomlNode::Kind::kFloat;
    out.number = number->get();
  } else if (const auto* boolean = node.as_boolean()) {
    out.kind = TomlNode::Kind::kBoolean;
    out.boolean = boolean->get();
  } else {
    out.kind = TomlNode::Kind::kDate;
  }
  return out;
}

}  // namespace

const TomlNode* TomlNode::Find(std::string_view key) const {
  for (const TomlMember& member : members) {
    if (member.key == key) return &member.value;
  }
  return nullptr;
}

std::string_view ToText(TomlNode::Kind kind) {
  switch (kind) {
    case TomlNode::Kind::kTable: return "a table";
    case TomlNode::Kind::kArray: return "an array";
    case TomlNode::Kind::kString: return "a string";
    case TomlNode::Kind::kInteger: return "an integer";
    case TomlNode::Kind::kFloat: return "a number";
    case TomlNode::Kind::kBoolean: return "true or false";
    case TomlNode::Kind::kDate: return "a date";
  }
  return "a value";
}

TomlNode ParseToml(std::string_view text, const std::string& file) {
  try {
    return Convert(toml::parse(text, std::string_view(file)), file, 0);
  } catch (const toml::parse_error& error) {
    Fail(ToLocation(error.source(), file), std::string(error.description()));
  }
}

}  // namespace hone
