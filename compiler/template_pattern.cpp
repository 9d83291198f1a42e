// [pattern.NAME]: parameters, constraints, default point, workspaces.
#include <algorithm>

#include "compiler/manifest_reader.h"
#include "db/formula.h"

namespace hone {
namespace {

bool IsBroken(const Constraint& constraint, const Lookup& lookup) {
  try {
    return Formula::Parse(constraint.text).Evaluate(lookup) == 0;
  } catch (const Error&) {
    return false;  // reads the problem or a limit, or was reported already
  }
}

Values DefaultTypes(const Kernel& kernel) {
  Values types;
  for (const TypeChoice& type : kernel.types) {
    if (!type.options.empty()) types.Set(type.name, type.options[0].glsl);
  }
  return types;
}

}  // namespace

void ManifestReader::ReadPatterns(const TomlNode* node) {
  if (!node) return;
  push_names = problem_names;
  for (const TomlMember& member : node->members) kernel.patterns.push_back(ReadPattern(member));
  if (kernel.patterns.empty()) log.Add(node->where, "no pattern: a kernel needs at least one [pattern.NAME]");
}

Pattern ManifestReader::ReadPattern(const TomlMember& member) {
  Pattern pattern;
  pattern.name = member.key;
  if (!IsIdentifier(pattern.name))
    log.Add(member.where, "pattern '" + pattern.name + "' is no name: use letters, digits and '_'");
  TableReader table(member.value, "[pattern." + member.key + "]", log);
  if (member.value.kind != TomlNode::Kind::kTable) return pattern;
  pattern.summary = table.String("summary");
  pattern.requires_ = ReadRequires(table.Get("requires"));
  pattern.optimize = ReadOptimize(table);
  Names names = problem_names;
  ReadParameters(table.Get("parameters", TomlNode::Kind::kTable), pattern, names);
  names.insert(names.end(), LimitNames().begin(), LimitNames().end());
  pattern.where = ReadWhere(table.Get("where"), names);
  Names taken;
  for (const Buffer& buffer : kernel.buffers) taken.push_back(buffer.name);
  for (const TomlNode* item : Tables(table.GetTables("workspace"), "workspace")) {
    Buffer workspace = ReadBuffer(*item, "[[workspace]]", names, true);
    if (!workspace.name.empty()) CheckName(workspace.name, item->Find("name")->where, "workspace", taken, false);
    pattern.workspaces.push_back(std::move(workspace));
  }
  ReadLoops(table.Get("loop", TomlNode::Kind::kTable), pattern, names);
  ReadPasses(table.NeedTables("pass"), member.where, pattern, names);
  ReadDefaultPoint(table.Get("default", TomlNode::Kind::kTable), member.where, pattern);
  table.Finish();
  return pattern;
}

void ManifestReader::ReadParameters(const TomlNode* node, Pattern& pattern, Names& names) {
  if (!node) return;
  Names taken = names;
  for (const PushConstant& push : kernel.push_constants) taken.push_back(push.name);
  for (const TomlMember& member : node->members) {
    CheckName(member.key, member.where, "parameter", taken);
    parameter_places[pattern.name + "." + member.key] = member.where;
    Parameter parameter = ReadParameter(member);
    const bool is_number = parameter.values.empty() || std::holds_alternative<std::int64_t>(parameter.values[0]);
    // A word has no number; that of a type has a size.
    const bool is_type = !parameter.values.empty() && !is_number &&
                         std::all_of(parameter.values.begin(), parameter.values.end(),
                                     [](const Value& value) { return ScalarBytes(ToText(value)) != 0; });
    if (is_number) names.push_back(parameter.name);
    if (is_type) names.push_back(parameter.name + "_BYTES");
    pattern.parameters.push_back(std::move(parameter));
  }
  for (const std::string& name : names) {
    if (!Contains(push_names, name)) push_names.push_back(name);
  }
}

Parameter ManifestReader::ReadParameter(const TomlMember& member) {
  Parameter parameter;
  parameter.name = member.key;
  const std::string what = "parameter '" + member.key + "'";
  const TomlNode* values = &member.value;
  const TomlNode* needs = nullptr;
  if (member.value.kind == TomlNode::Kind::kTable) {
    TableReader table(member.value, what, log);
    values = table.Need("values", TomlNode::Kind::kArray);
    parameter.specialize = table.Boolean("specialize", false);
    needs = table.Get("requires", TomlNode::Kind::kTable);
    table.Finish();
    if (!values) return parameter;
  }
  if (values->kind != TomlNode::Kind::kArray || values->items.empty()) {
    log.Add(values->where, what + " must be a non-empty array of values, or { values = […] }");
    return parameter;
  }
  Names texts;
  for (const TomlNode& item : values->items) {
    const std::optional<Value> value = ReadValue(item, "a value of " + what, log);
    if (!value) continue;
    if (Contains(texts, ToText(*value))) log.Add(item.where, "value " + ToText(*value) + " of " + what + " is given twice");
    if (!parameter.values.empty() && value->index() != parameter.values[0].index()) {
      log.Add(item.where, "the values of " + what + " must be all integers or all words");
    }
    texts.push_back(ToText(*value));
    parameter.values.push_back(*value);
  }
  if (parameter.specialize && !parameter.values.empty() && parameter.values[0].index() != 0) {
    log.Add(member.where, what + ": a specialization constant is an integer");
  }
  for (const TomlMember& need : needs ? needs->members : std::vector<TomlMember>{}) {
    if (!Contains(texts, need.key))
      log.Add(need.where, "'" + need.key + "' is no value of " + what + DidYouMean(need.key, texts));
    parameter.requires_[need.key] = ReadRequires(&need.value);
  }
  return parameter;
}

void ManifestReader::ReadDefaultPoint(const TomlNode* node, const Location& where, Pattern& pattern) {
  for (const Parameter& parameter : pattern.parameters) {
    if (!parameter.values.empty()) pattern.default_point.Set(parameter.name, parameter.values[0]);
  }
  if (!node) return CheckDefaultPoint(pattern, where);
  TableReader table(*node, "'default'", log);
  for (const Parameter& parameter : pattern.parameters) {
    const TomlNode* item = table.Get(parameter.name);
    const std::optional<Value> value = item ? ReadValue(*item, "'" + parameter.name + "'", log) : std::nullopt;
    if (!value) continue;
    const auto& values = parameter.values;
    if (!values.empty() && std::find(values.begin(), values.end(), *value) == values.end()) {
      log.Add(item->where, "'default' gives '" + parameter.name + "' " + ToText(*value) + ", which is not one of its values");
    }
    pattern.default_point.Set(parameter.name, *value);
  }
  table.Finish();
  CheckDefaultPoint(pattern, node->where);
}

void ManifestReader::CheckDefaultPoint(const Pattern& pattern, const Location& where) {
  const Lookup lookup = LookupIn({DefaultTypes(kernel), pattern.default_point});
  for (const Constraint& constraint : pattern.where) {
    if (IsBroken(constraint, lookup)) log.Add(where, "the default point breaks 'where': " + constraint.text);
  }
}

}  // namespace hone
