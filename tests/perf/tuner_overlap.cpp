// Do timings suffer from what the tuner does meanwhile? Each variant is measured in turns alone and while SPIR-V of others is
// compiled on threads and the worker makes their pipelines.
//   perf_tuner_overlap KERNEL_DIR [VARIANTS [ROUNDS [THREADS [DEVICE]]]]     16 variants, 5 rounds
// THREADS: that compile, and as many that make pipelines; without it as `hone tune` has them, which on a CPU device is none.
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <thread>
#include <vector>

#include "compiler/compile.h"
#include "compiler/template.h"
#include "db/statistics.h"
#include "tuner/client.h"
#include "tuner/contract.h"
#include "tuner/prepare.h"
#include "tuner/space.h"
#include "tuner/worker.h"

namespace hone {
namespace {

struct Arguments {
  std::string folder;
  int variants = 16, rounds = 5, threads = -1;
  std::string device;
};

class Overlap {
 public:
  explicit Overlap(const Arguments& arguments)
      : arguments_(arguments),
        kernel_(std::make_shared<const Kernel>(LoadKernel(arguments.folder))),
        problem_(CompleteProblem(*kernel_, kernel_->problems.front())),
        types_(TypesOf(*kernel_, problem_)),
        client_({.command = {"/proc/self/exe", "worker"},
                 .device = arguments.device,
                 .bench = {},
                 .pipelines_ahead = arguments.threads,
                 .stop = {}}),
        device_(client_.Start()),
        space_(Space::FromKernel(*kernel_, problem_, device_)) {
    client_.SetKernel(PrepareKernel(compiler_, kernel_, types_));
    Random random(1);
    while (static_cast<int>(requests_.size()) < arguments.variants) {
      BenchRequest request;
      request.problem = problem_;
      const auto binary = Compile(space_.Sample(random));
      if (!binary) continue;
      request.binary = *binary;
      requests_.push_back(request);
    }
  }

  void Run() {
    const bool cpu = device_.type == "cpu";
    const int threads = arguments_.threads >= 0 ? arguments_.threads
                        : cpu                   ? 0
                                                : static_cast<int>(std::thread::hardware_concurrency());
    std::vector<double> ratios;
    for (int round = 0; round < arguments_.rounds; ++round)
      for (std::size_t i = 0; i < requests_.size(); ++i) {
        double ns[2];
        for (const bool busy : {(round + i) % 2 == 0, (round + i) % 2 != 0}) ns[busy] = Time(requests_[i], busy ? threads : 0);
        if (ns[0] > 0 && ns[1] > 0) ratios.push_back(ns[1] / ns[0]);
      }
    const Statistics ratio = Summarize(ratios);
    std::printf("%s %s on %s, %zu pairs, %d threads: with overlap / without: median %.4f, 95 %% interval %.4f to %.4f\n",
                kernel_->name.c_str(), problem_.ToText().c_str(), device_.name.c_str(), ratios.size(), threads, ratio.median_ns,
                ratio.low_ns, ratio.high_ns);
  }

 private:
  std::optional<Binary> Compile(PointId point) {
    return compiler_.Compile(*kernel_, space_.PatternOf(point), space_.PointOf(point), types_).binary;
  }

  double Time(const BenchRequest& request, int threads) {
    std::atomic<bool> over = false;
    std::vector<std::jthread> compiling;
    for (int t = 0; t < threads; ++t)
      compiling.emplace_back([this, &over, t] {
        Random random(1000 + static_cast<std::uint64_t>(t) + ++seed_);
        while (!over) {
          const auto binary = Compile(space_.Sample(random));
          const std::lock_guard lock(lock_);
          if (binary && ready_.size() < 16) ready_.push_back({0, *binary, problem_, {}});
        }
      });
    const auto upcoming = [this] {
      const std::lock_guard lock(lock_);
      return std::exchange(ready_, {});
    };
    const Measurement result = client_.Measure(request, threads > 0 ? upcoming : Client::Upcoming());
    over = true;
    return result.outcome == Outcome::kOk ? result.statistics.median_ns : 0;
  }

  const Arguments arguments_;
  std::shared_ptr<const Kernel> kernel_;
  Values problem_, types_;
  Compiler compiler_{CompilerOptions{}};
  Client client_;
  const DeviceInfo device_;
  Space space_;
  std::vector<BenchRequest> requests_;
  std::mutex lock_;
  std::vector<ExpectedVariant> ready_;
  std::atomic<std::uint64_t> seed_ = 0;
};

Arguments Read(int argc, char** argv) {
  if (argc < 2) throw Error("usage: perf_tuner_overlap KERNEL_DIR [VARIANTS [ROUNDS [THREADS [DEVICE]]]]");
  Arguments arguments;
  arguments.folder = argv[1];
  if (argc > 2) arguments.variants = std::atoi(argv[2]);
  if (argc > 3) arguments.rounds = std::atoi(argv[3]);
  if (argc > 4) arguments.threads = std::atoi(argv[4]);
  if (argc > 5) arguments.device = argv[5];
  return arguments;
}

}  // namespace
}  // namespace hone

int main(int argc, char** argv) {
  if (argc == 4 && std::strcmp(argv[1], "worker") == 0) return hone::WorkerMain(std::atoi(argv[3]));
  try {
    hone::Overlap(hone::Read(argc, argv)).Run();
    return 0;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 2;
  }
}
