// What became of a variant on a device. The numbers are stored: append only.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace hone {

enum class Outcome : int {
  kOk = 0,
  kCompileError = 1,  // GLSL or SPIR-V validation refused it
  kOverLimit = 2,     // over a device limit, or a feature is missing
  kWrongResult = 3,   // differs from the reference, wrote past the end, or left poison behind
  kTimeout = 4,       // a deadline passed: pipeline creation, check or timing
  kCrash = 5,         // the worker process died
  kDeviceLost = 6,
  kOutOfDeviceMemory = 7,
  kOutOfHostMemory = 8,
  kDriverError = 9,  // the driver refused it with any other error
  kPending = 10,     // written before a risky dispatch; still there afterwards = it killed the driver
  kTooSlow = 11,     // one dispatch would run longer than the watchdog bound and cannot be split
};

std::string_view ToText(Outcome outcome);  // "ok", "compile error", "wrong result", …
std::optional<Outcome> OutcomeFromText(std::string_view text);
std::optional<Outcome> OutcomeFromNumber(std::int64_t number);  // nullopt: none of the above

}  // namespace hone
