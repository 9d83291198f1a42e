// Building spaces: constraints as soon as their names are bound, against filtering every combination. Same formulas, one run.
#include <benchmark/benchmark.h>

#include <string>
#include <vector>

#include "db/formula.h"
#include "tuner/space.h"

namespace hone {
namespace {

Parameter Make(const char* name, std::initializer_list<std::int64_t> values) {
  Parameter parameter{.name = name};
  for (std::int64_t value : values) parameter.values.emplace_back(value);
  return parameter;
}

// The matrix multiplication of CLBlast (Nugteren 2018): 82,944 combinations.
Kernel Clblast() {
  Pattern pattern{.name = "xgemm"};
  pattern.parameters = {
      Make("MWG", {16, 32, 64, 128}), Make("NWG", {16, 32, 64, 128}), Make("KWG", {32}),          Make("MDIMC", {8, 16, 32}),
      Make("NDIMC", {8, 16, 32}),     Make("MDIMA", {8, 16, 32}),     Make("NDIMB", {8, 16, 32}), Make("KWI", {2}),
      Make("VWM", {1, 2, 4, 8}),      Make("VWN", {1, 2, 4, 8}),      Make("SA", {0, 1}),         Make("SB", {0, 1})};
  pattern.where = {{"KWG % KWI == 0"},
                   {"MWG % (MDIMC * VWM) == 0"},
                   {"NWG % (NDIMC * VWN) == 0"},
                   {"MWG % (MDIMA * VWM) == 0"},
                   {"NWG % (NDIMB * VWN) == 0"},
                   {"KWG % (MDIMC * NDIMC / MDIMA) == 0"},
                   {"KWG % (MDIMC * NDIMC / NDIMB) == 0"}};
  Kernel kernel;
  kernel.name = "xgemm";
  kernel.patterns = {pattern};
  return kernel;
}

// 10^8 combinations, 420,870 legal ones.
Kernel HundredMillion() {
  Pattern pattern{.name = "chain"};
  for (char name = 'A'; name <= 'H'; ++name) {
    pattern.parameters.push_back(Make(std::string(1, name).c_str(), {1, 2, 3, 4, 5, 6, 7, 8, 9, 10}));
  }
  for (char name = 'A'; name < 'H'; ++name) {
    const std::string a(1, name), b(1, static_cast<char>(name + 1));
    pattern.where.push_back({"abs(" + a + " - " + b + ") <= 2"});
  }
  Kernel kernel;
  kernel.name = "chain";
  kernel.patterns = {pattern};
  return kernel;
}

void Build(benchmark::State& state, const Kernel& kernel) {
  std::uint64_t count = 0, evaluations = 0;
  double raw = 0;
  for (auto step : state) {
    const Space space = Space::FromKernel(kernel, {}, {});
    count = space.Count();
    raw = space.RawCount();
    evaluations = space.evaluations();
  }
  state.counters["legal"] = static_cast<double>(count);
  state.counters["raw"] = raw;
  state.counters["formulas"] = static_cast<double>(evaluations);
}

void Naive(benchmark::State& state, const Kernel& kernel) {
  const Pattern& pattern = kernel.patterns.front();
  std::uint64_t count = 0;
  for (auto step : state) {
    std::vector<Formula> formulas;
    for (const Constraint& constraint : pattern.where) formulas.push_back(Formula::Parse(constraint.text));
    std::vector<std::size_t> at(pattern.parameters.size(), 0);
    const Lookup lookup = [&](std::string_view name) -> std::optional<double> {
      for (std::size_t d = 0; d < at.size(); ++d) {
        const Parameter& parameter = pattern.parameters[d];
        if (parameter.name == name) return static_cast<double>(std::get<std::int64_t>(parameter.values[at[d]]));
      }
      return std::nullopt;
    };
    count = 0;
    for (std::size_t d = 0; d < at.size();) {
      bool legal = true;
      for (const Formula& formula : formulas) legal = legal && formula.Evaluate(lookup) != 0;
      count += legal;
      for (d = 0; d < at.size() && ++at[d] == pattern.parameters[d].values.size(); ++d) at[d] = 0;
    }
  }
  state.counters["legal"] = static_cast<double>(count);
}

BENCHMARK_CAPTURE(Build, clblast_gemm, Clblast())->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(Naive, clblast_gemm, Clblast())->Unit(benchmark::kMillisecond)->Iterations(1);
BENCHMARK_CAPTURE(Build, hundred_million, HundredMillion())->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(Naive, hundred_million, HundredMillion())->Unit(benchmark::kMillisecond)->Iterations(1);

}  // namespace
}  // namespace hone

BENCHMARK_MAIN();
