#include "tuner/identity.h"

#include <fmt/format.h>

#include <algorithm>

#include "db/formula.h"

namespace hone {
namespace {

class Identity {
 public:
  Identity(const Binary& binary, const Values& problem, const DeviceInfo& device) : point_(binary.point), device_(device) {
    lookup_ = LookupIn({problem, binary.point}, [this](std::string_view name) -> std::optional<double> {
      const auto limit = device_.limits.find(std::string(name));
      return limit == device_.limits.end() ? std::nullopt : std::optional(limit->second);
    });
  }

  // The formula's number; where it has none yet (it reads a loop's index), its text and the parameters that it names.
  void Add(const std::string& formula) {
    if (formula.empty()) return void(text_ += "-;");
    const Formula parsed = Formula::Parse(formula);
    try {
      text_ += fmt::format("{};", parsed.Evaluate(lookup_));
    } catch (const Error&) {
      text_ += formula;
      for (const std::string& name : parsed.names())
        if (const Value* value = point_.Find(name)) text_ += fmt::format(" {}={}", name, ToText(*value));
      text_ += ";";
    }
  }
  void Raw(const std::string& text) { text_ += text + ";"; }
  std::string Take() { return std::move(text_); }

 private:
  const Values& point_;
  const DeviceInfo& device_;
  Lookup lookup_;
  std::string text_;
};

}  // namespace

std::string IdentityOf(const Binary& binary, const Values& problem, const DeviceInfo& device) {
  const Pattern& pattern = binary.GetPattern();
  Identity identity(binary, problem, device);
  for (std::size_t i = 0; i < pattern.passes.size(); ++i) {
    const Pass& pass = pattern.passes[i];
    identity.Raw(i < binary.modules.size() ? binary.modules[i]->hash.ToHex() : "?");
    for (const std::string& groups : pass.groups) identity.Add(groups);
    identity.Add(pass.when);
    identity.Add(pass.subgroup_size);
    identity.Raw(pass.loop);
  }
  for (const Loop& loop : pattern.loops) {
    identity.Add(loop.count);
    for (const auto& [a, b] : loop.swap) identity.Raw(a + "<>" + b);
  }
  for (const Buffer& workspace : pattern.workspaces) identity.Add(workspace.length);
  for (const PushConstant& push : binary.kernel->push_constants)
    if (!push.value.empty()) identity.Add(push.value);
  for (const Parameter& parameter : pattern.parameters)
    if (parameter.specialize)
      if (const Value* value = binary.point.Find(parameter.name)) identity.Raw(parameter.name + "=" + ToText(*value));
  return identity.Take();
}

}  // namespace hone
