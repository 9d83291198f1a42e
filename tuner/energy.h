// How much energy a device has used, as its hardware counts it.
//
// NVIDIA GPUs tell by NVML (opened when it is there: hone links no CUDA), the card found by its UUID. A CPU, and a GPU on its
// chip, are counted with the packages of Linux's powercap: what else the machine does is counted too.
// The environment's HONE_POWERCAP names another folder than /sys/class/powercap.
#pragma once

#include <memory>
#include <string>

#include "db/device.h"

namespace hone {

class EnergyMeter {
 public:
  // Errors: Error, which says what is missing and what to do.
  static std::unique_ptr<EnergyMeter> Open(const DeviceInfo& device);
  virtual ~EnergyMeter() = default;

  // Since some moment; never less than before. Moves in steps, of up to 100 ms on some GPUs. Errors: Error.
  virtual double Joules() = 0;
};

// "0123…" in 32 digits -> "GPU-01234567-89ab-…", as NVML names a card.
std::string NvmlUuid(const std::string& device_uuid);

}  // namespace hone
