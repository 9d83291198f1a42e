// How long each way of Context::Upload and Download takes on a device, for the database (hone transfers).
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "db/store.h"
#include "runtime/context.h"

namespace hone {

// Times all ways of moving 4 KiB, 16 KiB … most_bytes up and down, in turns, in three passes over all sizes; a way that two
// rounds (from 256 MiB on: one) have shown to be half as slow again as the best is timed no more. The fastest of a size in the
// answer is the steadiest (SteadiestOf): what was faster by less than it is worth is left out. Takes most_bytes of the host's
// memory and as much of the device's. begins: called before each size of each pass. Errors: DeviceError.
std::vector<TransferTime> MeasureTransfers(
    Context& context, std::uint64_t most_bytes,
    const std::function<void(const std::string& direction, std::uint64_t bytes)>& begins = {});

}  // namespace hone
