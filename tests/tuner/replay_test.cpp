#include "tuner/replay.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "db/error.h"
#include "tests/tuner/synthetic.h"

namespace hone {
namespace {

namespace fs = std::filesystem;

constexpr const char* kCache = R"({"device_name": "Toy GPU", "kernel_name": "toy", "problem_size": [1, 2],
"tune_params_keys": ["x", "f", "b", "s"], "tune_params": {"x": [1, 2]}, "objective": "time", "cache": {
"1,0.5,true,row": {"x": 1, "f": 0.5, "b": true, "s": "row", "time": 2.5, "times": [2.4, 2.6], "compile_time": 100.0,
 "verification_time": 0, "benchmark_time": 50.5, "strategy_time": 0, "framework_time": 1.5, "timestamp": "2023-12-22 09:54:05"},
"2,0.5,true,row": {"x": 2, "f": 0.5, "b": true, "s": "row", "time": "RuntimeFailedConfig", "compile_time": 200.0},
"2,0.5,false,col": {"x": 2, "f": 0.5, "b": false, "s": "col", "time": NaN, "compile_time": 300.0},
"1,2.0,false,col": {"x": 1, "f": 2.0, "b": false, "s": "col", "time": 1.25})";

TEST(Recording, ReadsAKernelTunerCache) {
  const Recording recording = RecordingFromKernelTuner(std::string(kCache) + "}}", "toy");
  EXPECT_EQ(recording.device, "Toy GPU");
  EXPECT_EQ(recording.kernel, "toy");
  ASSERT_EQ(recording.space.Count(), 4u);
  const auto at = [&](const char* text) { return recording.seen[recording.space.Find("", Values::FromText(text)).value()]; };
  EXPECT_EQ(at("x=1 f=v0_5 b=1 s=row").cost, 2.5);
  EXPECT_NEAR(at("x=1 f=v0_5 b=1 s=row").seconds, 0.152, 1e-12);
  EXPECT_FALSE(at("x=2 f=v0_5 b=1 s=row").ok());
  EXPECT_EQ(at("x=2 f=v0_5 b=1 s=row").outcome, Outcome::kDriverError);
  EXPECT_FALSE(at("x=2 f=v0_5 b=0 s=col").ok());
  EXPECT_EQ(at("x=1 f=2 b=0 s=col").cost, 1.25);
  EXPECT_TRUE(std::isnan(at("x=1 f=2 b=0 s=col").seconds));
}

TEST(Recording, LoadsACacheThatWasNotClosed) {
  const std::string text = kCache;
  for (const char* tail : {"", ",\n", "}", ",\n\"2,2.0", ",\n\"2,2.0,false,col\": {\"x\": 2, \"f\": 2.0, \"b\": fal"}) {
    EXPECT_EQ(RecordingFromKernelTuner(text + tail, "toy").space.Count(), 4u) << tail;
  }
  for (std::size_t cut = text.find("\"2,0.5,true") + 1; cut < text.size(); cut += 7) {
    EXPECT_GE(RecordingFromKernelTuner(text.substr(0, cut), "toy").space.Count(), 1u) << cut;
  }
  EXPECT_THROW(RecordingFromKernelTuner(text.substr(0, 100), "toy"), Error);
  EXPECT_THROW(RecordingFromKernelTuner("{\"cache\": {\"a\" 1}}", "toy"), Error);
}

TEST(Recording, ReadsT4) {
  const Recording recording = RecordingFromT4(R"({"metadata": {"timeunit": "miliseconds"}, "results": [
    {"configuration": {"x": 1}, "times": {"compilation": 100, "framework": 1, "search_algorithm": 0, "validation": 0,
     "runtimes": [2.0, 3.0]}, "invalidity": "correct", "correctness": 1,
     "measurements": [{"name": "power", "value": 7, "unit": ""}, {"name": "time", "value": 2.5, "unit": ""}], "objectives": ["time"]},
    {"configuration": {"x": 2}, "times": {"compilation": 50, "runtimes": []}, "invalidity": "compile", "correctness": 0,
     "measurements": [{"name": "time", "value": "CompilationFailedConfig", "unit": ""}]}], "schema_version": "1.0.0"})",
                                              "toy");
  ASSERT_EQ(recording.space.Count(), 2u);
  EXPECT_EQ(recording.seen[0].cost, 2.5);
  EXPECT_NEAR(recording.seen[0].seconds, 0.106, 1e-12);
  EXPECT_EQ(recording.seen[1].outcome, Outcome::kCompileError);
}

// As `hone export` writes a kernel of several patterns: what a pattern does not have is 0 in all of its points.
TEST(Recording, GivesPointsTheirPatternBack) {
  const Recording recording = RecordingFromKernelTuner(R"({"tune_params_keys": ["pattern", "PAD", "TILE", "WG"], "cache": {
    "a": {"pattern": "naive", "PAD": 0, "TILE": 0, "WG": 64, "time": 4}, "b": {"pattern": "naive", "PAD": 0, "TILE": 0, "WG": 128, "time": 3},
    "c": {"pattern": "tiled", "PAD": 0, "TILE": 16, "WG": 64, "time": 2}, "d": {"pattern": "tiled", "PAD": 1, "TILE": 16, "WG": 64, "time": 1}}})",
                                                       "toy");
  ASSERT_EQ(recording.space.Count(), 4u);
  ASSERT_TRUE(recording.space.has_patterns());
  const auto cost = [&](const char* pattern, const char* text) {
    return recording.seen[recording.space.Find(pattern, Values::FromText(text)).value()].cost;
  };
  EXPECT_EQ(cost("naive", "WG=128"), 3);
  EXPECT_EQ(cost("tiled", "PAD=0 TILE=16 WG=64"), 2);
  EXPECT_EQ(cost("tiled", "PAD=1 TILE=16 WG=64"), 1);
  std::vector<PointId> near;  // of a pattern another one is a neighbour, whatever it has
  recording.space.Neighbours(recording.space.Find("naive", Values::FromText("WG=64")).value(), Neighbourhood::kHamming, near);
  EXPECT_EQ(near.size(), 2u);
}

TEST(Recording, ErrorsNameTheFile) {
  const fs::path file = fs::path(testing::TempDir()) / "not_a_space.json";
  std::ofstream(file) << "[1, 2]";
  try {
    LoadRecordings(file);
    FAIL();
  } catch (const Error& error) {
    EXPECT_NE(std::string(error.what()).find("not_a_space.json"), std::string::npos);
  }
  EXPECT_THROW(LoadRecordings("/nonexistent/space.json"), Error);
}

fs::path Shared() {
  if (const char* named = std::getenv("HONE_SHARED")) return named;
  return fs::path(HONE_SOURCE_DIR).parent_path() / "shared";
}

TEST(Recording, TheSameSpaceInBothFormatsIsTheSame) {
  const fs::path cache = Shared() / "spaces" / "convolution_milo_A4000.json.gz";
  if (!fs::exists(cache)) GTEST_SKIP() << "no " << cache;
  const Recording a = LoadRecordings(cache).front();
  const Recording b = LoadRecordings(Shared() / "spaces" / "convolution_milo_A4000_T4.json.gz").front();
  ASSERT_EQ(a.space.Count(), b.space.Count());
  std::size_t valid = 0;
  for (PointId point = 0; point < a.space.Count(); ++point) {
    ASSERT_EQ(a.space.PointOf(point), b.space.PointOf(point));
    valid += b.seen[point].ok();
  }
  EXPECT_EQ(valid, 4201u);  // what the cache has: its times may differ, they are another run's
}

std::string Traces(const std::vector<Recording>& recordings, ReplayOptions options) {
  std::string text;
  for (const ReplayRun& run : Replay(recordings, options)) text += TraceLine(recordings[run.recording], run) + "\n";
  return text;
}

TEST(Replay, IsTheSameByteForByteOnAnyNumberOfThreads) {
  const std::vector<Recording> recordings = {RecordTiled(false, "a"), RecordTiled(true, "b")};
  ReplayOptions options{.strategies = {}, .repeats = 3, .threads = 1};
  for (const Strategy& strategy : Strategies()) options.strategies.emplace_back(strategy.name);
  const std::string once = Traces(recordings, options);
  options.threads = 7;
  EXPECT_EQ(Traces(recordings, options), once);
  options.seed = 2;
  EXPECT_NE(Traces(recordings, options), once);
}

TEST(Replay, RanksModelsAboveChance) {
  const std::vector<Recording> recordings = {RecordTiled(false, "a"), RecordTiled(true, "b")};
  const auto rows = ScoreReplay(recordings, Replay(recordings, {.strategies = {"random", "auto"}, .repeats = 10}));
  ASSERT_EQ(rows.size(), 2u);
  EXPECT_EQ(rows[0].strategy, "auto");
  EXPECT_GT(rows[0].mean_p, 0.5);
  EXPECT_LT(std::abs(rows[1].mean_p), 0.25);
}

// `auto` from nothing on a recorded space, with 5 % of it: every one of five seeds within 1 % of the optimum.
void ExpectTheBestWithATwentieth(const std::string& file, std::uint64_t points) {
  const std::vector<Recording> recordings = LoadRecordings(HONE_TEST_DATA "/replay/" + file);
  ASSERT_EQ(recordings[0].space.Count(), points);
  double optimum = kFailed;
  for (const Observation& seen : recordings[0].seen) optimum = std::min(optimum, seen.cost);
  const auto runs = Replay(recordings, {.repeats = 5, .budget = {.evaluations = points / 20, .seconds = 1e9}});
  ASSERT_EQ(runs.size(), 5u);
  for (const ReplayRun& run : runs) {
    EXPECT_LE(run.evaluations, points / 20);
    EXPECT_LE(run.best, optimum / 0.99) << "seed " << run.seed;
  }
}

// An H100, driver 580.159, 2026-11-26. `reduce` of 2^28 floats, every variant.
TEST(Replay, ReachesTheBestReduceOfTheH100WithATwentiethOfTheSpace) { ExpectTheBestWithATwentieth("reduce_h100.json.gz", 945); }

// `gemm` of 1024 x 1024 x 1024 floats, every variant of its seven patterns, by four cards of one host.
TEST(Replay, ReachesTheBestGemmOfTheH100WithATwentiethOfTheSpace) { ExpectTheBestWithATwentieth("gemm_h100.json.gz", 20263); }

TEST(Replay, LearnsFromOtherDevices) {
  const std::vector<Recording> recordings = {RecordTiled(true, "a"), RecordTiled(false, "b")};
  EXPECT_TRUE(Teaches(recordings[0], recordings[1]));
  EXPECT_FALSE(Teaches(recordings[0], recordings[0]));
  const ReplayOptions options{.strategies = {"auto"}, .repeats = 5};
  const auto cold = ScoreReplay(recordings, Replay(recordings, options));
  const auto runs = Replay(recordings, options, recordings, Teaches);
  const auto warm = ScoreReplay(recordings, runs);
  EXPECT_GT(warm[0].mean_p, cold[0].mean_p);
  ASSERT_FALSE(runs[0].notes.empty());
  EXPECT_NE(runs[0].notes[0].find("b"), std::string::npos);
}

TEST(Replay, EndsWhenAStrategyStopsTheClock) {
  // One second a point and only twenty points: every strategy runs out of points long before out of time.
  Recording recording{
      .name = "few", .kernel = "few", .space = Space::FromParts({{.pattern = "p", .parameters = {{"X", Range(1, 20)}}}})};
  for (int i = 0; i < 20; ++i) recording.seen.push_back({.cost = 10.0 + i % 7, .seconds = 1});
  ReplayOptions options{.strategies = {}, .repeats = 1, .budget = {.seconds = 1000}};
  for (const Strategy& strategy : Strategies()) options.strategies.emplace_back(strategy.name);
  for (const ReplayRun& run : Replay({recording}, options)) {
    EXPECT_EQ(run.stop, Stop::kExhausted) << run.strategy;
    EXPECT_EQ(run.best, 10) << run.strategy;
  }
}

}  // namespace
}  // namespace hone
