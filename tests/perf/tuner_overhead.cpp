// What the tuner itself costs for each variant that it measures: deciding, talking to the worker, writing the database. The
// worker's check and timing, the driver's compiler and waiting for SPIR-V are told beside it.
//   perf_tuner_overhead [KERNEL_DIR [PROBLEM [VARIANTS [STRATEGY [DEVICE]]]]]
// Without arguments: 200 variants of tests/data/kernels/many, whose modules are small, and 40 of large_modules, whose have
// 100 KiB as those of large matrix multiplications do.
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <string>

#include "db/store.h"
#include "tuner/tune.h"
#include "tuner/worker.h"

namespace hone {
namespace {

void Measure(const std::string& folder, const std::string& problem, std::uint64_t variants,
             const std::string& strategy = "random", const std::string& device = "") {
  namespace fs = std::filesystem;
  const fs::path database = fs::temp_directory_path() / ("hone-overhead-" + std::to_string(getpid()) + ".db");
  TuneOptions options;
  options.devices = {device};
  options.problems = {Values::FromText(problem)};
  options.strategy = strategy;
  options.budget.evaluations = variants;
  options.playoff = 0;
  options.max_timing_ms = 5;
  Store store = Store::Open(database.string(), Store::Mode::kCreate);
  const TuneReport report = Tune({folder}, store, options);
  for (const char* ending : {"", "-wal", "-shm"}) fs::remove(database.string() + ending);
  double measured = 0;
  for (const TuneRow& row : report.rows) measured += static_cast<double>(row.measured);
  if (measured == 0) throw Error("nothing was measured");
  const TuneProfile& p = report.profile;
  std::printf("%s %s, %s, %.0f variants: ms a variant\n", folder.c_str(), problem.c_str(), strategy.c_str(), measured);
  const auto line = [&](const char* what, double ms) { std::printf("  %-36s %8.3f\n", what, ms / measured); };
  line("deciding", p.strategy_ms);
  line("talking to the worker", p.other_ms);
  line("database", p.store_ms);
  line("overhead: these three", p.strategy_ms + p.other_ms + p.store_ms);
  line("check", p.check_ms);
  line("warm-up and timing", p.timing_ms);
  line("waiting for the driver's compiler", p.pipeline_ms);
  line("waiting for SPIR-V", p.compile_ms);
}

}  // namespace
}  // namespace hone

int main(int argc, char** argv) {
  if (argc == 4 && std::strcmp(argv[1], "worker") == 0) return hone::WorkerMain(std::atoi(argv[3]));
  try {
    if (argc > 1) {
      hone::Measure(argv[1], argc > 2 ? argv[2] : "n=4096", argc > 3 ? std::strtoull(argv[3], nullptr, 10) : 200,
                    argc > 4 ? argv[4] : "random", argc > 5 ? argv[5] : "");
    } else {
      hone::Measure(HONE_TEST_KERNELS "/many", "n=4096", 200);
      hone::Measure(HONE_TEST_KERNELS "/large_modules", "n=4096", 40);
    }
    return 0;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 2;
  }
}
