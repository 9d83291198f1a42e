#include "runtime/measure_transfers.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <new>
#include <random>

#include "db/statistics.h"
#include "runtime/transfers.h"

namespace hone {
namespace {

constexpr std::uint64_t kLeastTransfer = 4 << 10, kHostPage = 64 << 10;
constexpr std::uint64_t kLeastSample = 256 << 10;  // bytes: of smaller transfers several are one sample

struct FreeMemory {
  void operator()(std::byte* memory) const { std::free(memory); }
};
using Pages = std::unique_ptr<std::byte, FreeMemory>;

Pages MakePages(std::uint64_t bytes) {
  const std::uint64_t whole = (bytes + kHostPage - 1) / kHostPage * kHostPage;
  Pages pages(static_cast<std::byte*>(std::aligned_alloc(kHostPage, whole)));
  if (!pages)
    throw DeviceError(Outcome::kOutOfHostMemory, "transfers of " + std::to_string(bytes) + " bytes: out of host memory");
  std::memset(pages.get(), 1, whole);
  return pages;
}

constexpr std::uint64_t kLong = 256 << 20;  // bytes: a transfer takes so long that one round tells what is hopeless

// Every size is raced in each pass, so that no second in which something else held the memory or the bus decides one.
constexpr int kPasses = 3;
int RoundsFor(std::uint64_t bytes) {
  return bytes >= 1 << 30 ? 2 : bytes >= 256 << 20 ? 3 : bytes >= 16 << 20 ? 5 : 17;
}  // of a pass

struct Racer {
  TransferWay way;
  std::vector<double> ns;
  bool hopeless = false;
};

struct Race {
  Direction direction = Direction::kUpload;
  std::uint64_t bytes = 0;
  std::vector<Racer> racers;
};

double Time(Context& context, const TransferWay& way, Direction direction, const GpuBuffer& buffer, Transfers::Host host) {
  const std::uint64_t repeats = std::max<std::uint64_t>(kLeastSample / host.bytes, 1);
  Context::Impl& impl = context.impl();
  std::lock_guard lock(impl.mutex);
  const auto start = std::chrono::steady_clock::now();
  for (std::uint64_t i = 0; i < repeats; ++i) impl.transfers().MoveBy(way, direction, buffer.impl(), 0, host);
  return std::chrono::duration<double, std::nano>(std::chrono::steady_clock::now() - start).count() / double(repeats);
}

void DropHopeless(std::vector<Racer*>& racing) {
  const auto least = [](const Racer* one) { return std::ranges::min(one->ns); };
  const double best = least(*std::ranges::min_element(racing, {}, least));
  for (Racer* one : racing) one->hopeless = least(one) > WayChoice::kHopeless * best;
  std::erase_if(racing, [](const Racer* one) { return one->hopeless; });
}

void RunPass(Context& context, Race& race, const GpuBuffer& buffer, std::byte* memory, std::mt19937& random) {
  const auto time = [&](const TransferWay& way) { return Time(context, way, race.direction, buffer, {memory, race.bytes}); };
  std::vector<Racer*> racing;
  for (Racer& one : race.racers) {
    if (one.hopeless) continue;
    racing.push_back(&one);
    if (one.ns.empty()) time(one.way);  // makes and touches everything
  }
  for (int round = 0; round < RoundsFor(race.bytes); ++round) {
    std::ranges::shuffle(racing, random);  // each comes behind each other one: caches
    for (Racer* one : racing) one->ns.push_back(time(one->way));
    if (round == 1 || race.bytes >= kLong) DropHopeless(racing);
  }
}

}  // namespace

std::vector<TransferTime> MeasureTransfers(Context& context, std::uint64_t most_bytes,
                                           const std::function<void(const std::string&, std::uint64_t)>& begins) {
  most_bytes = std::max(most_bytes, kLeastTransfer);
  const GpuBuffer buffer = context.CreateBuffer(most_bytes);
  const Pages pages = MakePages(most_bytes);
  std::vector<Race> races;
  for (const Direction direction : {Direction::kUpload, Direction::kDownload}) {
    for (std::uint64_t bytes = kLeastTransfer; bytes <= most_bytes; bytes *= 4) {
      Race& race = races.emplace_back(Race{direction, bytes, {}});
      for (const TransferWay& way : context.impl().transfers().Ways(direction, buffer.impl(), bytes)) {
        race.racers.push_back({way, {}});
      }
    }
  }
  std::mt19937 random;
  for (int pass = 0; pass < kPasses; ++pass) {
    for (Race& race : races) {
      if (begins) begins(ToText(race.direction), race.bytes);
      RunPass(context, race, buffer, pages.get(), random);
    }
  }
  std::vector<TransferTime> timed;
  for (const Race& race : races) {
    std::vector<TimedWay> medians;
    for (const Racer& one : race.racers) {
      medians.push_back({race.direction, race.bytes, one.way, Summarize(one.ns).median_ns});
    }
    const double taken = SteadiestOf(medians).ns;
    for (const TimedWay& one : medians) {
      if (one.ns >= taken) timed.push_back({ToText(race.direction), race.bytes, ToText(one.way), one.ns});
    }
  }
  return timed;
}

}  // namespace hone
