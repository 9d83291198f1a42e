// Private to runtime/: what a Pipeline holds.
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/flat_plan.h"
#include "runtime/gpu.h"
#include "runtime/pipeline.h"
#include "runtime/variant.h"

namespace hone {

inline constexpr std::uint32_t kMaxBindings = 32;   // what every device with push descriptors takes
inline constexpr std::size_t kMaxPushBytes = 1024;  // more than any known device's maxPushConstantsSize
inline constexpr std::size_t kMaxScalars = 16;

struct Pipeline::Impl {
  std::shared_ptr<Gpu> gpu;
  std::shared_ptr<const LazyVariant> variant;
  PlanBlock plan;
  PipelineLayout layout;
  std::vector<std::shared_ptr<ComputePipeline>> passes;  // null where no step uses the pass
  Match match = Match::kExact;
};

// What one pass is made from: its module and, where it is at hand, what the driver made of it before.
struct PassCode {
  Code code;
  std::string_view kept;
};
std::vector<PassCode> CodesOf(const Binary& binary);

// begun: with its variant and its plan on this device. codes: one a pass. keeper_of: see Gpu::Keeper; empty: nothing else is
// kept. Errors: DeviceError.
using KeeperOf = std::function<Gpu::Keeper(std::size_t pass)>;
Pipeline MakePipeline(std::shared_ptr<Gpu> gpu, std::shared_ptr<Pipeline::Impl> begun, std::span<const PassCode> codes,
                      const KeeperOf& keeper_of = {});

// Pipeline::Record of the plan's steps [first, last).
void RecordSteps(const Pipeline::Impl& pipeline, VkCommandBuffer commands, View<Binding> buffers, View<Scalar> scalars,
                 const Binding& workspace, std::size_t first, std::size_t last);

// The errors of Pipeline::Record, without recording.
void CheckCall(const Pipeline::Impl& pipeline, View<Binding> buffers, View<Scalar> scalars, const Binding& workspace);

}  // namespace hone
