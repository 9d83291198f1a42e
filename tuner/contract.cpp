#include "tuner/contract.h"

#include <fmt/format.h>

#include <algorithm>

#include "db/formula.h"

namespace hone {
namespace {

bool IsProblemInteger(const Kernel& kernel, const std::string& name) {
  return std::ranges::any_of(kernel.integers, [&](const ProblemInteger& integer) { return integer.name == name; });
}

std::optional<double> EvaluateWork(const std::string& formula, const Values& problem) {
  if (formula.empty()) return std::nullopt;
  return Formula::Parse(formula).Evaluate(LookupIn({problem}));
}

void CheckNames(const Kernel& kernel, const Values& problem) {
  std::vector<std::string> known;
  for (const ProblemInteger& integer : kernel.integers) known.push_back(integer.name);
  for (const TypeChoice& type : kernel.types) known.push_back(type.name);
  for (const auto& [name, value] : problem.items())
    if (std::ranges::find(known, name) == known.end())
      throw Error(fmt::format("{}: the problem has no '{}'{}", kernel.name, name, DidYouMean(name, known)));
}

}  // namespace

Values CompleteProblem(const Kernel& kernel, const Values& problem) {
  CheckNames(kernel, problem);
  Values complete = problem;
  for (const ProblemInteger& integer : kernel.integers) {
    const std::optional<std::int64_t> value = problem.Integer(integer.name);
    if (const Value* word = problem.Find(integer.name); word && !value)
      throw Error(fmt::format("{}: {}={} is no whole number", kernel.name, integer.name, ToText(*word)));
    if (!value)
      throw Error(fmt::format("{}: the problem '{}' does not say '{}' (add {}=…)", kernel.name, problem.ToText(), integer.name,
                              integer.name));
    if (*value < integer.min || *value > integer.max)
      throw Error(fmt::format("{}: {}={} is outside {} … {}", kernel.name, integer.name, *value, integer.min, integer.max));
  }
  for (const TypeChoice& type : kernel.types) {
    const Value* value = problem.Find(type.name);
    if (!value && !type.options.empty()) complete.Set(type.name, type.options.front().glsl);
    if (!value) continue;
    std::vector<std::string> known;
    for (const TypeChoice::Option& option : type.options) known.push_back(option.glsl);
    if (std::ranges::find(known, ToText(*value)) == known.end())
      throw Error(
          fmt::format("{}: {} cannot be '{}', but: {}", kernel.name, type.name, ToText(*value), fmt::join(known, ", ")));
  }
  for (const Constraint& constraint : kernel.where)
    if (Formula::Parse(constraint.text).Evaluate(LookupIn({complete})) == 0)
      throw Error(fmt::format("{}: the problem '{}' breaks '{}'", kernel.name, complete.ToText(), constraint.text));
  return complete;
}

std::string GlslTypeOf(const Kernel& kernel, const Buffer& buffer, const Values& problem) {
  for (const TypeChoice& type : kernel.types)
    if (type.name == buffer.type)
      if (const Value* value = problem.Find(type.name)) return ToText(*value);
  return buffer.type;
}

std::uint64_t LengthOf(const Buffer& buffer, const Values& problem) {
  return static_cast<std::uint64_t>(Formula::Parse(buffer.length).EvaluateCount(LookupIn({problem})));
}

bool IsLegal(const Pattern& pattern, const Values& point, const Values& problem, const DeviceInfo& device) {
  const Lookup lookup = LookupIn({problem, point}, [&](std::string_view name) -> std::optional<double> {
    const auto limit = device.limits.find(std::string(name));
    return limit == device.limits.end() ? std::nullopt : std::optional(limit->second);
  });
  return std::ranges::all_of(
      pattern.where, [&](const Constraint& constraint) { return Formula::Parse(constraint.text).Evaluate(lookup) != 0; });
}

std::vector<Scalar> TestScalars(const Kernel& kernel) {
  std::vector<Scalar> scalars;
  for (const PushConstant& push : kernel.push_constants) {
    if (!push.value.empty() || IsProblemInteger(kernel, push.name)) continue;
    const bool real = push.type == "float" || push.type == "double" || push.type == "float16_t" || push.type == "bfloat16_t";
    if (real)
      scalars.emplace_back(push.name, push.test);
    else
      scalars.emplace_back(push.name, static_cast<std::int64_t>(push.test));
  }
  return scalars;
}

std::optional<double> IdealBytes(const Kernel& kernel, const Values& problem) { return EvaluateWork(kernel.bytes, problem); }
std::optional<double> Flops(const Kernel& kernel, const Values& problem) { return EvaluateWork(kernel.flops, problem); }

}  // namespace hone
