// The buffers of one kernel for one problem on a device: filled, poisoned, guarded by canaries, compared with the reference.
//
// Each buffer is followed by kCanaryBytes that no variant may touch and that are bound with it, so that a write past the end
// lands there instead of being dropped by the driver. Where device memory allows, what the buffers are filled with and what is
// expected of them stays on the device too: a check is then one submission (restore, poison, run, compare) and a small
// download. Where it does not, the host makes, holds and compares, in chunks.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "db/kernel.h"
#include "runtime/context.h"
#include "tuner/compare.h"
#include "tuner/device_compare.h"
#include "tuner/device_fill.h"
#include "tuner/element.h"

namespace hone {

constexpr std::uint64_t kCanaryBytes = 4096;
constexpr std::uint8_t kPoisons[2] = {0xff, 0x5a};  // nan, and 1.5e16 as float: max() hides the first, not the second

// What the device may do itself; nullptr: the host does it.
struct ArenaHelp {
  DeviceCompare* compare = nullptr;
  DeviceFill* fill = nullptr;
};

class Arena {
 public:
  // problem: complete. Errors: DeviceError when memory is short.
  Arena(Context& context, const ArenaHelp& help, std::shared_ptr<const Kernel> kernel, const Values& problem,
        std::uint64_t seed);

  const Values& problem() const { return problem_; }
  bool IsOf(const Kernel& kernel, const Values& problem) const;
  std::uint64_t bytes() const;                 // of all buffers, canaries aside
  double made_ms() const { return made_ms_; }  // that FillInputs and MakeReference took
  bool reads_outputs() const;                  // a buffer is read and written: results change from run to run

  void FillInputs();
  // After that: runs the reference once and keeps what it says. glsl: the compiled reference_pass; nullptr: the kernel's
  // C++ reference, or none where there is only to be timed. Errors: DeviceError; Error for an unknown C++ reference.
  void MakeReference(const Binary* glsl, std::chrono::milliseconds timeout);

  // Before timing: inputs as they were filled, outputs, canaries and the workspace poisoned.
  void Prepare(std::uint8_t poison);
  // Prepares, runs the variant once, and looks at what it left: nullopt when results and canaries are right, otherwise what is
  // wrong, in words. keep_workspace: the workspace is as an earlier run left it. Errors: DeviceError; Error without a
  // reference.
  std::optional<std::string> Check(const Pipeline& pipeline, std::uint8_t poison, bool keep_workspace,
                                   std::chrono::milliseconds timeout);
  double checked_ns() const { return checked_ns_; }  // of the device, for the variant's run in it; 0: it has no timestamps
  // After more runs of a checked variant: nullopt or what is wrong now.
  std::optional<std::string> LookAgain();
  void Distrust() { inputs_fresh_ = false; }  // a variant went wrong: fill everything again

  std::vector<Binding> Bindings() const;
  // At least `bytes` and a canary. Contents: what an earlier run left; poison when new.
  Binding Workspace(std::uint64_t bytes);
  // Sets of buffers to rotate over, together beyond `beyond_bytes`; the first is this arena's own. Filled like it.
  std::vector<BindingSet> RotatingSets(std::uint64_t beyond_bytes, std::uint64_t workspace_bytes);

 private:
  struct Slot {
    const Buffer* description = nullptr;
    ElementType type{};
    std::uint64_t count = 0, bytes = 0;
    GpuBuffer memory;    // bytes + kCanaryBytes, rounded up to 4
    GpuBuffer pristine;  // what it is filled with, if that is kept on the device
    // Outputs: what the reference says, in one of these two.
    GpuBuffer expected_on_device;
    std::vector<std::byte> expected;
    ElementType expected_type{};
    Tolerance tolerance;
    std::uint64_t verdict_at = 0;  // in report_.verdicts
    bool is_output() const { return description->access != Access::kRead; }
    bool is_input() const { return description->access != Access::kWrite; }
  };
  // Where the canaries and verdicts of a check end up.
  struct Report {
    GpuBuffer verdicts;  // on the device
    GpuBuffer copy;      // where the host reads: the canaries, then the verdicts
    std::uint64_t canary_bytes = 0, verdict_bytes = 0;
  };
  GpuBuffer KeepOnDevice(std::uint64_t bytes);  // empty: no room
  void FillInput(const Slot& slot, const GpuBuffer& memory);
  void KeepInputs();
  void Keep(Slot& slot, std::span<const double> expected);
  bool CompareOnDevice(const Slot& slot) const;
  void ReferenceOnDevice(const Binary& glsl, std::chrono::milliseconds timeout);
  void ReferenceInCpp();
  void MakeReport();
  Comparands ComparandsOf(const Slot& slot) const;

  void FillWhatIsNotKept();
  void RecordPrepare(CommandRecorder& commands, std::uint8_t poison, bool keep_workspace);
  void RecordPoison(CommandRecorder& commands, const GpuBuffer& memory, std::uint64_t from);
  void RecordLook(CommandRecorder& commands);
  void Touch(const Binary& binary);
  std::optional<std::string> Judge(bool sample);
  std::optional<std::string> JudgeOnHost(const Slot& slot, bool sample);

  Context& context_;
  ArenaHelp help_;
  std::shared_ptr<const Kernel> kernel_;
  Values problem_;
  std::uint64_t seed_;
  std::vector<Slot> slots_;
  GpuBuffer workspace_;
  std::uint64_t workspace_bytes_ = 0;  // asked for by the latest Workspace()
  GpuBuffer poisons_;                  // four bytes of each poison, for ends that are not whole words
  std::uint8_t poison_ = kPoisons[0], workspace_poison_ = kPoisons[0];
  bool inputs_fresh_ = false, has_reference_ = false;
  double checked_ns_ = 0, made_ms_ = 0;
  Report report_;
  std::vector<GpuBuffer> rotated_;
  std::vector<BindingSet> rotated_sets_;
};

}  // namespace hone
