// Space::FromKernel: a kernel's patterns, values and constraints for one problem on one device.
#include <algorithm>
#include <cmath>
#include <memory>

#include "compiler/compile.h"
#include "db/formula.h"
#include "tuner/space.h"

namespace hone {
namespace {

// The parameter that a formula's name reads: itself, or P for P_BYTES when P's values are words.
const Parameter* ParameterOf(const Pattern& pattern, const std::string& name) {
  for (const Parameter& parameter : pattern.parameters) {
    const bool words = !parameter.values.empty() && parameter.values.front().index() == 1;
    if (name == (words ? parameter.name + "_BYTES" : parameter.name)) return &parameter;
  }
  return nullptr;
}

SpaceCondition MakeCondition(const Kernel& kernel, const Pattern& pattern, const Constraint& constraint,
                             const Lookup& outside) {
  const Location place{kernel.folder.empty() ? "kernel '" + kernel.name + "'" : kernel.folder + "/kernel.toml", constraint.line,
                       constraint.column};
  auto formula = std::make_shared<Formula>();
  try {
    *formula = Formula::Parse(constraint.text);
  } catch (const FormulaError& error) {
    Fail(place, error.what());
  }
  SpaceCondition condition;
  std::vector<double> values;
  std::vector<std::size_t> slots;  // of the formula's names that are parameters
  for (std::size_t i = 0; i < formula->names().size(); ++i) {
    const std::string& name = formula->names()[i];
    values.push_back(0);
    if (const Parameter* parameter = ParameterOf(pattern, name)) {
      condition.names.push_back(parameter->name);
      slots.push_back(i);
    } else if (const auto value = outside(name)) {
      values[i] = *value;
    } else {
      Fail(place, "'" + name + "' in 'where' of pattern '" + pattern.name + "' has no value here");
    }
  }
  condition.holds = [formula, values, slots](std::span<const double> numbers) mutable {
    for (std::size_t i = 0; i < slots.size(); ++i) values[slots[i]] = numbers[i];
    const double result = formula->Evaluate(std::span<const double>(values));
    return std::isfinite(result) && result != 0;
  };
  return condition;
}

}  // namespace

Space Space::FromKernel(const Kernel& kernel, const Values& problem, const DeviceInfo& device,
                        const std::vector<std::string>& patterns) {
  for (const std::string& wanted : patterns) RequirePattern(kernel, wanted);
  const Lookup outside = LookupIn({problem}, [&device](std::string_view name) -> std::optional<double> {
    const auto it = device.limits.find(std::string(name));
    if (it == device.limits.end()) return std::nullopt;
    return it->second;
  });
  std::vector<SpacePart> parts;
  for (const Pattern& pattern : kernel.patterns) {
    if (!patterns.empty() && std::find(patterns.begin(), patterns.end(), pattern.name) == patterns.end()) continue;
    if (!Meets(device, pattern.requires_)) continue;
    SpacePart part{.pattern = pattern.name};
    for (const Parameter& parameter : pattern.parameters) {
      std::vector<Value> values;
      for (const Value& value : parameter.values) {
        const auto needs = parameter.requires_.find(ToText(value));
        if (needs == parameter.requires_.end() || Meets(device, needs->second)) values.push_back(value);
      }
      part.parameters.emplace_back(parameter.name, std::move(values));
    }
    for (const Constraint& constraint : pattern.where)
      part.where.push_back(MakeCondition(kernel, pattern, constraint, outside));
    parts.push_back(std::move(part));
  }
  return FromParts(std::move(parts));
}

}  // namespace hone
