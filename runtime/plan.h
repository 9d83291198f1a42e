// Private to runtime/: everything about a dispatch that is known once variant, problem and device are: no Vulkan calls
// here.
//
// Binary + problem + DeviceInfo -> Plan. All formulas are evaluated here, loops are unrolled into steps, and every
// limit of the device is checked, so that recording only copies numbers.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "db/device.h"
#include "db/kernel.h"
#include "runtime/arguments.h"

namespace hone {

// The scalar types that a caller can give a value of.
enum class ScalarType : std::uint8_t {
  kFloat,
  kUint,
  kInt,
  kDouble,
  kUint64,
  kInt64,
  kFloat16,
  kBfloat16,
  kUint16,
  kInt16,
  kUint8,
  kInt8,
  kBool,
};
std::optional<ScalarType> ScalarTypeOf(std::string_view glsl);

// A push constant that the caller gives: written into each step's bytes at record time.
struct Patch {
  std::uint32_t scalar = 0;  // index into Plan::scalars
  std::uint32_t offset = 0;
  ScalarType type = ScalarType::kFloat;
};

struct WorkspaceRange {
  std::uint64_t offset = 0, bytes = 0;
};

struct SpecializationConstant {
  std::uint32_t id = 0, offset = 0, bytes = 0;
};

// The structures of a plan, in two forms: with lists that grow, as a plan is made, and flat (runtime/flat_plan.h), as it is
// used.
struct Growing {
  template <typename T>
  using List = std::vector<T>;
  using Text = std::string;
};

// One vkCmdDispatch.
template <typename Form>
struct StepOf {
  std::uint32_t pass = 0;
  std::array<std::uint32_t, 3> groups{1, 1, 1};
  std::array<std::uint32_t, 3> first{};          // workgroup of the grid: a part of it begins there (Divide)
  std::uint32_t order = 0;                       // index into Plan::orders
  bool barrier_before = false;                   // something recorded earlier must be finished and visible
  typename Form::template List<std::byte> push;  // the module's push constants, scalar arguments still zero
};

// How one pass becomes a VkPipeline.
template <typename Form>
struct PassSetupOf {
  std::uint32_t subgroup_size = 0;  // 0: the driver's choice
  bool full_subgroups = false;
  bool used = false;     // some step runs it
  bool divided = false;  // by vkCmdDispatchBase
  typename Form::template List<SpecializationConstant> constants;
  typename Form::template List<std::byte> data;  // theirs
  typename Form::template List<Patch> patches;
};

constexpr std::size_t kMaxSteps = 1 << 16;  // of a plan: a damaged database must not make us record for ever

template <typename Form>
struct PlanOf {
  template <typename T>
  using List = typename Form::template List<T>;

  List<std::uint64_t> buffer_bytes;  // of the kernel's buffers
  List<WorkspaceRange> workspaces;   // bound after them
  std::uint64_t workspace_bytes = 0;
  List<typename Form::Text> scalars;  // push constants that the caller gives
  List<List<std::uint32_t>> orders;   // what each binding is bound to; [0] is the identity
  List<PassSetupOf<Form>> passes;
  List<StepOf<Form>> steps;
  std::uint32_t push_bytes = 0;  // the most over all passes
  bool divided = false;          // its steps are parts of grids

  std::uint32_t binding_count() const { return static_cast<std::uint32_t>(buffer_bytes.size() + workspaces.size()); }
};

using Step = StepOf<Growing>;
using PassSetup = PassSetupOf<Growing>;
struct Plan : PlanOf<Growing> {
  Values problem;  // integers and element types
};

// Errors: Error for a problem the kernel does not take or a binary that does not fit its kernel; DeviceError kOverLimit
// for a variant that this device cannot run at this problem.
Plan MakePlan(const Binary& binary, const Values& problem, const DeviceInfo& device);

// The caller's problem completed and checked: every integer given and in its bounds, types the binary's, `where` of the
// kernel.
Values CompleteProblem(const Kernel& kernel, const Values& types, const Values& problem, const DeviceInfo& device);

// Why this device cannot run the variant at all, whatever the problem; "" when it can. See also MakePlan.
std::string MissingRequirement(const Kernel& kernel, const Pattern& pattern, const Values& point, const Values& types,
                               const DeviceInfo& device);

// Writes `value` as the GLSL scalar `type` at `to` (at most 8 bytes). Errors: Error when the type cannot hold it, or is
// none.
void StoreScalar(const Scalar& value, ScalarType type, std::byte* to);
void StoreScalar(const Scalar& value, std::string_view type, std::byte* to);

}  // namespace hone
