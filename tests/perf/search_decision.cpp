// What a decision of a model-based search costs: a trial on a space of 19,683 legal points whose measurements are free.
#include <benchmark/benchmark.h>

#include <cmath>
#include <string>

#include "tuner/strategy.h"

namespace hone {
namespace {

Space Legal20k() {
  SpacePart part{.pattern = "tiles"};
  for (char name = 'A'; name <= 'I'; ++name) {
    part.parameters.push_back({std::string(1, name), {std::int64_t{1}, std::int64_t{3}, std::int64_t{8}}});
  }
  return Space::FromParts({part});
}

// A rugged bowl, or nothing but failures.
class Free : public Objective {
 public:
  Free(const Space& space, bool fails) : space_(space), fails_(fails) {}
  Observation Measure(PointId point) override {
    if (fails_) return {.seconds = 1, .outcome = Outcome::kCompileError};
    double sum = 10;
    for (Code code : space_.CodesOf(point)) sum += std::abs(static_cast<double>(code) - 1) * (1 + sum / 20);
    return {.cost = sum + 0.01 * static_cast<double>(point * 2654435761u % 97), .seconds = 1};
  }

 private:
  const Space& space_;
  bool fails_;
};

void Decide(benchmark::State& state, const char* strategy, bool fails) {
  const Space space = Legal20k();
  const auto evaluations = static_cast<std::uint64_t>(state.range(0));
  for (auto step : state) {
    Free objective(space, fails);
    Trial trial(space, objective, {.budget = {.evaluations = evaluations}});
    RunTrial(FindStrategy(strategy), trial);
  }
  state.counters["per decision"] = benchmark::Counter(
      static_cast<double>(evaluations), benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
}

BENCHMARK_CAPTURE(Decide, auto, "auto", false) -> Arg(50) -> Arg(200) -> Arg(1000) -> Arg(4000)
    -> Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(Decide, auto_failures_only, "auto", true)->Arg(1000)->Arg(19683)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(Decide, random, "random", false)->Arg(1000)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace hone

BENCHMARK_MAIN();
