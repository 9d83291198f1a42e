#include "runtime/plan.h"

#include <algorithm>
#include <optional>

#include "db/formula.h"
#include "db/module_needs.h"
#include "runtime/device_error.h"

namespace hone {
namespace {

constexpr std::uint64_t kMaxWorkspaceAlign = 256;  // the largest minStorageBufferOffsetAlignment Vulkan allows

[[noreturn]] void OverLimit(const std::string& what) { throw DeviceError(Outcome::kOverLimit, what); }

double Limit(const DeviceInfo& device, const std::string& name) {
  const auto found = device.limits.find(name);
  return found == device.limits.end() ? 0 : found->second;
}

Lookup LimitsOf(const DeviceInfo& device) {
  return [&device](std::string_view name) -> std::optional<double> {
    const auto found = device.limits.find(std::string(name));
    if (found == device.limits.end()) return std::nullopt;
    return found->second;
  };
}

// Runs `evaluate`, prefixing what went wrong with where it did.
template <typename Call>
auto At(const std::string& place, Call&& call) -> decltype(call()) {
  try {
    return call();
  } catch (const DeviceError&) {
    throw;
  } catch (const Error& error) {
    throw Error(place + ": " + error.what());
  }
}

bool Holds(const Constraint& constraint, const Lookup& lookup, const std::string& place) {
  return At(place + ": where '" + constraint.text + "'", [&] { return Formula::Parse(constraint.text).Evaluate(lookup) != 0; });
}

const TypeChoice::Option* FindOption(const TypeChoice& choice, std::string_view glsl) {
  for (const auto& option : choice.options) {
    if (option.glsl == glsl) return &option;
  }
  return nullptr;
}

std::size_t ElementBytes(const Kernel& kernel, const Buffer& buffer, const Values& types) {
  std::string type = buffer.type;
  if (const Value* chosen = types.Find(buffer.type)) type = ToText(*chosen);
  const std::size_t bytes = ScalarBytes(type);
  if (bytes == 0) throw Error("kernel " + kernel.name + ": buffer '" + buffer.name + "' has unknown type '" + type + "'");
  return bytes;
}

// A binary of no pattern is the kernel's reference shader: one pass over the kernel's buffers.
std::optional<Pattern> ReferenceOf(const Binary& binary) {
  if (!binary.pattern.empty()) return std::nullopt;
  return Pattern{
      .name = "reference", .requires_ = binary.kernel->reference_requires, .passes = {binary.kernel->reference_pass}};
}

// Makes a Plan, piece by piece.
class Planner {
 public:
  Planner(const Binary& binary, const Values& problem, const DeviceInfo& device)
      : binary_(binary),
        kernel_(*binary.kernel),
        reference_(ReferenceOf(binary)),
        pattern_(reference_ ? *reference_ : binary.GetPattern()),
        device_(device) {
    place_ = "kernel " + kernel_.name + " " + pattern_.name + " " + binary.point.ToText();
    plan_.problem = CompleteProblem(kernel_, binary.types, problem, device);
    values_ = plan_.problem;
  }

  Plan Make() {
    CheckVariant();
    SizeBuffers();
    NameScalars();
    plan_.orders.push_back(Identity());
    for (std::size_t i = 0; i < pattern_.passes.size(); ++i) plan_.passes.push_back(SetUp(i));
    for (std::size_t i = 0; i < pattern_.passes.size();) i = AddFrom(i);
    for (const Step& step : plan_.steps) plan_.passes[step.pass].used = true;
    return std::move(plan_);
  }

 private:
  Lookup Names(const Values& loop = {}) const { return LookupIn({values_, binary_.point, loop}, LimitsOf(device_)); }

  void CheckVariant() {
    if (binary_.modules.size() != pattern_.passes.size()) {
      throw Error(place_ + ": " + std::to_string(binary_.modules.size()) + " modules for " +
                  std::to_string(pattern_.passes.size()) + " passes");
    }
    if (auto missing = MissingRequirement(kernel_, pattern_, binary_.point, plan_.problem, device_); !missing.empty()) {
      OverLimit(place_ + ": " + missing);
    }
    for (const auto& constraint : pattern_.where) {
      if (!Holds(constraint, Names(), place_)) OverLimit(place_ + ": where '" + constraint.text + "' does not hold");
    }
    RequireIfKnown("maxPerStageDescriptorStorageBuffers", kernel_.buffers.size() + pattern_.workspaces.size());
    for (const auto& module : binary_.modules) {
      if (!module) throw Error(place_ + ": a module is missing");
      CheckModule(*module);
    }
  }

  static std::uint64_t Invocations(const std::array<std::uint32_t, 3>& size) {
    return std::uint64_t{size[0]} * size[1] * size[2];
  }

  void CheckModule(const Module& module) {
    const auto& face = module.interface;
    static constexpr const char* kAxes[] = {"X", "Y", "Z"};
    const auto size = LocalSizeAt(module, binary_.point);
    Require("maxComputeWorkGroupInvocations", Invocations(size));
    for (std::size_t i = 0; i < 3; ++i) Require(std::string("maxComputeWorkGroupSize") + kAxes[i], size[i]);
    Require("maxComputeSharedMemorySize", face.shared_bytes);
    Require("maxPushConstantsSize", face.push_bytes);
    plan_.push_bytes = std::max(plan_.push_bytes, (face.push_bytes + 3) / 4 * 4);
    const auto bindings = kernel_.buffers.size() + pattern_.workspaces.size();
    for (const auto& binding : face.bindings) {
      if (binding.binding >= bindings) {
        throw Error(place_ + ": a module uses binding " + std::to_string(binding.binding) + " of " + std::to_string(bindings));
      }
    }
    for (const auto& member : face.push) {
      if (ScalarBytes(member.type) == 0 || !ScalarTypeOf(member.type)) {
        throw Error(place_ + ": push constant '" + member.name + "' has unknown type '" + member.type + "'");
      }
      if (ScalarBytes(member.type) + member.offset > plan_.push_bytes) {
        throw Error(place_ + ": push constant '" + member.name + "' lies outside its block");
      }
    }
    if (module.words.size() < 5) throw Error(place_ + ": a module is no SPIR-V");
    const std::uint32_t version = module.words[1];
    const bool too_new = (version > 0x10500 && device_.api_version < (1u << 22 | 3u << 12)) || version > 0x10600;
    if (too_new) OverLimit(place_ + ": its SPIR-V is newer than this device's Vulkan takes");
    if (auto missing = MissingFeature(module.words, device_); !missing.empty()) OverLimit(place_ + ": " + missing);
  }

  void Require(const std::string& limit, std::uint64_t value) {
    if (double(value) <= Limit(device_, limit)) return;
    OverLimit(place_ + ": needs " + std::to_string(value) + " of " + limit + ", the device has " +
              std::to_string(static_cast<std::uint64_t>(Limit(device_, limit))));
  }

  // A limit that a device of an older database does not name.
  void RequireIfKnown(const std::string& limit, std::uint64_t value) {
    if (device_.limits.contains(limit)) Require(limit, value);
  }

  std::uint64_t Bytes(const Buffer& buffer) {
    const auto length =
        At(place_ + ": length of '" + buffer.name + "'", [&] { return Formula::Parse(buffer.length).EvaluateCount(Names()); });
    const auto bytes = static_cast<std::uint64_t>(length) * ElementBytes(kernel_, buffer, plan_.problem);
    if (double(bytes) > Limit(device_, "maxStorageBufferRange")) {
      OverLimit(place_ + ": buffer '" + buffer.name + "' needs " + std::to_string(bytes) +
                " bytes, over the device's maxStorageBufferRange");
    }
    return bytes;
  }

  void SizeBuffers() {
    for (const auto& buffer : kernel_.buffers) plan_.buffer_bytes.push_back(Bytes(buffer));
    for (const auto& workspace : pattern_.workspaces) {
      const std::uint64_t bytes = std::max<std::uint64_t>(Bytes(workspace), 4);
      plan_.workspaces.push_back({plan_.workspace_bytes, bytes});
      plan_.workspace_bytes += (bytes + kMaxWorkspaceAlign - 1) / kMaxWorkspaceAlign * kMaxWorkspaceAlign;
    }
  }

  void NameScalars() {
    for (const auto& constant : kernel_.push_constants) {
      if (Given(constant)) plan_.scalars.push_back(constant.name);
    }
  }

  // Whether the caller gives it: it has no formula and is no integer of the problem.
  bool Given(const PushConstant& constant) const { return constant.value.empty() && !plan_.problem.Integer(constant.name); }

  std::vector<std::uint32_t> Identity() const {
    std::vector<std::uint32_t> order(plan_.binding_count());
    for (std::uint32_t i = 0; i < order.size(); ++i) order[i] = i;
    return order;
  }

  PassSetup SetUp(std::size_t index) {
    const Pass& pass = pattern_.passes[index];
    const auto& face = binary_.modules[index]->interface;
    PassSetup setup;
    SetSubgroups(pass, LocalSizeAt(*binary_.modules[index], binary_.point), setup);
    for (const auto& constant : face.spec_constants) {
      const auto value = binary_.point.Integer(constant.name);
      if (!value) continue;  // keeps the module's own default
      const auto offset = static_cast<std::uint32_t>(setup.data.size());
      const std::size_t bytes = constant.type == "bool" ? 4 : ScalarBytes(constant.type);
      setup.data.resize(offset + bytes);
      At(place_, [&] { StoreScalar({constant.name, *value}, constant.type, setup.data.data() + offset); });
      setup.constants.push_back({constant.id, offset, static_cast<std::uint32_t>(bytes)});
    }
    for (const auto& member : face.push) {
      const auto scalar = std::ranges::find(plan_.scalars, member.name);
      if (scalar == plan_.scalars.end()) continue;
      setup.patches.push_back(
          {static_cast<std::uint32_t>(scalar - plan_.scalars.begin()), member.offset, *ScalarTypeOf(member.type)});
    }
    return setup;
  }

  void SetSubgroups(const Pass& pass, const std::array<std::uint32_t, 3>& local_size, PassSetup& setup) {
    if (pass.subgroup_size.empty()) return;
    const auto size = At(place_ + ": subgroup_size", [&] { return Formula::Parse(pass.subgroup_size).EvaluateCount(Names()); });
    const double least = Limit(device_, "minSubgroupSize"), most = Limit(device_, "maxSubgroupSize");
    if (size == 0 || (least == most && double(size) == most)) return;
    if (!device_.features.contains("subgroupSizeControl") || double(size) < least || double(size) > most ||
        (size & (size - 1)) != 0) {
      OverLimit(place_ + ": the device has no subgroups of " + std::to_string(size));
    }
    setup.subgroup_size = static_cast<std::uint32_t>(size);
    RequireIfKnown("maxComputeWorkgroupSubgroups", (Invocations(local_size) + setup.subgroup_size - 1) / setup.subgroup_size);
    setup.full_subgroups = device_.features.contains("computeFullSubgroups") && local_size[0] % setup.subgroup_size == 0;
  }

  // Adds the pass at `first`, or the whole loop that starts there; returns the index behind.
  std::size_t AddFrom(std::size_t first) {
    const std::string& name = pattern_.passes[first].loop;
    if (name.empty()) {
      AddStep(first, {}, 0);
      return first + 1;
    }
    std::size_t end = first;
    while (end < pattern_.passes.size() && pattern_.passes[end].loop == name) ++end;
    const auto loop = std::ranges::find(pattern_.loops, name, &Loop::name);
    if (loop == pattern_.loops.end()) throw Error(place_ + ": no loop named '" + name + "'");
    const auto count =
        At(place_ + ": count of loop '" + name + "'", [&] { return Formula::Parse(loop->count).EvaluateCount(Names()); });
    if (static_cast<std::uint64_t>(count) > kMaxSteps) OverLimit(place_ + ": loop '" + name + "' runs too often");
    const std::uint32_t swapped = SwappedOrder(*loop);
    for (std::int64_t i = 0; i < count; ++i) {
      Values index;
      if (!loop->index.empty()) index.Set(loop->index, i);
      for (std::size_t pass = first; pass < end; ++pass) AddStep(pass, index, i % 2 ? swapped : 0);
    }
    return end;
  }

  std::uint32_t SwappedOrder(const Loop& loop) {
    auto order = Identity();
    for (const auto& [one, other] : loop.swap) std::swap(order[BindingOf(one)], order[BindingOf(other)]);
    const auto known = std::ranges::find(plan_.orders, order);
    if (known != plan_.orders.end()) return static_cast<std::uint32_t>(known - plan_.orders.begin());
    plan_.orders.push_back(std::move(order));
    return static_cast<std::uint32_t>(plan_.orders.size() - 1);
  }

  std::size_t BindingOf(const std::string& name) const {
    const auto buffer = std::ranges::find(kernel_.buffers, name, &Buffer::name);
    if (buffer != kernel_.buffers.end()) return static_cast<std::size_t>(buffer - kernel_.buffers.begin());
    const auto workspace = std::ranges::find(pattern_.workspaces, name, &Buffer::name);
    if (workspace == pattern_.workspaces.end()) throw Error(place_ + ": no buffer named '" + name + "' to swap");
    return kernel_.buffers.size() + static_cast<std::size_t>(workspace - pattern_.workspaces.begin());
  }

  void AddStep(std::size_t pass_index, const Values& loop, std::uint32_t order) {
    const Pass& pass = pattern_.passes[pass_index];
    const Lookup names = Names(loop);
    const std::string place = place_ + ": pass " + std::to_string(pass_index + 1) + " (" + pass.shader + ")";
    if (!pass.when.empty() && At(place, [&] { return Parsed(pass.when).Evaluate(names); }) == 0) return;
    Step step;
    step.pass = static_cast<std::uint32_t>(pass_index);
    step.order = order;
    if (!SetGroups(pass, names, place, step)) return;
    FillPush(pass_index, names, place, step);
    step.barrier_before = NeedsBarrier(binary_.modules[pass_index]->interface, plan_.orders[order]);
    if (plan_.steps.size() == kMaxSteps) OverLimit(place_ + ": more than " + std::to_string(kMaxSteps) + " dispatches");
    plan_.steps.push_back(std::move(step));
  }

  // False: an empty grid.
  bool SetGroups(const Pass& pass, const Lookup& names, const std::string& place, Step& step) {
    static constexpr const char* kLimits[] = {"maxComputeWorkGroupCountX", "maxComputeWorkGroupCountY",
                                              "maxComputeWorkGroupCountZ"};
    std::array<std::uint64_t, 3> groups{1, 1, 1};
    if (pass.groups.empty() || pass.groups.size() > 3)
      throw Error(place + ": one or three groups formulas, not " + std::to_string(pass.groups.size()));
    for (std::size_t i = 0; i < pass.groups.size(); ++i) {
      groups[i] =
          static_cast<std::uint64_t>(At(place + ": groups", [&] { return Parsed(pass.groups[i]).EvaluateCount(names); }));
      if (groups[i] == 0) return false;
    }
    const auto widest = static_cast<std::uint64_t>(Limit(device_, kLimits[0]));
    if (pass.groups.size() == 1 && groups[0] > widest && widest > 0) {  // fold a linear grid, wasting least
      groups[1] = (groups[0] + widest - 1) / widest;
      groups[0] = (groups[0] + groups[1] - 1) / groups[1];
    }
    for (std::size_t i = 0; i < 3; ++i) {
      if (double(groups[i]) > Limit(device_, kLimits[i])) {
        OverLimit(place + ": " + std::to_string(groups[i]) + " groups, over " + kLimits[i]);
      }
      step.groups[i] = static_cast<std::uint32_t>(groups[i]);
    }
    return true;
  }

  void FillPush(std::size_t pass_index, const Lookup& names, const std::string& place, Step& step) {
    const auto& face = binary_.modules[pass_index]->interface;
    step.push.resize(plan_.push_bytes ? (face.push_bytes + 3) / 4 * 4 : 0);
    for (const auto& member : face.push) {
      const auto constant = std::ranges::find(kernel_.push_constants, member.name, &PushConstant::name);
      if (constant == kernel_.push_constants.end()) {
        throw Error(place + ": the shader's push constant '" + member.name + "' is not in the manifest");
      }
      if (Given(*constant)) continue;
      if (ScalarBytes(member.type) + member.offset > step.push.size())
        throw Error(place + ": '" + member.name + "' lies outside");
      const std::string& text = constant->value.empty() ? constant->name : constant->value;
      const double value = At(place + ": push constant '" + member.name + "'", [&] { return Parsed(text).Evaluate(names); });
      try {
        StoreScalar({member.name, value}, member.type, step.push.data() + member.offset);
      } catch (const Error& error) {
        OverLimit(place + ": " + error.what());  // e.g. 2^33 elements, counted in a uint
      }
    }
  }

  // What was recorded since the last barrier, by bound buffer; decides whether the next step must wait.
  bool NeedsBarrier(const ModuleInterface& face, const std::vector<std::uint32_t>& order) {
    touched_.resize(order.size());
    written_.resize(order.size());
    const bool conflict = std::ranges::any_of(face.bindings, [&](const auto& binding) {
      const auto at = order[binding.binding];
      return written_[at] || (binding.writes && touched_[at]);
    });
    if (conflict) {
      touched_.assign(order.size(), false);
      written_.assign(order.size(), false);
    }
    for (const auto& binding : face.bindings) {
      touched_[order[binding.binding]] = true;
      if (binding.writes) written_[order[binding.binding]] = true;
    }
    return conflict;
  }

  // Formulas of passes are evaluated once an iteration of their loop, parsed once.
  const Formula& Parsed(const std::string& text) {
    const auto known = parsed_.find(text);
    return known != parsed_.end() ? known->second : parsed_.emplace(text, Formula::Parse(text)).first->second;
  }

  const Binary& binary_;
  const Kernel& kernel_;
  const std::optional<Pattern> reference_;
  const Pattern& pattern_;
  const DeviceInfo& device_;
  std::string place_;
  Values values_;
  Plan plan_;
  std::vector<bool> touched_, written_;
  std::map<std::string, Formula> parsed_;
};

}  // namespace

std::string MissingRequirement(const Kernel& kernel, const Pattern& pattern, const Values& point, const Values& types,
                               const DeviceInfo& device) {
  const Requires needs = NeedsOf(kernel, pattern, point, types);
  for (const auto& feature : needs.features) {
    if (!device.features.contains(feature)) return "feature " + feature + " is missing";
  }
  for (const auto& extension : needs.extensions) {
    if (!device.extensions.contains(extension)) return "extension " + extension + " is missing";
  }
  return "";
}

Values CompleteProblem(const Kernel& kernel, const Values& types, const Values& problem, const DeviceInfo& device) {
  const std::string place = "kernel " + kernel.name + ": problem";
  Values complete;
  std::vector<std::string> known;
  for (const auto& integer : kernel.integers) {
    known.push_back(integer.name);
    const auto value = problem.Integer(integer.name);
    if (!value) throw Error(place + " '" + problem.ToText() + "': no number for '" + integer.name + "'");
    if (*value < integer.min || *value > integer.max) {
      throw Error(place + ": " + integer.name + "=" + std::to_string(*value) + " is outside " + std::to_string(integer.min) +
                  " … " + std::to_string(integer.max));
    }
    complete.Set(integer.name, *value);
  }
  for (const auto& choice : kernel.types) {
    known.push_back(choice.name);
    const Value* asked = problem.Find(choice.name);
    const Value* made = types.Find(choice.name);
    if (asked && made && *asked != *made) {
      throw Error(place + ": asks " + choice.name + "=" + ToText(*asked) + " of a variant for " + ToText(*made));
    }
    const Value* chosen = asked ? asked : made;
    if (!chosen && choice.options.empty()) continue;
    const std::string text = chosen ? ToText(*chosen) : choice.options.front().glsl;
    if (!FindOption(choice, text)) throw Error(place + ": " + choice.name + " cannot be " + text);
    complete.Set(choice.name, text);
  }
  for (const auto& [name, value] : problem.items()) {
    if (std::ranges::find(known, name) == known.end()) {
      throw Error(place + ": unknown name '" + name + "'" + DidYouMean(name, known));
    }
  }
  const Lookup names = LookupIn({complete}, LimitsOf(device));
  for (const auto& constraint : kernel.where) {
    if (!Holds(constraint, names, place))
      throw Error(place + " '" + complete.ToText() + "': '" + constraint.text + "' does not hold");
  }
  return complete;
}

Plan MakePlan(const Binary& binary, const Values& problem, const DeviceInfo& device) {
  if (!binary.kernel) throw Error("a binary without a kernel");
  return Planner(binary, problem, device).Make();
}

}  // namespace hone
