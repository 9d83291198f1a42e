// Context::Upload and Download beside the ways one writes by hand, 4 KiB to 1 GiB.
//   perf_runtime_transfer [--json] [--trials] [--every] [--staged] [MOST_MIB]
//
// Each round times every way, so that all meet the same machine; the figure is the median, and beside it are the least and the
// scatter (the median distance from the median). A sample is one transfer, or of small ones as many as make 256 KiB. What the
// one before left in the CPU's write buffers is gone when the clock starts: to write to the device's memory is not to wait
// until it has crossed the bus, for neither. Ways that took twice as long as the best by hand in two rounds (from 256 MiB on: a
// quarter more in one) are timed no more, and are not the best: what a submission costs is not the same from one minute to the
// next. The runtime goes the ways that MeasureTransfers finds here before all else, as a program does whose database `hone
// transfers` has filled; with --trials those that it finds out by itself. With --every all of the runtime's ways are timed,
// too, whose names begin with "hone": whether it took the best that it has. --staged takes the buffer for one that the host
// reaches badly if at all, which tries out on lavapipe what a GPU's own memory needs.
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
constexpr std::uint64_t kLong =
    256 << 20;  // bytes: a transfer takes so long that one round tells, and a quarter more is hopeless
constexpr double kHopeless = 2, kHopelessOfLong = 1.25;

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

struct Options {
  bool trials = false, every = false, staged = false;
  std::uint64_t most_bytes = 1 << 30;
};

struct Timed {
  std::string name;
  std::function<void()> body;
  std::vector<double> ms;
  bool by_hand = false;
  bool hopeless = false;

  double Rate(std::uint64_t bytes) const { return double(bytes) / Median(ms) / 1e6; }  // GB/s
  double Least() const { return std::ranges::min(ms); }
};

std::string TimesText(const Timed& way) {
  char text[80];
  std::snprintf(text, sizeof text, "%.1f us, least %.1f, scatter %.1f", Median(way.ms) * 1e3, way.Least() * 1e3,
                Scatter(way.ms) * 1e3);
  return text;
}

class Benchmark {
 public:
  Benchmark(const Figures& figures, const Options& options) : figures_(figures), options_(options) {
    figures_.Title(context_.info().name + (buffer_.mapped() ? ", its memory within the host's reach" : ""));
    if (options_.staged) buffer_.impl().cached = false, buffer_.impl().device_local = true;
  }

  ~Benchmark() { context_.impl().ways->DropSource(this); }

  // The runtime's own measurement, and that the context goes by it.
  void Measure() {
    for (const TransferTime& one : MeasureTransfers(context_, options_.most_bytes)) {
      const auto direction = one.direction == ToText(Direction::kUpload) ? Direction::kUpload : Direction::kDownload;
      measured_.push_back({direction, one.bytes, *TransferWayFromText(one.way), one.median_ns});
    }
    std::ranges::stable_sort(measured_, {}, &TimedWay::ns);  // of one size the first counts
    context_.impl().ways->SetSource(this, [this] { return measured_; });
  }

  void Run() {
    for (std::uint64_t bytes = 4096; bytes <= options_.most_bytes; bytes *= 4) {
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
      if (bytes > (upload ? way.most_upload : way.most_download) || bytes <= way.same_up_to) continue;
      all.push_back({way.name,
                     [=, this, &way] { upload ? way.upload(host_.get(), bytes) : way.download(host_.get(), bytes); },
                     {},
                     true});
    }
    const Direction direction = upload ? Direction::kUpload : Direction::kDownload;
    for (const TransferWay& way :
         options_.every ? context_.impl().transfers().Ways(direction, buffer_.impl(), bytes) : std::vector<TransferWay>{}) {
      all.push_back({"hone " + ToText(way),
                     [=, this] {
                       context_.impl().transfers().MoveBy(way, direction, buffer_.impl(), 0, {host_.get(), bytes});
                     },
                     {}});
    }
    while (context_.impl().transfers().Choose(direction, buffer_.impl(), bytes).trial) all[0].body();
    const std::uint64_t repeats = std::max<std::uint64_t>(kLeastSample / bytes, 1);
    const int rounds = bytes >= kLong ? 7 : bytes >= 16 << 20 ? 15 : 101;
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
      if (bytes >= kLong ? i == 1 : i == 2) DropHopeless(all, order, bytes >= kLong ? kHopelessOfLong : kHopeless);
    }
    Report(bytes, direction, all);
  }

  static const Timed& BestByHand(const std::vector<Timed>& all, double (*of)(const Timed&)) {
    const Timed* best = nullptr;
    for (const Timed& one : all) {
      if (one.by_hand && !one.hopeless && (!best || of(one) < of(*best))) best = &one;
    }
    return *best;
  }

  static void DropHopeless(std::vector<Timed>& all, std::vector<std::size_t>& order, double times) {
    const double best = BestByHand(all, [](const Timed& one) { return one.Least(); }).Least();
    for (Timed& one : all) one.hopeless = &one != &all[0] && one.Least() > times * best;
    std::erase_if(order, [&](std::size_t j) { return all[j].hopeless; });
  }

  // One block a size and direction: the runtime, the best by hand, how the runtime's measurement ordered its ways, the others.
  void Report(std::uint64_t bytes, Direction direction, const std::vector<Timed>& all) const {
    const std::string own = ToText(context_.impl().transfers().Choose(direction, buffer_.impl(), bytes).way);
    const Timed& best = BestByHand(all, [](const Timed& one) { return Median(one.ms); });
    const double ratio = all[0].Rate(bytes) / best.Rate(bytes);
    std::string measured;
    for (const TimedWay& one : measured_) {
      if (one.direction != direction || one.bytes != bytes) continue;
      char text[80];
      std::snprintf(text, sizeof text, "%s%s %.1f us", measured.empty() ? "" : "; ", ToText(one.way).c_str(), one.ns / 1e3);
      measured += text;
    }
    const char* text = ToText(direction);
    if (!figures_.json()) {
      std::printf("%s %s: %.3f of the best by hand; hone %.3f GB/s by %s (%s); by hand %.3f GB/s by %s (%s)\n",
                  SizeText(bytes).c_str(), text, ratio, all[0].Rate(bytes), own.c_str(), TimesText(all[0]).c_str(),
                  best.Rate(bytes), best.name.c_str(), TimesText(best).c_str());
      if (!measured.empty()) std::printf("    measured before: %s\n", measured.c_str());
      for (const Timed& one : all) {
        if (&one != &all[0] && &one != &best)
          std::printf("    %8.3f GB/s %s (%s)\n", one.Rate(bytes), one.name.c_str(), TimesText(one).c_str());
      }
      std::fflush(stdout);
      return;
    }
    std::printf(
        "{\"bytes\":%llu,\"direction\":\"%s\",\"ratio\":%.4f,\"way\":\"%s\",\"best\":\"%s\",\"measured\":\"%s\",\"us\":{",
        static_cast<unsigned long long>(bytes), text, ratio, own.c_str(), best.name.c_str(), measured.c_str());
    for (std::size_t i = 0; i < all.size(); ++i) {  // median, least, scatter
      std::printf("%s\"%s\":[%.5g,%.5g,%.5g]", i ? "," : "", all[i].name.c_str(), Median(all[i].ms) * 1e3, all[i].Least() * 1e3,
                  Scatter(all[i].ms) * 1e3);
    }
    std::printf("}}\n");
    std::fflush(stdout);
  }

  const Figures& figures_;
  Options options_;
  std::vector<TimedWay> measured_;  // the fastest first
  Pages host_ = MakePages(options_.most_bytes);
  Context context_;
  GpuBuffer buffer_ = context_.CreateBuffer(options_.most_bytes);
  HandTransfers hand_{context_, buffer_};
};

}  // namespace
}  // namespace hone

int main(int count, char** arguments) try {
  const hone::Figures figures(count, arguments);
  hone::Options options;
  for (const std::string& argument : figures.others()) {
    if (argument == "--trials") {
      options.trials = true;
    } else if (argument == "--every") {
      options.every = true;
    } else if (argument == "--staged") {
      options.staged = options.trials = true;  // what MeasureTransfers times is another buffer
    } else {
      options.most_bytes = std::max<std::uint64_t>(std::strtoull(argument.c_str(), nullptr, 10), 1) << 20;
    }
  }
  hone::Benchmark benchmark(figures, options);
  if (!options.trials) benchmark.Measure();
  benchmark.Run();
} catch (const std::exception& error) {
  return std::fprintf(stderr, "perf_runtime_transfer: %s\n", error.what()), 1;
}
