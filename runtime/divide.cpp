#include "runtime/divide.h"

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <span>

#include "db/spirv.h"
#include "runtime/device_error.h"

namespace hone {
namespace {

using Axes = std::array<bool, 3>;
constexpr Axes kAll{true, true, true}, kNone{};

// Which components of gl_NumWorkGroups a module reads. All, where it does with it what this does not follow.
class GridSizeReader {
 public:
  explicit GridSizeReader(const Module& module) {
    const bool whole = Walk(module.words, [this](const Instruction& instruction) {
      Take(instruction.opcode, instruction.operands);
      return true;
    });
    if (!whole) axes_ = kAll;
  }
  const Axes& axes() const { return axes_; }

 private:
  void Take(std::uint32_t operation, std::span<const std::uint32_t> operands) {
    if (operation == kOpDecorate && operands.size() == 3 && operands[1] == kDecorationBuiltIn &&
        operands[2] == kBuiltInNumWorkgroups) {
      size_.insert(operands[0]);
      return;
    }
    if (operation == kOpConstant && operands.size() == 3) constants_[operands[1]] = operands[2];
    if (operation == kOpDecorate || operation == kOpName || operation == kOpEntryPoint || operation == kOpVariable) return;
    if (std::ranges::none_of(operands, [this](std::uint32_t id) { return size_.contains(id); })) return;
    if (operation == kOpLoad && operands.size() >= 3)
      size_.insert(operands[1]);
    else if (operation == kOpCompositeExtract && operands.size() == 4)
      Read(operands[3]);
    else if ((operation == kOpAccessChain || operation == kOpInBoundsAccessChain) && operands.size() == 4)
      Read(constants_.contains(operands[3]) ? constants_[operands[3]] : 3);
    else
      axes_ = kAll;
  }

  void Read(std::uint32_t component) {
    if (component < axes_.size())
      axes_[component] = true;
    else
      axes_ = kAll;
  }

  std::set<std::uint32_t> size_;  // the built-in variable, and loads of all of it
  std::map<std::uint32_t, std::uint32_t> constants_;
  Axes axes_ = kNone;
};

// How a step's grid is cut.
struct Cut {
  std::size_t axis = 0;
  std::uint32_t most = 1;  // parts
  bool fold = false;       // of a linear grid: rows first
};

Cut CutOf(const Step& step, const Pass& pass, const Axes& read) {
  if (pass.groups.size() == 1 && read[0] && !read[1] && !read[2]) return {1, step.groups[0], true};
  Cut cut;
  for (std::size_t axis = 0; axis < 3; ++axis)
    if (!read[axis] && step.groups[axis] > cut.most) cut = {axis, step.groups[axis], false};
  return cut;
}

void Fold(Step& step, std::uint32_t rows) {
  const std::uint64_t all = std::uint64_t{step.groups[0]} * step.groups[1];
  const std::uint64_t width = (all + rows - 1) / rows;
  step.groups = {static_cast<std::uint32_t>(width), static_cast<std::uint32_t>((all + width - 1) / width), 1};
}

std::vector<Cut> CutsOf(const Plan& plan, const Binary& binary) {
  std::map<std::uint32_t, Axes> read;
  std::vector<Cut> cuts;
  for (const Step& step : plan.steps) {
    const auto [axes, is_new] = read.emplace(step.pass, kNone);
    if (is_new) axes->second = GridSizeReader(*binary.modules[step.pass]).axes();
    const Pass& pass = binary.pattern.empty() ? binary.kernel->reference_pass : binary.GetPattern().passes[step.pass];
    cuts.push_back(CutOf(step, pass, axes->second));
  }
  return cuts;
}

}  // namespace

std::uint32_t MostParts(const Plan& plan, const Binary& binary) {
  std::uint32_t most = 1;
  for (const Cut& cut : CutsOf(plan, binary)) most = std::max(most, cut.most);
  return most;
}

void Divide(Plan& plan, const Binary& binary, std::uint32_t parts) {
  const std::vector<Cut> cuts = CutsOf(plan, binary);
  if (std::ranges::none_of(cuts, [&](const Cut& cut) { return cut.most >= parts; })) {
    throw DeviceError(Outcome::kOverLimit, "kernel " + binary.kernel->name + ": its dispatches cannot be divided into " +
                                               std::to_string(parts) + " parts");
  }
  std::vector<Step> steps;
  for (std::size_t i = 0; i < cuts.size(); ++i) {
    Step whole = plan.steps[i];
    const auto& [axis, most, fold] = cuts[i];
    if (fold) Fold(whole, std::min(parts, most));
    const std::uint64_t groups = whole.groups[axis], pieces = std::min({std::uint64_t{parts}, std::uint64_t{most}, groups});
    for (std::uint64_t piece = 0; piece < pieces; ++piece) {
      if (steps.size() == kMaxSteps)
        throw DeviceError(Outcome::kOverLimit, "kernel " + binary.kernel->name + ": too many parts");
      Step part = whole;
      part.first[axis] = static_cast<std::uint32_t>(groups * piece / pieces);
      part.groups[axis] = static_cast<std::uint32_t>(groups * (piece + 1) / pieces) - part.first[axis];
      part.barrier_before = whole.barrier_before && piece == 0;
      steps.push_back(std::move(part));
    }
  }
  plan.steps = std::move(steps);
  plan.divided = true;
  for (PassSetup& pass : plan.passes) pass.divided = true;
}

}  // namespace hone
