// Compares on the device what a variant wrote with what is expected, so that right results need not cross the bus.
//
// It only acquits: «right» is certain, anything else means that somebody must look closer, and Comparison (tuner/compare.h) is
// the judge that does and has the words. Its bounds are the tolerance's, tightened by more than it may itself be off.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>

#include "db/kernel.h"
#include "runtime/context.h"
#include "tuner/element.h"

namespace hone {

struct Comparands {
  const GpuBuffer& got;
  const GpuBuffer& expected;
  std::uint64_t count = 0;                  // elements
  ElementType got_type{}, expected_type{};  // the same, or kDouble expected
  Tolerance tolerance;
};

class DeviceCompare {
 public:
  explicit DeviceCompare(Context& context);  // Errors: as Context::CreatePipeline
  DeviceCompare(const DeviceCompare&) = delete;

  static bool Serves(ElementType got, ElementType expected, const Tolerance& tolerance);

  // What one comparison leaves behind, in bytes.
  std::uint64_t VerdictBytes(const Comparands& comparands) const;
  // Records it; its verdict goes to `verdicts` from byte `offset` on.
  void Record(CommandRecorder& commands, const Comparands& comparands, const GpuBuffer& verdicts, std::uint64_t offset);
  // Shape: verdict.size() == VerdictBytes(comparands).
  static bool Acquits(const Comparands& comparands, std::span<const std::byte> verdict);

 private:
  std::uint32_t GroupsFor(std::uint64_t words) const;
  const Pipeline& PipelineFor(std::uint32_t groups);
  std::uint64_t SliceWords() const;  // a binding has a greatest size

  Context& context_;
  Binary binary_;
  std::map<std::uint32_t, Pipeline> pipelines_;  // by number of workgroups; one VkPipeline
};

}  // namespace hone
