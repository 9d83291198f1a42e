// A/A: one variant against itself in play-offs, on the real device: how often does the tuner see a difference where there is
// none?
//   perf_tuner_aa KERNEL_DIR [PAIRS [DEVICE]]     the kernel's default variant at its first problem; PAIRS: 100
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "compiler/compile.h"
#include "compiler/template.h"
#include "tuner/bench.h"
#include "tuner/contract.h"
#include "tuner/playoff.h"

namespace hone {
namespace {

constexpr int kRounds = 21;  // TuneOptions::playoff_rounds

int Main(const std::string& folder, int pairs, const std::string& device) {
  const auto kernel = std::make_shared<const Kernel>(LoadKernel(folder));
  const Values problem = CompleteProblem(*kernel, kernel->problems.front());
  const Pattern& pattern = kernel->patterns.front();
  Compiler compiler;
  const CompileResult compiled = compiler.Compile(*kernel, pattern.name, pattern.default_point, TypesOf(*kernel, problem));
  if (!compiled.ok()) throw Error(compiled.ToText());
  BenchRequest request;
  request.binary = *compiled.binary;
  request.problem = problem;
  Bench bench(device, {});
  bench.SetKernel(kernel, TypesOf(*kernel, problem), std::nullopt);
  int tied = 0;
  for (int pair = 0; pair < pairs; ++pair) {
    std::vector<std::vector<double>> times(2);
    bench.Playoff(
        {request, request}, kRounds, [](Phase, const std::string&) {},
        [&](const Round& round) {
          times[0].push_back(round.times_ns[0]);
          times[1].push_back(round.times_ns[1]);
          return true;
        });
    const Verdict verdict = Judge(times, std::vector<double>{0, 0});
    tied += verdict.tied[0] && verdict.tied[1];
  }
  std::printf("%s %s %s on %s: tied in %d of %d pairs of %d rounds\n", kernel->name.c_str(), pattern.name.c_str(),
              problem.ToText().c_str(), bench.info().name.c_str(), tied, pairs, kRounds);
  return tied * 100 >= pairs * 95 ? 0 : 1;
}

}  // namespace
}  // namespace hone

int main(int argc, char** argv) {
  try {
    if (argc < 2) throw hone::Error("usage: perf_tuner_aa KERNEL_DIR [PAIRS [DEVICE]]");
    return hone::Main(argv[1], argc > 2 ? std::atoi(argv[2]) : 100, argc > 3 ? argv[3] : "");
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 2;
  }
}
