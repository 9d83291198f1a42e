// Test data made on the device, to the same bytes as on the host (tuner/fill.h), so that large inputs need not cross the bus.
//
// Vulkan does not promise how doubles become floats. So both ends of what was made are compared with the host's, and a device
// that is ever found to differ is not asked again.
#pragma once

#include <cstdint>

#include "db/kernel.h"
#include "runtime/context.h"
#include "tuner/element.h"

namespace hone {

class DeviceFill {
 public:
  explicit DeviceFill(Context& context);  // Errors: as Context::CreatePipeline; it needs doubles and 64-bit integers
  DeviceFill(const DeviceFill&) = delete;

  static bool Serves(ElementType type);

  // Elements 0, 1, … of the sequence: `bytes` of them, from the buffer's begin on. False: the host must make them.
  // Errors: DeviceError.
  bool Fill(ElementType type, const hone::Fill& fill, std::uint64_t seed, const GpuBuffer& memory, std::uint64_t bytes);

 private:
  Context& context_;
  Pipeline pipeline_;
  bool differs_ = false;
};

}  // namespace hone
