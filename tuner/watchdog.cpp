#include "tuner/watchdog.h"

#include <fmt/format.h>

#include <cmath>

namespace hone {
namespace {
constexpr double kRoom = 1.25;    // parts are not alike, and an estimate is one
constexpr double kSlowest = 256;  // times the leader
}  // namespace

bool MayBeLong(double leader_ms, double bound_ms) { return leader_ms <= 0 || kSlowest * leader_ms > bound_ms; }

LongDispatch JudgeLength(double estimate_ms, double bound_ms, double most_ms, std::uint32_t most_parts) {
  if (estimate_ms <= bound_ms) return {};
  const double parts = std::ceil(kRoom * estimate_ms / bound_ms);
  const std::string fact = fmt::format("one call would run about {:.0f} ms", estimate_ms);
  if (estimate_ms > most_ms) return {1, fmt::format("{}; allowed {:.0f} ms", fact, most_ms)};
  if (most_parts <= 1) return {1, fmt::format("{}; allowed {:.0f} ms, and it cannot be divided", fact, bound_ms)};
  if (parts > most_parts)
    return {1, fmt::format("{}; allowed {:.0f} ms, and it can only be divided into {}", fact, bound_ms, most_parts)};
  return {static_cast<std::uint32_t>(parts), ""};
}

}  // namespace hone
