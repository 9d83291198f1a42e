#include "db/kernel.h"

#include <algorithm>
#include <array>

#include "db/error.h"

namespace hone {

std::size_t ScalarBytes(std::string_view glsl) {
  struct Entry {
    std::string_view name;
    std::size_t bytes;
  };
  static constexpr std::array<Entry, 12> kScalars{{{"float", 4},
                                                   {"float16_t", 2},
                                                   {"bfloat16_t", 2},
                                                   {"double", 8},
                                                   {"int", 4},
                                                   {"uint", 4},
                                                   {"int8_t", 1},
                                                   {"uint8_t", 1},
                                                   {"int16_t", 2},
                                                   {"uint16_t", 2},
                                                   {"int64_t", 8},
                                                   {"uint64_t", 8}}};
  for (const Entry& entry : kScalars) {
    if (entry.name == glsl) return entry.bytes;
  }
  return 0;
}

const Pattern* FindPattern(const Kernel& kernel, std::string_view name) {
  for (const Pattern& pattern : kernel.patterns) {
    if (pattern.name == name) return &pattern;
  }
  return nullptr;
}

namespace {

void Add(const Requires& more, Requires& all) {
  all.features.insert(all.features.end(), more.features.begin(), more.features.end());
  all.extensions.insert(all.extensions.end(), more.extensions.begin(), more.extensions.end());
}

}  // namespace

Requires NeedsOfAny(const Kernel& kernel) {
  Requires all;
  for (const TypeChoice& choice : kernel.types) {
    for (const auto& option : choice.options) Add(option.requires_, all);
  }
  for (const Pattern& pattern : kernel.patterns) {
    Add(pattern.requires_, all);
    for (const Parameter& parameter : pattern.parameters) {
      for (const auto& [value, needs] : parameter.requires_) Add(needs, all);
    }
  }
  return all;
}

Requires NeedsOf(const Kernel& kernel, const Pattern& pattern, const Values& point, const Values& types) {
  Requires all = pattern.requires_;
  for (const TypeChoice& choice : kernel.types) {
    const Value* chosen = types.Find(choice.name);
    for (const auto& option : choice.options) {
      if (chosen && option.glsl == ToText(*chosen)) Add(option.requires_, all);
    }
  }
  for (const Parameter& parameter : pattern.parameters) {
    const Value* value = point.Find(parameter.name);
    const auto need = value ? parameter.requires_.find(ToText(*value)) : parameter.requires_.end();
    if (need != parameter.requires_.end()) Add(need->second, all);
  }
  return all;
}

std::vector<std::string> ImpliedFeatures(const Pattern& pattern) {
  std::vector<std::string> features;
  if (std::ranges::any_of(pattern.parameters, &Parameter::specialize)) features = {"maintenance4"};
  if (std::ranges::any_of(pattern.passes, [](const Pass& pass) { return !pass.subgroup_size.empty(); }))
    features.insert(features.end(), {"subgroupSizeControl", "computeFullSubgroups"});
  return features;
}

bool Meets(const DeviceInfo& device, const Requires& needs) {
  return std::ranges::all_of(needs.features, [&](const auto& name) { return device.features.contains(name); }) &&
         std::ranges::all_of(needs.extensions, [&](const auto& name) { return device.extensions.contains(name); });
}

Values TypesOf(const Kernel& kernel, const Values& problem) {
  Values types;
  for (const TypeChoice& choice : kernel.types) {
    const Value* chosen = problem.Find(choice.name);
    if (chosen) {
      types.Set(choice.name, *chosen);
    } else if (!choice.options.empty()) {
      types.Set(choice.name, choice.options.front().glsl);
    }
  }
  return types;
}

const Pattern& Binary::GetPattern() const {
  const Pattern* found = kernel ? FindPattern(*kernel, pattern) : nullptr;
  if (!found) throw Error("kernel '" + (kernel ? kernel->name : "") + "' has no pattern '" + pattern + "'");
  return *found;
}

}  // namespace hone
