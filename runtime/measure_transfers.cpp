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

int RoundsFor(std::uint64_t bytes) { return bytes >= 256 << 20 ? 7 : bytes >= 16 << 20 ? 15 : 51; }

struct Racer {
  TransferWay way;
  std::vector<double> ns;
};

double Time(Context& context, const TransferWay& way, Direction direction, const GpuBuffer& buffer, Transfers::Host host) {
  const std::uint64_t repeats = std::max<std::uint64_t>(kLeastSample / host.bytes, 1);
  Context::Impl& impl = context.impl();
  std::lock_guard lock(impl.mutex);
  const auto start = std::chrono::steady_clock::now();
  for (std::uint64_t i = 0; i < repeats; ++i) impl.transfers().MoveBy(way, direction, buffer.impl(), 0, host);
  return std::chrono::duration<double, std::nano>(std::chrono::steady_clock::now() - start).count() / double(repeats);
}

std::vector<Racer> Race(Context& context, Direction direction, const GpuBuffer& buffer, Transfers::Host host) {
  std::vector<Racer> racers;
  for (const TransferWay& way : context.impl().transfers().Ways(direction, buffer.impl(), host.bytes)) {
    racers.push_back({way, {}});
    Time(context, way, direction, buffer, host);  // makes and touches everything
  }
  std::vector<Racer*> racing;
  for (Racer& one : racers) racing.push_back(&one);
  std::mt19937 random;
  for (int round = 0; round < RoundsFor(host.bytes); ++round) {
    std::ranges::shuffle(racing, random);  // each comes behind each other one: caches
    for (Racer* one : racing) one->ns.push_back(Time(context, one->way, direction, buffer, host));
    if (round != 1) continue;
    const auto least = [](const Racer* one) { return std::ranges::min(one->ns); };
    const double best = least(*std::ranges::min_element(racing, {}, least));
    std::erase_if(racing, [&](const Racer* one) { return least(one) > WayChoice::kHopeless * best; });
  }
  return racers;
}

}  // namespace

std::vector<TransferTime> MeasureTransfers(Context& context, std::uint64_t most_bytes,
                                           const std::function<void(const std::string&, std::uint64_t)>& begins) {
  most_bytes = std::max(most_bytes, kLeastTransfer);
  const GpuBuffer buffer = context.CreateBuffer(most_bytes);
  const Pages pages = MakePages(most_bytes);
  std::vector<TransferTime> timed;
  for (const Direction direction : {Direction::kUpload, Direction::kDownload}) {
    const std::string name = ToText(direction);
    for (std::uint64_t bytes = kLeastTransfer; bytes <= most_bytes; bytes *= 4) {
      if (begins) begins(name, bytes);
      for (const Racer& one : Race(context, direction, buffer, {pages.get(), bytes})) {
        timed.push_back({name, bytes, ToText(one.way), Summarize(one.ns).median_ns});
      }
    }
  }
  return timed;
}

}  // namespace hone
