#include "runtime/way_choice.h"

#include <algorithm>
#include <bit>

namespace hone {

TransferWay WayChoice::Choose(Direction direction, std::uint64_t bytes, std::span<const TransferWay> ways) const {
  const Class& known = records_[std::size_t(direction)][std::size_t(std::bit_width(bytes))];
  for (const TransferWay way : ways) {
    if (known[std::size_t(way)].tries < kTrials) return way;
  }
  return *std::ranges::min_element(ways, {}, [&](TransferWay way) { return known[std::size_t(way)].least_ns_per_byte; });
}

bool WayChoice::IsOpen(Direction direction, std::uint64_t bytes, TransferWay way) const {
  return records_[std::size_t(direction)][std::size_t(std::bit_width(bytes))][std::size_t(way)].tries < kTrials;
}

void WayChoice::Learn(Direction direction, std::uint64_t bytes, TransferWay way, double ns) {
  Record& record = records_[std::size_t(direction)][std::size_t(std::bit_width(bytes))][std::size_t(way)];
  const double ns_per_byte = ns / double(std::max<std::uint64_t>(bytes, 1));
  record.least_ns_per_byte = record.tries ? std::min(record.least_ns_per_byte, ns_per_byte) : ns_per_byte;
  ++record.tries;
}

}  // namespace hone
