#include "tuner/waiting.h"

#include <algorithm>
#include <numeric>

namespace hone {

std::vector<std::size_t> ThoseThatGo(std::span<const Kept> kept, double room) {
  std::vector<std::size_t> order(kept.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, {}, [&](std::size_t i) { return kept[i].made_ms / std::max(kept[i].bytes, 1.0); });
  double bytes = 0;
  for (const Kept& each : kept) bytes += each.bytes;
  std::size_t gone = 0;
  for (; gone < order.size() && bytes > room; ++gone) bytes -= kept[order[gone]].bytes;
  order.resize(gone);
  std::ranges::sort(order);
  return order;
}

}  // namespace hone
