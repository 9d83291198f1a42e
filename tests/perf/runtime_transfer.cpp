// Context::Upload and Download beside the ways one writes by hand, 4 KiB to 1 GiB.
//   perf_runtime_transfer [--json] [MOST_MIB]
//
// Each round times every way once, so that all meet the same machine; the figure is the median. The runtime has learnt
// which way is best before the first round, as it has in a program that runs for more than a moment.
#include <cstdlib>
#include <memory>
#include <numeric>
#include <random>

#include "tests/perf/figures.h"
#include "tests/perf/hand_transfer.h"

namespace hone {
namespace {

constexpr int kLearn = 12;  // of the runtime: three trials of each of its ways, and some more

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
    if (!figures_.json()) std::printf("%-8s %-9s %12s %8s  %12s  %s\n", "", "", "hone GB/s", "of best", "best GB/s", "by hand");
  }

  void Run() {
    for (std::uint64_t bytes = 4096; bytes <= most_; bytes *= 4) {
      for (const bool upload : {true, false}) Measure(bytes, upload);
    }
  }

 private:
  void Measure(std::uint64_t bytes, bool upload) {
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
    for (int i = 0; i < kLearn; ++i) all[0].body();
    const int rounds = bytes >= 256 << 20 ? 7 : bytes >= 16 << 20 ? 15 : 101;
    std::vector<std::size_t> order(all.size());
    std::iota(order.begin(), order.end(), 0);
    std::mt19937 random;
    for (int i = 0; i <= rounds; ++i) {
      std::shuffle(order.begin(), order.end(), random);  // each comes behind each other one: caches
      for (const std::size_t j : order) {
        const double ms = Milliseconds(all[j].body);
        if (i > 0) all[j].ms.push_back(ms);  // the first touches everything
      }
    }
    Report(bytes, upload, all);
  }

  void Report(std::uint64_t bytes, bool upload, const std::vector<Timed>& all) const {
    const auto rate = [&](const Timed& way) { return double(bytes) / Median(way.ms) / 1e6; };
    const Timed* best = &all[1];
    for (std::size_t i = 2; i < all.size(); ++i) best = rate(all[i]) > rate(*best) ? &all[i] : best;
    const char* direction = upload ? "upload" : "download";
    if (!figures_.json()) {
      std::printf("%-8s %-9s %12.3f %8.3f  %12.3f  %s\n", SizeText(bytes).c_str(), direction, rate(all[0]),
                  rate(all[0]) / rate(*best), rate(*best), best->name.c_str());
      std::fflush(stdout);
      return;
    }
    std::printf("{\"bytes\":%llu,\"direction\":\"%s\",\"ratio\":%.4f,\"best\":\"%s\",\"gb_per_s\":{",
                static_cast<unsigned long long>(bytes), direction, rate(all[0]) / rate(*best), best->name.c_str());
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
  const std::uint64_t mib = figures.others().empty() ? 1024 : std::strtoull(figures.others()[0].c_str(), nullptr, 10);
  hone::Benchmark(figures, std::max<std::uint64_t>(mib, 1) << 20).Run();
} catch (const std::exception& error) {
  return std::fprintf(stderr, "perf_runtime_transfer: %s\n", error.what()), 1;
}
