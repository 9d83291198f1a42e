// On a real device, in this process: what one measurement is made of.
#include "tuner/bench.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "compiler/compile.h"
#include "compiler/template.h"
#include "tuner/playoff.h"

namespace hone {
namespace {

class BenchTest : public testing::Test {
 protected:
  BenchTest() : kernel_(std::make_shared<Kernel>(LoadKernel(std::string(HONE_TEST_DATA) + "/kernels/steps"))) {
    options_.max_timing_ms = 20;
  }

  Bench& MakeBench() {
    bench_ = std::make_unique<Bench>("", options_);
    bench_->SetKernel(kernel_, {}, compiler_.CompileReference(*kernel_).binary);
    return *bench_;
  }

  BenchRequest Request(int wg, int steps, std::int64_t n = 4096) {
    BenchRequest request;
    request.binary = *compiler_.Compile(*kernel_, "steps", {{"STEPS", std::int64_t{steps}}, {"WG", std::int64_t{wg}}}).binary;
    request.problem = {{"n", n}};
    return request;
  }

  static void Silent(Phase, const std::string&) {}

  std::shared_ptr<Kernel> kernel_;
  Compiler compiler_;
  BenchOptions options_;
  std::unique_ptr<Bench> bench_;
};

TEST_F(BenchTest, MeasuresWithAllItsSamples) {
  std::vector<Phase> phases;
  Bench& bench = MakeBench();
  const Measurement result = bench.Measure(Request(64, 2), [&](Phase phase, const std::string&) { phases.push_back(phase); });
  EXPECT_EQ(result.outcome, Outcome::kOk) << result.message;
  EXPECT_GE(result.samples_ns.size(), 3u);
  EXPECT_LE(result.samples_ns.size(), 50u);
  EXPECT_GT(result.statistics.median_ns, 0);
  EXPECT_LE(result.statistics.low_ns, result.statistics.median_ns);
  EXPECT_FALSE(result.cold);
  EXPECT_EQ(phases, (std::vector<Phase>{Phase::kTurn, Phase::kReference, Phase::kPipeline, Phase::kTurn, Phase::kCheck,
                                        Phase::kTiming}));
}

TEST_F(BenchTest, StopsWhatCannotWin) {
  options_.long_call_ms = 1e9;
  Bench& bench = MakeBench();
  BenchRequest request = Request(8, 10);
  request.stop_above_ns = 1;
  const Measurement result = bench.Measure(request, Silent);
  EXPECT_EQ(result.outcome, Outcome::kOk);
  EXPECT_EQ(result.samples_ns.size(), 3u);
}

TEST_F(BenchTest, DoesNotTimeWhatItsChecksShowToBeHopeless) {
  options_.long_call_ms = 0;
  Bench& bench = MakeBench();
  bool timed = false;
  BenchRequest request = Request(64, 2);
  request.stop_above_ns = 1;
  const Measurement hopeless = bench.Measure(request, [&](Phase phase, const auto&) { timed |= phase == Phase::kTiming; });
  EXPECT_EQ(hopeless.outcome, Outcome::kOk);
  EXPECT_EQ(hopeless.samples_ns.size(), 1u);
  EXPECT_EQ(hopeless.statistics.median_ns, hopeless.samples_ns.front());
  EXPECT_TRUE(hopeless.properties.contains("hopeless"));
  EXPECT_FALSE(timed);
  request.stop_above_ns = 1e18;
  const Measurement able = bench.Measure(request, Silent);
  EXPECT_GE(able.samples_ns.size(), 3u);
  EXPECT_FALSE(able.properties.contains("hopeless"));
}

TEST_F(BenchTest, ColdRotatesOverBuffers) {
  options_.cold = true;
  options_.cold_bytes = 1u << 20;
  Bench& bench = MakeBench();
  const Measurement result = bench.Measure(Request(64, 2), Silent);
  EXPECT_EQ(result.outcome, Outcome::kOk) << result.message;
  EXPECT_TRUE(result.cold);
}

TEST_F(BenchTest, RefusesWhatWouldRunTooLong) {
  kernel_->flops = "n * 1000000";
  options_.watchdog_ms = 1e-6;
  Bench& bench = MakeBench();
  const Measurement result = bench.Measure(Request(64, 1, 1 << 16), Silent);
  EXPECT_EQ(result.outcome, Outcome::kTooSlow) << result.message;
  EXPECT_TRUE(bench.usable());
  EXPECT_EQ(bench.Measure(Request(64, 1), Silent).outcome, Outcome::kTooSlow);  // and goes on
}

TEST_F(BenchTest, RefusesWhatRanTooLongThoughNothingForetoldIt) {
  kernel_->flops = "n";  // too little work for an estimate
  options_.watchdog_ms = 1e-6;
  Bench& bench = MakeBench();
  const Measurement result = bench.Measure(Request(64, 1), Silent);
  EXPECT_EQ(result.outcome, Outcome::kTooSlow) << result.message;
  EXPECT_EQ(result.message.find("one call ran "), 0u) << result.message;
  EXPECT_TRUE(result.samples_ns.empty());
  EXPECT_TRUE(bench.usable());
}

TEST_F(BenchTest, DividesWhatWouldHoldTheDeviceForTooLong) {
  kernel_->flops = "n * 10000";
  options_.watchdog_ms =
      0.2;  // 2 on a CPU: a thousand of the fraction that tells take longer on any, and 62,500 parts are enough
  options_.check_timeout_ms = options_.timing_timeout_ms = 1e6;
  Bench& bench = MakeBench();
  int announced = 0;
  const Measurement result =
      bench.Measure(Request(8, 1, 500000), [&](Phase phase, const std::string&) { announced += phase == Phase::kTiming; });
  EXPECT_EQ(result.outcome, Outcome::kOk) << result.message;
  EXPECT_GE(result.properties.at("parts"), 2);
  EXPECT_GT(announced, 3);  // each run starts its deadline anew
  EXPECT_GT(result.statistics.median_ns, 0);
}

TEST_F(BenchTest, MakesAllPipelinesOfAVariantAtOnce) {
  Bench& bench = MakeBench();
  BenchRequest request = Request(64, 2);
  request.check_problems = {{{"n", 1}}, {{"n", 997}}};
  const ExpectedVariant variant{0, request.binary, request.problem, request.check_problems};
  const auto problems = [&] {
    std::vector<std::string> names;
    for (const auto& [problem, pipeline] : bench.MakePipelines(variant)) names.push_back(problem.ToText());
    return names;
  };
  EXPECT_EQ(problems(), (std::vector<std::string>{"n=1", "n=997", "n=4096"}));
  EXPECT_EQ(bench.Measure(request, Silent).outcome, Outcome::kOk);
  EXPECT_EQ(problems(), (std::vector<std::string>{"n=4096"}));  // it has passed the small ones
}

TEST_F(BenchTest, KeepsInputsAndReferencesForTheNextTurn) {
  Bench& bench = MakeBench();
  const auto references = [&](std::int64_t n) {
    int made = 0;
    EXPECT_EQ(bench.Measure(Request(64, 1, n), [&](Phase phase, const auto&) { made += phase == Phase::kReference; }).outcome,
              Outcome::kOk);
    return made;
  };
  EXPECT_EQ(references(4096), 1);
  EXPECT_EQ(references(2048), 1);
  const auto other = std::make_shared<Kernel>(*kernel_);
  other->source_hash = HashOf("another source");
  bench.SetKernel(other, {}, compiler_.CompileReference(*kernel_).binary);
  EXPECT_EQ(references(4096), 1);
  bench.SetKernel(std::make_shared<Kernel>(*kernel_), {}, compiler_.CompileReference(*kernel_).binary);
  EXPECT_EQ(references(4096), 0);
  EXPECT_EQ(references(2048), 0);
}

TEST_F(BenchTest, OnlyChecksWhenAsked) {
  Bench& bench = MakeBench();
  BenchRequest request = Request(64, 2);
  request.time = false;
  const Measurement result = bench.Measure(request, Silent);
  EXPECT_EQ(result.outcome, Outcome::kOk);
  EXPECT_TRUE(result.samples_ns.empty());
}

TEST_F(BenchTest, TheSameVariantTwiceIsTied) {  // A/A, on whatever this machine is busy with
  Bench& bench = MakeBench();
  const std::vector<BenchRequest> twice{Request(64, 2), Request(64, 2)};
  int tied = 0;
  for (int pair = 0; pair < 20; ++pair) {
    std::vector<std::vector<double>> times(2);
    bench.Playoff(twice, 21, Silent, [&](const Round& round) {
      times[0].push_back(round.times_ns[0]);
      times[1].push_back(round.times_ns[1]);
      return true;
    });
    const Verdict verdict = Judge(times, std::vector<double>{0, 0});
    tied += verdict.tied[0] && verdict.tied[1];
  }
  EXPECT_GE(tied, 11);  // a bias would say so; tests/perf/tuner_aa.cpp asks for 95 %, on a machine that does nothing else
}

}  // namespace
}  // namespace hone
