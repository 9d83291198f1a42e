// Our score against the published implementation's numbers: fixed ones, and score.py itself where it can run.
#include "tuner/score.h"

#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "tuner/replay.h"

namespace hone {
namespace {

namespace fs = std::filesystem;

fs::path Data() { return fs::path(HONE_TEST_DATA) / "replay"; }

// Traces of tests/data/replay/small.json, as `expected.txt` scores them (P, final/optimum, hit of score.py, in full).
TEST(Score, EqualsTheRecordedNumbers) {
  const Recording small = LoadRecordings(Data() / "small.json").front();
  const Scorer scorer(small.seen);
  std::ifstream expected(Data() / "expected.txt");
  std::string strategy;
  double p = 0, final_ratio = 0, hit = 0;
  int rows = 0;
  while (expected >> strategy >> p >> final_ratio >> hit) {
    std::vector<Trace> traces;
    std::ifstream in(Data() / (strategy + ".txt"));
    std::string line;
    while (std::getline(in, line)) {
      std::istringstream numbers(line);
      Trace trace;
      double when = 0, best = 0;
      while (numbers >> when >> best) trace.emplace_back(when, best);
      traces.push_back(trace);
    }
    ASSERT_FALSE(traces.empty()) << strategy;
    const Score score = scorer.Of(traces);
    EXPECT_NEAR(score.p, p, 1e-9) << strategy;
    EXPECT_NEAR(score.final_over_optimum, final_ratio, 1e-9) << strategy;
    EXPECT_NEAR(score.hit, hit, 1e-9) << strategy;
    ++rows;
  }
  EXPECT_EQ(rows, 2);
}

// The folder that holds score.py and the public spaces; empty where it is not there.
fs::path Shared() {
  if (const char* named = std::getenv("HONE_SHARED")) return named;
  return fs::path(HONE_SOURCE_DIR).parent_path() / "shared";
}

std::string PythonWithNumpy() {
  for (const char* python : {"python3", "/usr/bin/python3"}) {
    if (std::system((std::string(python) + " -c 'import numpy' 2>/dev/null").c_str()) == 0) return python;
  }
  return "";
}

TEST(Score, EqualsScorePy) {
  const fs::path script = Shared() / "search" / "score.py";
  if (!fs::exists(script)) GTEST_SKIP() << "no " << script;
  const std::string python = PythonWithNumpy();
  if (python.empty()) GTEST_SKIP() << "no python3 with numpy";
  std::vector<Recording> recordings = LoadRecordings(Data() / "small.json");
  if (const fs::path space = Shared() / "spaces" / "convolution_milo_A4000.json.gz"; fs::exists(space)) {
    for (Recording& recording : LoadRecordings(space)) recordings.push_back(std::move(recording));
  }
  const auto runs = Replay(recordings, {.strategies = {"random", "genetic"}, .repeats = 5});
  const fs::path folder = fs::path(testing::TempDir()) / "hone_score_test";
  fs::create_directories(folder);
  {
    std::ofstream traces(folder / "traces.jsonl");
    for (const ReplayRun& run : runs) traces << TraceLine(recordings[run.recording], run) << "\n";
    std::ofstream(folder / "ask.py")
        << "import sys, json, collections, pathlib\nsys.path.insert(0, sys.argv[1])\nimport score\n"
           "runs = collections.defaultdict(list)\n"
           "for line in open(sys.argv[2]):\n"
           "    run = json.loads(line)\n"
           "    runs[run['strategy'], run['space']].append(run['trace'])\n"
           "files = {f.name.split('.')[0]: f for f in map(pathlib.Path, sys.argv[3:])}\n"
           "spaces = {}\n"
           "for (strategy, name), traces in runs.items():\n"
           "    space = spaces.setdefault(name, score.Space(files[name]))\n"
           "    print(strategy, name, *(repr(float(x)) for x in space.score(traces)))\n";
  }
  const std::string command = python + " " + (folder / "ask.py").string() + " " + script.parent_path().string() + " " +
                              (folder / "traces.jsonl").string() + " " + (Data() / "small.json").string() + " " +
                              (Shared() / "spaces" / "convolution_milo_A4000.json.gz").string() + " > " +
                              (folder / "said.txt").string();
  ASSERT_EQ(std::system(command.c_str()), 0) << command;
  std::ifstream said(folder / "said.txt");
  std::string strategy, space;
  double p = 0, final_ratio = 0, hit = 0;
  std::size_t rows = 0;
  const auto ours = ScoreReplay(recordings, runs);
  while (said >> strategy >> space >> p >> final_ratio >> hit) {
    for (const ReplayRow& row : ours) {
      if (row.strategy != strategy) continue;
      for (const auto& on : row.spaces) {
        if (on.space != space) continue;
        EXPECT_NEAR(on.score.p, p, 1e-9) << strategy << " on " << space;
        EXPECT_NEAR(on.score.final_over_optimum, final_ratio, 1e-9);
        EXPECT_NEAR(on.score.hit, hit, 1e-9);
        ++rows;
      }
    }
  }
  EXPECT_EQ(rows, 2 * recordings.size());
}

TEST(Score, OptimumAtOnceIsOne) {
  const Recording small = LoadRecordings(Data() / "small.json").front();
  const Scorer scorer(small.seen);
  const std::vector<Trace> perfect = {{{0.0, scorer.optimum()}}};
  EXPECT_NEAR(scorer.Of(perfect).p, 1, 1e-12);
  EXPECT_EQ(scorer.Of(perfect).hit, 1);
  const std::vector<Trace> nothing = {{{1e9, scorer.optimum()}}};  // the median all the way
  EXPECT_LT(scorer.Of(nothing).p, 0);
}

}  // namespace
}  // namespace hone
