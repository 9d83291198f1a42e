// Private to runtime/: what a Pipeline holds.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "runtime/gpu.h"
#include "runtime/pipeline.h"
#include "runtime/plan.h"

namespace hone {

class DriverCache;

inline constexpr std::uint32_t kMaxBindings = 32;   // what every device with push descriptors takes
inline constexpr std::size_t kMaxPushBytes = 1024;  // more than any known device's maxPushConstantsSize
inline constexpr std::size_t kMaxScalars = 16;

struct Pipeline::Impl {
  std::shared_ptr<Gpu> gpu;
  Binary binary;
  Plan plan;
  PipelineLayout layout;
  std::vector<std::shared_ptr<ComputePipeline>> passes;  // null where no step uses the pass
  Match match = Match::kExact;
  std::string explanation;
};

// plan: of this binary on this device. Errors: DeviceError.
Pipeline MakePipeline(std::shared_ptr<Gpu> gpu, const Binary& binary, Plan plan, Match match = Match::kExact,
                      std::string explanation = {}, DriverCache* kept = nullptr);

// The errors of Pipeline::Record, without recording.
void CheckCall(const Pipeline::Impl& pipeline, View<Binding> buffers, View<Scalar> scalars, const Binding& workspace);

}  // namespace hone
