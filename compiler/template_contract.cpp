// The contract of a kernel: problem, element types, buffers, push constants.
#include <algorithm>
#include <cmath>

#include "compiler/manifest_reader.h"

namespace hone {

void ManifestReader::ReadProblem(const TomlNode* node) {
  problem_unknown = !node || node->members.empty();
  if (!node) return;
  TableReader table(*node, "[problem]", log);
  for (const TomlMember* member : table.Rest()) {
    ProblemInteger integer;
    integer.name = member->key;
    CheckName(member->key, member->where, "problem integer", problem_names);
    TableReader bounds(member->value, "problem integer '" + member->key + "'", log);
    if (const TomlNode* min = bounds.Get("min", TomlNode::Kind::kInteger)) integer.min = min->integer;
    if (const TomlNode* max = bounds.Get("max", TomlNode::Kind::kInteger)) integer.max = max->integer;
    bounds.Finish();
    if (integer.min < 0) log.Add(member->where, "'min' of '" + member->key + "' is negative");
    if (integer.max > (std::int64_t{1} << 53)) log.Add(member->where, "'max' of '" + member->key + "' is over 2^53");
    if (integer.min > integer.max) log.Add(member->where, "'min' of '" + member->key + "' is over its 'max'");
    kernel.integers.push_back(integer);
  }
  if (kernel.integers.empty()) log.Add(node->where, "[problem] names no integer");
}

void ManifestReader::ReadTypes(const TomlNode* node) {
  if (!node) return;
  TableReader table(*node, "[types]", log);
  for (const TomlMember* member : table.Rest()) {
    TypeChoice type;
    type.name = member->key;
    CheckName(member->key, member->where, "type", problem_names);
    problem_names.push_back(member->key + "_BYTES");
    if (member->value.kind != TomlNode::Kind::kArray || member->value.items.empty()) {
      log.Add(member->value.where, "type '" + member->key + "' must be an array of element types, as in [\"float\"]");
    }
    for (const TomlNode& item : member->value.items) {
      TypeChoice::Option option;
      Location where = item.where;
      if (item.kind == TomlNode::Kind::kString) {
        option.glsl = item.text;
      } else {
        TableReader entry(item, "an element type", log);
        option.glsl = entry.NeedString("type");
        if (const TomlNode* text = item.Find("type")) where = text->where;
        ReadRequiresInto(entry, option.requires_);
        entry.Finish();
      }
      if (!option.glsl.empty() && !ScalarBytes(option.glsl)) {
        log.Add(where, "unknown element type '" + option.glsl + "'" + DidYouMean(option.glsl, ScalarTypes()));
      }
      for (const TypeChoice::Option& other : type.options) {
        if (other.glsl == option.glsl) log.Add(where, "element type '" + option.glsl + "' is given twice");
      }
      type.options.push_back(option);
    }
    kernel.types.push_back(type);
  }
}

Fill ManifestReader::ReadFill(const TomlNode& node) {
  Fill fill;
  static const Names words{"zero", "bits"};
  static const Names ranges{"uniform", "normal", "ramp", "integers"};
  static const Names all{"zero", "bits", "constant", "uniform", "normal", "ramp", "integers"};
  const auto unknown = [&](const Location& where, const std::string& name) {
    log.Add(where, "unknown fill '" + name + "'" + DidYouMean(name, all));
  };
  if (node.kind == TomlNode::Kind::kString) {
    fill.kind = node.text == "zero" ? Fill::Kind::kZero : Fill::Kind::kRandomBits;
    if (Contains(all, node.text) && !Contains(words, node.text)) {
      log.Add(node.where, "fill '" + node.text + "' needs numbers, as in { " + node.text +
                              (node.text == "constant" ? " = 1 }" : " = [0, 1] }"));
    } else if (!Contains(words, node.text)) {
      unknown(node.where, node.text);
    }
    return fill;
  }
  if (node.kind != TomlNode::Kind::kTable || node.members.size() != 1) {
    log.Add(node.where,
            "'fill' must be \"zero\", \"bits\" or one of { constant = 1 }, { uniform = [-1, 1] }, { normal = [0, 1] }, "
            "{ ramp = [0, 1] }, { integers = [0, 9] }");
    return fill;
  }
  const TomlMember& member = node.members[0];
  const auto is_number = [](const TomlNode& n) {
    return (n.kind == TomlNode::Kind::kInteger || n.kind == TomlNode::Kind::kFloat) && std::isfinite(n.number);
  };
  if (member.key == "constant") {
    fill.kind = Fill::Kind::kConstant;
    if (!is_number(member.value)) log.Add(member.value.where, "'constant' must be a number");
    fill.low = member.value.number;
    return fill;
  }
  if (!Contains(ranges, member.key)) {
    unknown(member.where, member.key);
    return fill;
  }
  if (member.value.items.size() != 2 || !is_number(member.value.items[0]) || !is_number(member.value.items[1])) {
    log.Add(member.value.where, "'" + member.key + "' must be two numbers, as in [0, 1]");
    return fill;
  }
  fill.low = member.value.items[0].number;
  fill.high = member.value.items[1].number;
  fill.kind = member.key == "uniform"  ? Fill::Kind::kUniform
              : member.key == "normal" ? Fill::Kind::kNormal
              : member.key == "ramp"   ? Fill::Kind::kRamp
                                       : Fill::Kind::kIntegers;
  const bool is_range = fill.kind == Fill::Kind::kUniform || fill.kind == Fill::Kind::kIntegers;
  if (is_range && fill.low > fill.high)
    log.Add(member.value.where, "'" + member.key + "': the first number is over the second");
  return fill;
}

Buffer ManifestReader::ReadBuffer(const TomlNode& node, const std::string& what, const Names& names, bool is_workspace) {
  Buffer buffer;
  TableReader table(node, what, log);
  buffer.name = table.NeedString("name");
  buffer.type = table.NeedString("type");
  if (const TomlNode* length = table.Get("length")) {
    buffer.length = ReadFormula(*length, "length", names);
  } else {
    log.Add(node.where, what + " needs 'length'");
  }
  const TypeChoice* choice = FindType(buffer.type);
  if (!buffer.type.empty() && !choice && !ScalarBytes(buffer.type)) {
    Names known = ScalarTypes();
    for (const TypeChoice& type : kernel.types) known.push_back(type.name);
    log.Add(node.Find("type")->where, "unknown element type '" + buffer.type + "'" + DidYouMean(buffer.type, known));
  }
  if (is_workspace) {
    buffer.access = Access::kReadWrite;
    table.Finish();
    return buffer;
  }
  const std::string access = table.NeedString("access");
  static const Names accesses{"read", "write", "readwrite"};
  if (!access.empty() && !Contains(accesses, access)) {
    log.Add(node.Find("access")->where, "unknown access '" + access + "': it is read, write or readwrite");
  }
  buffer.access = access == "write" ? Access::kWrite : access == "readwrite" ? Access::kReadWrite : Access::kRead;
  const std::string scalar = choice && !choice->options.empty() ? choice->options[0].glsl : buffer.type;
  if (IsInteger(scalar)) buffer.fill.kind = Fill::Kind::kRandomBits;
  if (const TomlNode* fill = table.Get("fill")) buffer.fill = ReadFill(*fill);
  table.Finish();
  return buffer;
}

void ManifestReader::ReadBuffers(const TomlNode* node) {
  Names taken;
  bool any_written = false;
  for (const TomlNode* item : Tables(node, "buffer")) {
    Buffer buffer = ReadBuffer(*item, "[[buffer]]", problem_names, false);
    if (!buffer.name.empty()) CheckName(buffer.name, item->Find("name")->where, "buffer", taken, false);
    any_written |= buffer.access != Access::kRead;
    kernel.buffers.push_back(std::move(buffer));
  }
  if (node && !any_written) log.Add(node->where, "no [[buffer]] is written: one needs access = \"write\" or \"readwrite\"");
}

void ManifestReader::ReadPush(const TomlNode* node) {
  Names taken;
  for (const TomlNode* item : Tables(node, "push")) {
    TableReader table(*item, "[[push]]", log);
    PushConstant push;
    push.name = table.NeedString("name");
    push.type = table.NeedString("type");
    const TomlNode* value = table.Get("value");
    const std::optional<double> test = table.Number("test");
    table.Finish();
    if (!push.name.empty()) CheckName(push.name, item->Find("name")->where, "push constant", taken, false);
    if (!push.type.empty() && !ScalarBytes(push.type)) {
      log.Add(item->Find("type")->where,
              "unknown type '" + push.type + "': a push constant is a scalar" + DidYouMean(push.type, ScalarTypes()));
    }
    const bool is_integer_of_problem = std::any_of(kernel.integers.begin(), kernel.integers.end(),
                                                   [&](const ProblemInteger& i) { return i.name == push.name; });
    if (!value && is_integer_of_problem) push.value = push.name;
    if (value) push_values.emplace_back(kernel.push_constants.size(), value);
    if (test && !push.value.empty()) log.Add(item->Find("test")->where, "'test' is for push constants that the caller gives");
    if (test && value) log.Add(item->Find("test")->where, "'test' and 'value' exclude each other");
    push.test = test.value_or(1);
    kernel.push_constants.push_back(push);
  }
}

// A push constant may read parameters and loop indices, which are known once the patterns are.
void ManifestReader::CheckPushValues() {
  for (const auto& [index, node] : push_values) {
    kernel.push_constants[index].value = ReadFormula(*node, "value", push_names);
  }
}

}  // namespace hone
