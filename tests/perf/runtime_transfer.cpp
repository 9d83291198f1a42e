// Context::Upload and Download beside the ways one writes by hand, 4 KiB to 1 GiB.
//   perf_runtime_transfer [--json] [--trials] [MOST_MIB]
//
// Each round times every way, so that all meet the same machine; the figure is the median. A sample is one transfer, or of
// small ones as many as make 256 KiB. What the one before left in the CPU's write buffers is gone when the clock starts: to
// write to the device's memory is not to wait until it has crossed the bus, for neither. Ways that took twice as long as the
// best by hand in two rounds are timed no more. The runtime goes the ways that MeasureTransfers finds here before all else, as
// a program does whose database `hone transfers` has filled; with --trials those that it finds out by itself.
#include <atomic>
#include <cstdlib>
#include <memory>
#include <numeric>
#include <random>

#include "runtime/measure_transfers.h"
#include "runtime/transfers.h"
#include "tests/perf/figures.h"
#include "tests/perf/hand_transfer.h"

namespace hone {
namespace {

constexpr std::uint64_t kLeastSample = 256 << 10;  // bytes: less, and the clock would be timed as well
constexpr double kHopeless = 2;

struct FreeMemory {
  void operator()(std::byte* memory) const { std::free(memory); }
};
using Pages = std::unique_ptr<std::byte, FreeMemory>;

Pages MakePages(std::uint64_t bytes) {
  Pages pages(static_cast<std::byte*>(std::aligned_alloc(65536, bytes)));
  std::memset(pages.get(), 1, bytes);
  return pages;
}

std::string SizeText(std::uint64_t bytes) {
  if (bytes >= 1 << 30) return std::to_string(bytes >> 30) + " GiB";
  if (bytes >= 1 << 20) return std::to_string(bytes >> 20) + " MiB";
  return std::to_string(bytes >> 10) + " KiB";
}

struct Timed {
  std::string name;
  std::function<void()> body;
  std::vector<double> ms;
};

class Benchmark {
 public:
  Benchmark(const Figures& figures, std::uint64_t most)
      : figures_(figures), most_(most), host_(MakePages(most)), buffer_(context_.CreateBuffer(most)), hand_(context_, buffer_) {
    figures_.Title(context_.info().name + (buffer_.mapped() ? ", its memory within the host's reach" : ""));
    if (!figures_.json()) std::printf("%-8s %-9s %10s %8s  %-26s GB/s by hand\n", "", "", "hone GB/s", "of best", "hone's way");
  }

  ~Benchmark() { context_.impl().ways->DropSource(this); }

  void Measure() {
    std::vector<TimedWay> fastest;
    const std::vector<TransferTime> timed = MeasureTransfers(context_, most_);
    for (const TransferTime& one : timed) {
      const bool is_best = std::ranges::none_of(timed, [&](const TransferTime& other) {
        return other.direction == one.direction && other.bytes == one.bytes && other.median_ns < one.median_ns;
      });
      const auto direction = one.direction == ToText(Direction::kUpload) ? Direction::kUpload : Direction::kDownload;
      if (is_best) fastest.push_back({direction, one.bytes, *TransferWayFromText(one.way), one.median_ns});
    }
    context_.impl().ways->SetSource(this, [fastest] { return fastest; });
  }

  void Run() {
    for (std::uint64_t bytes = 4096; bytes <= most_; bytes *= 4) {
      for (const bool upload : {true, false}) Compare(bytes, upload);
    }
  }

 private:
  void Compare(std::uint64_t bytes, bool upload) {
    std::vector<Timed> all;
    all.push_back(
        {"hone",
         [=, this] { upload ? context_.Upload(buffer_, host_.get(), bytes) : context_.Download(buffer_, host_.get(), bytes); },
         {}});
    for (const HandWay& way : hand_.ways) {
      if (!upload && bytes > way.most_download) continue;
      all.push_back(
          {way.name, [=, this, &way] { upload ? way.upload(host_.get(), bytes) : way.download(host_.get(), bytes); }, {}});
    }
    const Direction direction = upload ? Direction::kUpload : Direction::kDownload;
    while (context_.impl().transfers().Choose(direction, buffer_.impl(), bytes).trial) all[0].body();
    const std::uint64_t repeats = std::max<std::uint64_t>(kLeastSample / bytes, 1);
    const int rounds = bytes >= 256 << 20 ? 7 : bytes >= 16 << 20 ? 15 : 101;
    std::vector<std::size_t> order(all.size());
    std::iota(order.begin(), order.end(), 0);
    std::mt19937 random;
    for (int i = 0; i <= rounds; ++i) {
      std::shuffle(order.begin(), order.end(), random);  // each comes behind each other one: caches
      for (const std::size_t j : order) {
        std::atomic_thread_fence(std::memory_order_seq_cst);
        const double ms = Milliseconds([&] {
          for (std::uint64_t k = 0; k < repeats; ++k) all[j].body();
        });
        if (i > 0) all[j].ms.push_back(ms / double(repeats));  // the first touches everything
      }
      if (i == 2) DropHopeless(all, order);
    }
    Report(bytes, direction, all);
  }

  static void DropHopeless(const std::vector<Timed>& all, std::vector<std::size_t>& order) {
    double best = std::ranges::min(all[1].ms);
    for (std::size_t j = 1; j < all.size(); ++j) best = std::min(best, std::ranges::min(all[j].ms));
    std::erase_if(order, [&](std::size_t j) { return j > 0 && std::ranges::min(all[j].ms) > kHopeless * best; });
  }

  void Report(std::uint64_t bytes, Direction direction, const std::vector<Timed>& all) const {
    const auto rate = [&](const Timed& way) { return double(bytes) / Median(way.ms) / 1e6; };
    const std::string own = ToText(context_.impl().transfers().Choose(direction, buffer_.impl(), bytes).way);
    const Timed* best = &all[1];
    for (std::size_t i = 2; i < all.size(); ++i) best = rate(all[i]) > rate(*best) ? &all[i] : best;
    const char* text = ToText(direction);
    if (!figures_.json()) {
      std::printf("%-8s %-9s %10.3f %8.3f  %-26s %.3f %s", SizeText(bytes).c_str(), text, rate(all[0]),
                  rate(all[0]) / rate(*best), own.c_str(), rate(*best), best->name.c_str());
      for (std::size_t i = 1; i < all.size(); ++i) {
        if (&all[i] != best) std::printf("; %.3f %s", rate(all[i]), all[i].name.c_str());
      }
      std::printf("\n");
      std::fflush(stdout);
      return;
    }
    std::printf("{\"bytes\":%llu,\"direction\":\"%s\",\"ratio\":%.4f,\"way\":\"%s\",\"best\":\"%s\",\"gb_per_s\":{",
                static_cast<unsigned long long>(bytes), text, rate(all[0]) / rate(*best), own.c_str(), best->name.c_str());
    for (std::size_t i = 0; i < all.size(); ++i) std::printf("%s\"%s\":%.4g", i ? "," : "", all[i].name.c_str(), rate(all[i]));
    std::printf("}}\n");
  }

  const Figures& figures_;
  std::uint64_t most_;
  Pages host_;
  Context context_;
  GpuBuffer buffer_;
  HandTransfers hand_;
};

}  // namespace
}  // namespace hone

int main(int count, char** arguments) try {
  const hone::Figures figures(count, arguments);
  bool trials = false;
  std::uint64_t mib = 1024;
  for (const std::string& argument : figures.others()) {
    if (argument == "--trials") {
      trials = true;
    } else {
      mib = std::strtoull(argument.c_str(), nullptr, 10);
    }
  }
  hone::Benchmark benchmark(figures, std::max<std::uint64_t>(mib, 1) << 20);
  if (!trials) benchmark.Measure();
  benchmark.Run();
} catch (const std::exception& error) {
  return std::fprintf(stderr, "perf_runtime_transfer: %s\n", error.what()), 1;
}
