#include "db/kernel.h"

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
