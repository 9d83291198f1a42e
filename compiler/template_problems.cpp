// What a kernel is tuned on, how it is checked, what work it does.
#include <algorithm>

#include "compiler/manifest_reader.h"
#include "db/formula.h"

namespace hone {
namespace {

// Reported elsewhere when the formula is bad; then nothing is illegal.
bool IsBroken(const Constraint& constraint, const Values& values) {
  try {
    return Formula::Parse(constraint.text).Evaluate(LookupIn({values})) == 0;
  } catch (const Error&) {
    return false;
  }
}

}  // namespace

void ManifestReader::CheckProblem(const Values& problem, const Location& where) {
  for (const ProblemInteger& integer : kernel.integers) {
    const std::optional<std::int64_t> value = problem.Integer(integer.name);
    if (!value) continue;
    if (*value < integer.min || *value > integer.max) {
      log.Add(where, "'" + integer.name + "' = " + std::to_string(*value) + " is outside of its bounds " +
                         std::to_string(integer.min) + " … " + std::to_string(integer.max));
    }
  }
  for (const Constraint& constraint : kernel.where) {
    if (IsBroken(constraint, problem)) log.Add(where, "this problem breaks 'where': " + constraint.text);
  }
}

std::vector<Values> ManifestReader::ReadProblems(const TomlNode* node) {
  std::vector<Values> problems;
  if (!node) return problems;
  for (const TomlNode* item : Tables(node, "problems")) {
    Values problem;
    for (const TypeChoice& type : kernel.types) {
      if (!type.options.empty()) problem.Set(type.name, type.options[0].glsl);
    }
    TableReader table(*item, "a problem", log);
    bool complete = true;
    for (const ProblemInteger& integer : kernel.integers) {
      const TomlNode* value = table.Need(integer.name, TomlNode::Kind::kInteger);
      if (value) problem.Set(integer.name, value->integer);
      complete &= value != nullptr;
    }
    for (const TypeChoice& type : kernel.types) {
      const TomlNode* value = table.Get(type.name, TomlNode::Kind::kString);
      if (!value) continue;
      Names options;
      for (const TypeChoice::Option& option : type.options) options.push_back(option.glsl);
      if (Contains(options, value->text)) {
        problem.Set(type.name, value->text);
      } else {
        log.Add(value->where,
                "'" + value->text + "' is not one of the types of '" + type.name + "'" + DidYouMean(value->text, options));
      }
    }
    if (!problem_unknown) table.Finish();
    if (complete) CheckProblem(problem, item->where);
    problems.push_back(std::move(problem));
  }
  if (problems.empty()) log.Add(node->where, "'problems' is empty");
  return problems;
}

void ManifestReader::ReadTune(const TomlNode* node) {
  if (!node) return;
  TableReader table(*node, "[tune]", log);
  kernel.problems = ReadProblems(table.Need("problems", TomlNode::Kind::kArray));
  table.Finish();
}

void ManifestReader::ReadCheck(const TomlNode* node) {
  if (!node) return;
  TableReader table(*node, "[check]", log);
  kernel.check_problems = ReadProblems(table.Need("problems", TomlNode::Kind::kArray));
  if (const TomlNode* reference = table.Get("reference")) {
    ReadReference(*reference);
  } else {
    log.Add(node->where, "[check] needs 'reference'");
  }
  kernel.tolerances[""] = Tolerance{};
  if (const TomlNode* tolerance = table.Get("tolerance")) ReadTolerances(*tolerance);
  table.Finish();
}

void ManifestReader::ReadReference(const TomlNode& node) {
  if (node.kind == TomlNode::Kind::kString) {
    if (!node.text.starts_with("cpp:") || !IsIdentifier(std::string_view(node.text).substr(4))) {
      log.Add(node.where, "'reference' must be { shader = …, groups = … } or \"cpp:NAME\", not \"" + node.text + "\"");
      return;
    }
    kernel.reference_cpp = node.text.substr(4);
    return;
  }
  TableReader table(node, "'reference'", log);
  kernel.reference_pass.shader = table.NeedString("shader");
  if (const TomlNode* shader = node.Find("shader")) shaders.emplace_back(kernel.reference_pass.shader, shader->where);
  const TomlNode* groups = table.Get("groups");
  if (!groups) log.Add(node.where, "'reference' needs 'groups'");
  kernel.reference_pass.groups = ReadGroups(groups, problem_names);
  kernel.reference_requires = ReadRequires(table.Get("requires"));
  kernel.reference_pass.defines = ReadDefines(table.Get("defines"));
  table.Finish();
}

Tolerance ManifestReader::ReadTolerance(const TomlNode& node) {
  Tolerance tolerance;
  if (node.kind == TomlNode::Kind::kString) {
    if (node.text != "exact") log.Add(node.where, "'tolerance' must be \"exact\" or a table, not \"" + node.text + "\"");
    tolerance.kind = Tolerance::Kind::kExact;
    return tolerance;
  }
  TableReader table(node, "'tolerance'", log);
  const auto absolute = table.Number("absolute"), relative = table.Number("relative"), ulp = table.Number("ulp");
  const auto statistical = table.Number("statistical"), outlier = table.Number("outlier");
  table.Finish();
  for (const auto& bound : {absolute, relative, ulp, statistical, outlier}) {
    if (bound && !(*bound >= 0)) log.Add(node.where, "a tolerance is not negative");
  }
  if ((absolute || relative) + (ulp ? 1 : 0) + (statistical ? 1 : 0) != 1) {
    log.Add(node.where, "'tolerance' must be \"exact\", { relative = …, absolute = … }, { ulp = … } or { statistical = … }");
  }
  if (outlier && !statistical) log.Add(node.where, "'outlier' goes with 'statistical'");
  if (statistical) {
    tolerance.kind = Tolerance::Kind::kStatistical;
    tolerance.relative = *statistical;
    tolerance.absolute = outlier.value_or(10);
  } else if (ulp) {
    tolerance.kind = Tolerance::Kind::kUlp;
    tolerance.ulp = *ulp;
  } else {
    tolerance.relative = relative.value_or(0);
    tolerance.absolute = absolute.value_or(0);
  }
  return tolerance;
}

// Either one tolerance, or a table by element type or buffer, or both in one: keys of a tolerance are its own.
void ManifestReader::ReadTolerances(const TomlNode& node) {
  static const Names keys{"absolute", "relative", "ulp", "statistical", "outlier"};
  if (node.kind != TomlNode::Kind::kTable) {
    kernel.tolerances[""] = ReadTolerance(node);
    return;
  }
  TomlNode own = node;
  own.members.clear();
  Names names = ScalarTypes();
  for (const Buffer& buffer : kernel.buffers) names.push_back(buffer.name);
  Names known = keys;
  known.insert(known.end(), names.begin(), names.end());
  for (const TomlMember& member : node.members) {
    if (Contains(keys, member.key)) {
      own.members.push_back(member);
    } else if (Contains(names, member.key)) {
      kernel.tolerances[member.key] = ReadTolerance(member.value);
    } else {
      log.Add(member.where, "unknown key '" + member.key + "' in 'tolerance'" + DidYouMean(member.key, known));
    }
  }
  if (!own.members.empty()) kernel.tolerances[""] = ReadTolerance(own);
}

void ManifestReader::ReadWork(const TomlNode* node) {
  if (!node) return;
  TableReader table(*node, "[work]", log);
  if (const TomlNode* bytes = table.Get("bytes")) kernel.bytes = ReadFormula(*bytes, "bytes", problem_names);
  if (const TomlNode* flops = table.Get("flops")) kernel.flops = ReadFormula(*flops, "flops", problem_names);
  table.Finish();
  if (kernel.bytes.empty() && kernel.flops.empty()) log.Add(node->where, "[work] needs 'bytes', 'flops' or both");
}

}  // namespace hone
