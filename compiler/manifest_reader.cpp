#include "compiler/manifest_reader.h"

#include <algorithm>

#include "compiler/optimize.h"
#include "db/formula.h"

namespace hone {
namespace {

// Where column `column` (1-based) of a formula's text lies in the manifest, when the text stands there as it is.
Location Inside(const TomlNode& node, int column, const ManifestLog& log) {
  const std::string_view line = log.Line(node.where.line);
  const std::size_t quote = static_cast<std::size_t>(std::max(node.where.column - 1, 0));
  Location where = node.where;
  if (quote + 1 < line.size() && line.substr(quote + 1).starts_with(node.text)) where.column += column;
  return where;
}

// "unknown name 'X' (did you mean 'Y'?)" -> "unknown name 'X' in 'where' (did you mean 'Y'?)"
std::string WithKey(std::string fact, const std::string& key) {
  const std::size_t hint = fact.find(" (did you mean");
  fact.insert(std::min(hint, fact.size()), " in '" + key + "'");
  return fact;
}

const Names& ReservedWords() {
  static const Names words{"main",      "void",     "bool",     "int",     "uint",    "float",   "double",    "true",
                           "false",     "if",       "else",     "for",     "while",   "do",      "switch",    "case",
                           "default",   "break",    "continue", "return",  "discard", "struct",  "const",     "in",
                           "out",       "inout",    "uniform",  "buffer",  "shared",  "layout",  "readonly",  "writeonly",
                           "restrict",  "volatile", "coherent", "precise", "flat",    "highp",   "mediump",   "lowp",
                           "precision", "define",   "defined",  "undef",   "include", "version", "extension", "pragma",
                           "line",      "vec2",     "vec3",     "vec4",    "uvec2",   "uvec3",   "uvec4",     "ivec2",
                           "ivec3",     "ivec4",    "mat2",     "mat3",    "mat4"};
  return words;
}

}  // namespace

bool Contains(const Names& names, std::string_view name) { return std::find(names.begin(), names.end(), name) != names.end(); }

const Names& ScalarTypes() {
  static const Names types{"float",  "float16_t", "bfloat16_t", "double",   "int",     "uint",
                           "int8_t", "uint8_t",   "int16_t",    "uint16_t", "int64_t", "uint64_t"};
  return types;
}

bool IsInteger(std::string_view scalar) {
  return scalar == "int" || scalar == "uint" || scalar.starts_with("int") || scalar.starts_with("uint");
}

const TypeChoice* ManifestReader::FindType(const std::string& name) const {
  for (const TypeChoice& type : kernel.types) {
    if (type.name == name) return &type;
  }
  return nullptr;
}

std::string ManifestReader::ReadFormula(const TomlNode& node, const std::string& key, const Names& names) {
  if (node.kind == TomlNode::Kind::kInteger) return std::to_string(node.integer);
  if (node.kind != TomlNode::Kind::kString) {
    log.Add(node.where, "'" + key + "' must be a formula in quotes, not " + std::string(ToText(node.kind)));
    return "";
  }
  try {
    problem_unknown ? Formula::Parse(node.text) : Formula::Parse(node.text, names);
  } catch (const FormulaError& error) {
    log.Add(Inside(node, error.column, log), WithKey(error.what(), key));
  }
  return node.text;
}

std::vector<Constraint> ManifestReader::ReadWhere(const TomlNode* node, const Names& names) {
  std::vector<Constraint> constraints;
  if (!node) return constraints;
  if (node->kind != TomlNode::Kind::kArray) {
    log.Add(node->where, "'where' must be an array of formulas, not " + std::string(ToText(node->kind)));
    return constraints;
  }
  for (const TomlNode& item : node->items) {
    constraints.push_back({ReadFormula(item, "where", names), item.where.line, item.where.column});
  }
  return constraints;
}

void ManifestReader::ReadRequiresInto(TableReader& table, Requires& out) {
  const TomlNode* features = table.Get("features", TomlNode::Kind::kArray);
  const TomlNode* extensions = table.Get("extensions", TomlNode::Kind::kArray);
  const auto read = [&](const TomlNode* list, std::vector<std::string>& into, bool is_extension) {
    for (const TomlNode& item : list ? list->items : std::vector<TomlNode>{}) {
      if (item.kind != TomlNode::Kind::kString || !IsIdentifier(item.text)) {
        log.Add(item.where, is_extension ? "an extension is a name in quotes, as in \"VK_KHR_cooperative_matrix\""
                                         : "a feature is a name in quotes, as in \"shaderFloat16\"");
      } else if (is_extension != item.text.starts_with("VK_")) {
        log.Add(item.where, is_extension ? "a device extension is named VK_…, not '" + item.text + "'"
                                         : "'" + item.text + "' is an extension: it goes into 'extensions'");
      } else if (!is_extension && !Contains(FeatureNames(), item.text)) {
        log.Add(item.where, "unknown feature '" + item.text + "'" + DidYouMean(item.text, FeatureNames()));
      } else {
        into.push_back(item.text);
      }
    }
  };
  read(features, out.features, false);
  read(extensions, out.extensions, true);
}

Requires ManifestReader::ReadRequires(const TomlNode* node) {
  Requires result;
  if (!node) return result;
  TableReader table(*node, "'requires'", log);
  ReadRequiresInto(table, result);
  table.Finish();
  return result;
}

std::vector<std::string> ManifestReader::ReadOptimize(TableReader& table) {
  const TomlNode* node = table.Get("optimize", TomlNode::Kind::kArray);
  std::vector<std::string> flags;
  if (!node) return flags;
  for (const TomlNode& item : node->items) {
    if (item.kind == TomlNode::Kind::kString && IsOptimizerFlag(item.text)) {
      flags.push_back(item.text);
    } else {
      log.Add(item.where,
              "'optimize' takes \"-O\", \"-Os\", \"none\" or a pass of spirv-opt, not " +
                  (item.kind == TomlNode::Kind::kString ? "\"" + item.text + "\"" : std::string(ToText(item.kind))));
    }
  }
  if (flags.size() > 1 && Contains(flags, "none")) log.Add(node->where, "'optimize': \"none\" stands alone");
  return flags;
}

bool ManifestReader::CheckName(const std::string& name, const Location& where, const std::string& what, Names& taken,
                               bool is_macro) {
  std::string fact;
  if (!IsIdentifier(name)) {
    fact = "is no name: use letters, digits and '_'";
  } else if (is_macro && (name.starts_with("gl_") || name.find("__") != std::string::npos || Contains(ReservedWords(), name) ||
                          Contains(ScalarTypes(), name))) {
    fact = "is reserved by GLSL";
  } else if (is_macro && (Contains(FormulaFunctions(), name) || Contains(LimitNames(), name))) {
    fact = "already means something in formulas";
  } else if (Contains(taken, name)) {
    fact = "is already the name of something else";
  }
  if (!fact.empty()) log.Add(where, what + " '" + name + "' " + fact);
  taken.push_back(name);
  return fact.empty();
}

std::vector<const TomlNode*> ManifestReader::Tables(const TomlNode* node, const std::string& what) {
  std::vector<const TomlNode*> tables;
  if (!node) return tables;
  for (const TomlNode& item : node->items) {
    if (item.kind == TomlNode::Kind::kTable) {
      tables.push_back(&item);
    } else {
      log.Add(item.where, "'" + what + "' must hold tables, not " + std::string(ToText(item.kind)));
    }
  }
  return tables;
}

}  // namespace hone
