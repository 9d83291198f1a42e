#include "compiler/defines.h"

#include <filesystem>
#include <map>

namespace hone {
namespace {

void Add(std::map<std::string, std::string>& defines, const std::string& name, const Value& value) {
  const std::string text = ToText(value);
  defines[name] = text;
  if (value.index() == 0) return;
  defines[name + "_IS_" + text] = "1";
  if (const std::size_t bytes = ScalarBytes(text)) defines[name + "_BYTES"] = std::to_string(bytes);
}

Defines Collect(const Pattern* pattern, const Pass& pass, const Values& point, const Values& types) {
  std::map<std::string, std::string> defines;
  for (const auto& [name, value] : types.items()) Add(defines, name, value);
  for (const Parameter& parameter : pattern ? pattern->parameters : std::vector<Parameter>{}) {
    const Value* value = point.Find(parameter.name);
    if (value && !parameter.specialize) Add(defines, parameter.name, *value);
  }
  for (const auto& [name, value] : pass.defines) defines[name] = value;
  return {defines.begin(), defines.end()};
}

std::string ForShell(const std::string& word) {
  static constexpr std::string_view kPlain = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_=./,:+@%";
  if (!word.empty() && word.find_first_not_of(kPlain) == std::string::npos) return word;
  std::string quoted = "'";
  for (char c : word) quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return quoted + "'";
}

}  // namespace

Defines DefinesOf(const Pattern& pattern, const Pass& pass, const Values& point, const Values& types) {
  return Collect(&pattern, pass, point, types);
}

Defines DefinesOfReference(const Kernel& kernel, const Values& types) {
  return Collect(nullptr, kernel.reference_pass, {}, types);
}

std::vector<std::string> Flags(const Kernel& kernel, const Pattern& pattern, const Pass& pass, const Values& point,
                               const Values& types, const std::vector<std::string>& include_dirs) {
  std::vector<std::string> flags{"--target-env=vulkan1.3"};
  for (const std::string& dir : IncludeDirs(kernel.folder, include_dirs)) flags.push_back("-I" + dir);
  for (const auto& [name, value] : DefinesOf(pattern, pass, point, types)) flags.push_back("-D" + name + "=" + value);
  return flags;
}

std::string CommandLine(const Kernel& kernel, const Pattern& pattern, const Pass& pass, const Values& point,
                        const Values& types, const std::vector<std::string>& include_dirs) {
  std::string line = "glslc";
  for (const std::string& flag : Flags(kernel, pattern, pass, point, types, include_dirs)) line += " " + ForShell(flag);
  return line + " " + ForShell((std::filesystem::path(kernel.folder) / pass.shader).string());
}

}  // namespace hone
