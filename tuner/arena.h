// The buffers of one kernel for one problem on a device: filled, poisoned, guarded by canaries, compared with the reference.
//
// Each buffer is followed by kCanaryBytes that no variant may touch and that are bound with it, so that a write past the end
// lands there instead of being dropped by the driver. Host memory: the outputs' expected values, and chunks of 4 MiB.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "db/kernel.h"
#include "runtime/context.h"
#include "tuner/compare.h"
#include "tuner/element.h"

namespace hone {

constexpr std::uint64_t kCanaryBytes = 4096;
constexpr std::uint8_t kPoisons[2] = {0xff, 0x5a};  // nan, and 1.5e16 as float: max() hides the first, not the second

class Arena {
 public:
  // problem: complete. Errors: DeviceError when memory is short.
  Arena(Context& context, std::shared_ptr<const Kernel> kernel, const Values& problem, std::uint64_t seed);

  const Values& problem() const { return problem_; }
  std::uint64_t bytes() const;  // of all buffers, canaries aside
  bool reads_outputs() const;   // a buffer is read and written: results change from run to run

  // Runs the reference once and keeps what it says. glsl: the compiled reference_pass; nullptr for a C++ reference.
  // Errors: DeviceError; Error when the kernel has no reference.
  void MakeReference(const Binary* glsl, std::chrono::milliseconds timeout);
  bool has_reference() const { return has_reference_; }

  // Before a run: fills inputs that may have changed (outputs that are read too, always), poisons the others and all canaries.
  void Prepare(std::uint8_t poison);
  // After a run: nullopt when results and canaries are right, otherwise what is wrong, in words.
  // sample: of outputs above 64 MiB an eighth is compared, for a second look.
  std::optional<std::string> Verify(bool sample = false);
  // `binary` is about to run, and may change inputs that it declares writable.
  void Touch(const Binary& binary);
  void Distrust() { inputs_fresh_ = false; }  // a variant went wrong: fill everything again

  std::vector<Binding> Bindings() const;
  // At least `bytes` and a canary. Contents: what an earlier run left; poison when new or `poison` says so.
  Binding Workspace(std::uint64_t bytes, std::optional<std::uint8_t> poison);
  // Sets of buffers to rotate over, together beyond `beyond_bytes`; the first is this arena's own. Filled like it.
  std::vector<BindingSet> RotatingSets(std::uint64_t beyond_bytes, std::uint64_t workspace_bytes);

 private:
  struct Slot {
    const Buffer* description = nullptr;
    ElementType type{};
    std::uint64_t count = 0, bytes = 0;
    GpuBuffer memory;                  // bytes + kCanaryBytes, rounded up to 4
    std::vector<std::byte> expected;   // outputs
    ElementType expected_type{};
    std::vector<std::byte> contents;   // what it is filled with, where that is needed before every run and not too large
  };
  void FillSlot(Slot& slot, const GpuBuffer& memory);
  void PoisonCanary(const Slot& slot, std::uint8_t poison);
  std::optional<std::string> VerifyOutput(const Slot& slot, bool sample);
  std::optional<std::string> VerifyCanary(const std::string& name, const GpuBuffer& memory, std::uint64_t from);
  void ReferenceInCpp();

  Context& context_;
  std::shared_ptr<const Kernel> kernel_;
  Values problem_;
  std::uint64_t seed_;
  std::vector<Slot> slots_;
  GpuBuffer workspace_;
  std::uint64_t workspace_bytes_ = 0;  // asked for by the latest Workspace()
  std::uint8_t poison_ = kPoisons[0], workspace_poison_ = kPoisons[0];
  bool inputs_fresh_ = false, has_reference_ = false;
  std::vector<GpuBuffer> rotated_;
  std::vector<BindingSet> rotated_sets_;
};

}  // namespace hone
