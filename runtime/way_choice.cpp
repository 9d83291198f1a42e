#include "runtime/way_choice.h"

#include <algorithm>
#include <bit>
#include <charconv>

namespace hone {
namespace {

constexpr std::string_view kRing = "ring of ", kCompute = ", compute queue", kCopy = ", copy queue";

double Median(std::vector<double> values) {
  const auto middle = values.begin() + std::ptrdiff_t(values.size() / 2);
  std::ranges::nth_element(values, middle);
  return *middle;
}

}  // namespace

std::string ToText(const TransferWay& way) {
  const std::string queue(way.queue == TransferWay::Queue::kCopy ? kCopy : kCompute);
  switch (way.kind) {
    case TransferWay::Kind::kDirect: return "direct";
    case TransferWay::Kind::kRing: return std::string(kRing) + std::to_string(way.parts) + queue;
    case TransferWay::Kind::kImport: return "import" + queue;
  }
  return "";
}

std::optional<TransferWay> TransferWayFromText(std::string_view text) {
  TransferWay way;
  if (text.ends_with(kCopy)) way.queue = TransferWay::Queue::kCopy;
  if (text.starts_with("import")) way.kind = TransferWay::Kind::kImport;
  if (text.starts_with(kRing)) {
    way.kind = TransferWay::Kind::kRing;
    std::from_chars(text.data() + kRing.size(), text.data() + text.size(), way.parts);
  }
  if (way.parts == 0 || ToText(way) != text) return std::nullopt;
  return way;
}

const WayChoice::Class& WayChoice::At(Direction direction, std::uint64_t bytes) const {
  return tried_[std::size_t(direction)][std::size_t(std::bit_width(bytes))];
}

WayChoice::Choice WayChoice::Choose(Direction direction, std::uint64_t bytes, std::span<const TransferWay> ways) const {
  const Class& tried = At(direction, bytes);
  struct Standing {
    TransferWay way;
    std::size_t tries;
    double least, median;
  };
  std::vector<Standing> standings;
  for (const TransferWay& way : ways) {
    const auto found = tried.find(way);
    if (found == tried.end()) return {way, true};
    standings.push_back({way, found->second.size(), std::ranges::min(found->second), Median(found->second)});
  }
  const double best = std::ranges::min_element(standings, {}, &Standing::least)->least;
  std::erase_if(standings, [&](const Standing& one) { return one.tries > 1 && one.least > kHopeless * best; });
  const auto next = std::ranges::min_element(standings, {}, &Standing::tries);
  if (next->tries < kTrials) return {next->way, true};
  return {std::ranges::min_element(standings, {}, &Standing::median)->way, false};
}

void WayChoice::Learn(Direction direction, std::uint64_t bytes, const TransferWay& way, double ns) {
  tried_[std::size_t(direction)][std::size_t(std::bit_width(bytes))][way].push_back(ns /
                                                                                    double(std::max<std::uint64_t>(bytes, 1)));
}

}  // namespace hone
