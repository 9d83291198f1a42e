#include "runtime/way_choice.h"

#include <algorithm>
#include <bit>
#include <charconv>
#include <tuple>
#include <utility>

namespace hone {
namespace {

constexpr std::string_view kRing = "ring-", kCompute = "-compute", kCopy = "-copy";

double Median(std::vector<double> values) {
  const auto middle = values.begin() + std::ptrdiff_t(values.size() / 2);
  std::ranges::nth_element(values, middle);
  return *middle;
}

std::uint32_t Submissions(const TransferWay& way) { return way.kind == TransferWay::Kind::kDirect ? 0 : way.parts; }

}  // namespace

TimedWay SteadiestOf(std::span<const TimedWay> ways) {
  constexpr double kNearTie = 1.03;
  const double least = std::ranges::min_element(ways, {}, &TimedWay::ns)->ns;
  return *std::ranges::min_element(
      ways, {}, [&](const TimedWay& one) { return std::tuple(one.ns > kNearTie * least, Submissions(one.way), one.ns); });
}

const char* ToText(Direction direction) { return direction == Direction::kUpload ? "upload" : "download"; }

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

WayChoice::Class& WayChoice::At(Direction direction, std::uint64_t bytes) {
  return classes_[{direction, static_cast<int>(std::bit_width(bytes))}];
}

void WayChoice::SetSource(const void* owner, Source source) {
  std::lock_guard lock(mutex_);
  owner_ = owner;
  source_ = std::move(source);
}

void WayChoice::DropSource(const void* owner) {
  std::lock_guard lock(mutex_);
  if (owner_ == owner) source_ = nullptr;
}

std::optional<TransferWay> WayChoice::Measured(Direction direction, std::uint64_t bytes) const {
  std::optional<TransferWay> nearest;
  double least = 2;  // how many times as much
  for (const auto& [size, way] : measured_[std::size_t(direction)]) {
    const double ratio = bytes > size ? double(bytes) / double(size) : double(size) / double(bytes);
    if (ratio <= least) least = ratio, nearest = way;
  }
  return nearest;
}

WayChoice::Choice WayChoice::Choose(Direction direction, std::uint64_t bytes, std::span<const TransferWay> ways) {
  std::lock_guard lock(mutex_);
  if (const Source source = std::exchange(source_, nullptr)) {
    for (const TimedWay& known : source()) measured_[std::size_t(known.direction)].emplace(known.bytes, known.way);
  }
  const auto is_offered = [&](const TransferWay& way) {  // perhaps for a near size, in as many parts
    return std::ranges::any_of(ways, [&](const TransferWay& one) { return one.kind == way.kind && one.queue == way.queue; });
  };
  const auto measured = Measured(direction, bytes);
  if (measured && is_offered(*measured)) return {*measured, false};
  Class& known = At(direction, bytes);
  if (known.decided && is_offered(known.decided->way)) return {known.decided->way, false};

  struct Standing {
    TimedWay median;  // ns a byte
    std::size_t tries;
    double least;
  };
  std::vector<Standing> standings;
  for (const TransferWay& way : ways) {
    const auto found = known.tried.find(way);
    if (found == known.tried.end()) return {way, true};
    standings.push_back(
        {{direction, bytes, way, Median(found->second)}, found->second.size(), std::ranges::min(found->second)});
  }
  const double best = std::ranges::min_element(standings, {}, &Standing::least)->least;
  std::erase_if(standings, [&](const Standing& one) { return one.tries > 1 && one.least > kHopeless * best; });
  const auto next = std::ranges::min_element(standings, {}, &Standing::tries);
  if (next->tries < kTrials) return {next->median.way, true};
  std::vector<TimedWay> medians;
  for (const Standing& one : standings) medians.push_back(one.median);
  known.decided = SteadiestOf(medians);
  known.decided->bytes = std::bit_floor(bytes);
  known.decided->ns *= double(known.decided->bytes);
  return {known.decided->way, false};
}

void WayChoice::Learn(Direction direction, std::uint64_t bytes, const TransferWay& way, double ns) {
  std::lock_guard lock(mutex_);
  At(direction, bytes).tried[way].push_back(ns / double(std::max<std::uint64_t>(bytes, 1)));
}

std::vector<TimedWay> WayChoice::Learnt() const {
  std::lock_guard lock(mutex_);
  std::vector<TimedWay> learnt;
  for (const auto& [of, one] : classes_) {
    if (one.decided) learnt.push_back(*one.decided);
  }
  return learnt;
}

}  // namespace hone
