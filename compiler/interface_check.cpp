#include "compiler/interface_check.h"

#include <algorithm>
#include <filesystem>
#include <iterator>

#include "compiler/manifest_reader.h"
#include "db/formula.h"
#include "db/module_needs.h"

namespace hone {
namespace {

class Checker {
 public:
  Checker(const Kernel& kernel, const Pattern* pattern, const Pass& pass, const ModuleInterface& interface,
          const SourceTree& tree)
      : kernel_(kernel), pattern_(pattern), pass_(pass), interface_(interface), tree_(tree) {}

  std::vector<Diagnostic> Run() {
    for (const ModuleInterface::PushMember& member : interface_.push) Push(member);
    for (const ModuleInterface::Binding& binding : interface_.bindings) Binding(binding);
    for (const ModuleInterface::SpecConstant& constant : interface_.spec_constants) SpecConstant(constant);
    return std::move(found_);
  }

 private:
  void Add(const std::vector<std::string>& place, const std::string& text) {
    const Location where = tree_.Find(place);
    found_.push_back(MakeError(where, text, std::string(tree_.Line(where.file, where.line))));
  }

  void Push(const ModuleInterface::PushMember& member) {
    std::vector<std::string> names;
    const PushConstant* push = nullptr;
    for (const PushConstant& candidate : kernel_.push_constants) {
      names.push_back(candidate.name);
      if (candidate.name == member.name) push = &candidate;
    }
    const std::string name = "push constant '" + member.name + "'";
    if (!push) return Add({"push_constant"}, name + " is not a [[push]] of the manifest" + DidYouMean(member.name, names));
    if (push->type != member.type) {
      return Add({"push_constant"}, name + " is '" + member.type + "' here and '" + push->type + "' in the manifest");
    }
    if (push->value.empty()) return;
    const Formula value = Formula::Parse(push->value);
    for (const std::string& used : value.names()) {
      if (!HasValue(used)) {
        Add({"push_constant"},
            name + " = \"" + push->value + "\" has no value in " +
                (pattern_ ? "this pass: pattern '" + pattern_->name + "'" : std::string("the reference: it")) + " has no '" +
                used + "'");
      }
    }
  }

  bool HasValue(const std::string& name) const {
    for (const ProblemInteger& integer : kernel_.integers) {
      if (integer.name == name) return true;
    }
    for (const TypeChoice& type : kernel_.types) {
      if (type.name + "_BYTES" == name) return true;
    }
    if (!pattern_) return false;
    for (const Parameter& parameter : pattern_->parameters) {
      if (parameter.name == name || parameter.name + "_BYTES" == name) return true;
    }
    for (const Loop& loop : pattern_->loops) {
      if (loop.name == pass_.loop && loop.index == name) return true;
    }
    const auto& limits = LimitNames();
    return std::find(limits.begin(), limits.end(), name) != limits.end();
  }

  void Binding(const ModuleInterface::Binding& binding) {
    const std::size_t buffers = kernel_.buffers.size();
    const std::size_t workspaces = pattern_ ? pattern_->workspaces.size() : 0;
    const std::string number = std::to_string(binding.binding);
    if (binding.binding >= buffers + workspaces) {
      const auto count = [](std::size_t n, const std::string& what) {
        return std::to_string(n) + " " + what + (n == 1 ? "" : "s");
      };
      return Add({"binding", number}, "binding " + number + " is beyond the kernel's " + count(buffers, "buffer") +
                                          (pattern_ ? " and the pattern's " + count(workspaces, "workspace") : ""));
    }
    if (!binding.writes) return;
    const auto& own =
        binding.binding < buffers ? kernel_.buffers[binding.binding] : pattern_->workspaces[binding.binding - buffers];
    Written(own.name, binding, "");
    // A loop that exchanges bindings writes both of a pair in turn.
    for (const Loop& loop : pattern_ ? pattern_->loops : std::vector<Loop>{}) {
      if (loop.name != pass_.loop) continue;
      for (const auto& [a, b] : loop.swap) {
        if (a == own.name || b == own.name) Written(a == own.name ? b : a, binding, ", exchanged with it by the loop,");
      }
    }
  }

  void Written(const std::string& name, const ModuleInterface::Binding& binding, const std::string& how) {
    for (const Buffer& buffer : kernel_.buffers) {
      if (buffer.name != name || buffer.access != Access::kRead) continue;
      const std::string number = std::to_string(binding.binding);
      Add({"binding", number},
          "binding " + number + " is written, but buffer '" + name + "'" + how + " has access = \"read\" in the manifest");
    }
  }

  void SpecConstant(const ModuleInterface::SpecConstant& constant) {
    std::vector<std::string> names;
    for (const Parameter& parameter : pattern_ ? pattern_->parameters : std::vector<Parameter>{}) {
      if (parameter.specialize) names.push_back(parameter.name);
    }
    if (constant.name.empty()) {
      const std::string id = std::to_string(constant.id);
      return Add({"_id", id}, "specialization constant " + id + " has no name: declare it, layout(constant_id = " + id +
                                  ") const uint WG = 64; under a parameter's name");
    }
    const std::string name = "specialization constant '" + constant.name + "'";
    if (std::find(names.begin(), names.end(), constant.name) == names.end()) {
      return Add({"constant_id", constant.name},
                 name + " is no parameter with specialize = true" + DidYouMean(constant.name, names));
    }
    if (constant.type != "int" && constant.type != "uint" && constant.type != "bool") {
      Add({"constant_id", constant.name}, name + " must be int, uint or bool, not " + constant.type);
    }
  }

  const Kernel& kernel_;
  const Pattern* pattern_;
  const Pass& pass_;
  const ModuleInterface& interface_;
  const SourceTree& tree_;
  std::vector<Diagnostic> found_;
};

}  // namespace

std::vector<Diagnostic> CheckInterface(const Kernel& kernel, const Pattern* pattern, const Pass& pass,
                                       const ModuleInterface& interface, const SourceTree& tree) {
  return Checker(kernel, pattern, pass, interface, tree).Run();
}

std::vector<Diagnostic> CheckFeatures(const Kernel& kernel, const Pattern* pattern, const Pass& pass, const Values& point,
                                      const Values& types, std::span<const std::uint32_t> words) {
  const Pattern own = pattern ? *pattern : Pattern{.requires_ = kernel.reference_requires};
  std::vector<std::string> known = NeedsOf(kernel, own, point, types).features;
  std::ranges::move(ImpliedFeatures(own), std::back_inserter(known));
  std::vector<Diagnostic> found;
  for (const ModuleNeed& need : ReadNeeds(words)) {
    const auto enabled = [&](std::string_view feature) {
      return std::ranges::find(known, feature) != known.end() || !Contains(FeatureNames(), feature);
    };
    if (need.features.empty() || std::ranges::any_of(need.features, enabled)) continue;
    const std::string feature(need.features[0]);
    found.push_back(MakeError({(std::filesystem::path(kernel.folder) / "kernel.toml").string()},
                              pass.shader + " uses " + std::string(need.what) + ", but " +
                                  (pattern ? "pattern '" + pattern->name + "'" : "the reference") +
                                  " does not require what it needs: requires = { features = [\"" + feature + "\"] }"));
  }
  return found;
}

}  // namespace hone
