// Workers that crash, hang, lose the device, run out of memory, print garbage. After each the run completes, every other
// variant has its measurement, and the database is whole. (Killed from outside: kill_test.cpp.)
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include "db/error.h"
#include "db/exchange.h"
#include "db/merge.h"
#include "db/store.h"
#include "runtime/context.h"
#include "tests/temporary_folder.h"
#include "tuner/tune.h"

namespace hone {
namespace {

namespace fs = std::filesystem;

class Faults : public testing::Test {
 protected:
  void TearDown() override {
    unsetenv("HONE_TEST_FAULT");
    unsetenv("HONE_POWERCAP");
    if (fs::exists(Database())) Store::OpenUntrusted(Database());  // PRAGMA integrity_check: throws unless ok
  }

  static std::string Kernel(const std::string& name) { return std::string(HONE_TEST_DATA) + "/kernels/" + name; }
  std::string Database() const { return folder_ / "t.db"; }

  static TuneOptions Options() {
    TuneOptions options;
    options.strategy = "exhaustive";
    options.max_timing_ms = 10;
    options.playoff_rounds = 5;
    options.check_timeout_ms = options.timing_timeout_ms = 5000;
    options.pipeline_timeout_ms = 30000;
    options.watchdog_ms = 0;
    return options;
  }

  TuneReport Run(const std::string& kernel, const TuneOptions& options, const char* fault = nullptr) {
    if (fault) setenv("HONE_TEST_FAULT", fault, 1);
    Store store = Store::Open(Database(), Store::Mode::kCreate);
    return Tune({Kernel(kernel)}, store, options);
  }

  // "pattern point" -> what was stored last.
  std::map<std::string, Measurement> Stored(const std::string& kernel) {
    Store store = Store::Open(Database(), Store::Mode::kReadOnly);
    std::map<std::string, Measurement> found;
    for (const Measurement& m : store.Results(kernel, {{"n", 4096}}, "")) found[m.pattern + " " + m.point.ToText()] = m;
    return found;
  }

  TemporaryFolder folder_;
};

TEST_F(Faults, PlantedVariantsAreAllCaught) {
  const TuneReport report = Run("planted", Options());
  const auto found = Stored("planted");
  const std::map<std::string, Outcome> expected{
      {"good WG=32", Outcome::kOk},          {"good WG=64", Outcome::kOk},
      {"wrong_one ", Outcome::kWrongResult}, {"wrong_last ", Outcome::kWrongResult},
      {"nan_one ", Outcome::kWrongResult},   {"ragged ", Outcome::kWrongResult},
      {"racing ", Outcome::kWrongResult},    {"past_end ", Outcome::kWrongResult},
      {"stale ", Outcome::kWrongResult},     {"stale_workspace ", Outcome::kWrongResult},
      {"nothing ", Outcome::kWrongResult},   {"broken ", Outcome::kCompileError},
      {"endless ", Outcome::kTimeout},
  };
  ASSERT_EQ(found.size(), expected.size());
  for (const auto& [variant, outcome] : expected) {
    const auto at = found.find(variant);
    ASSERT_NE(at, found.end()) << variant;
    EXPECT_EQ(at->second.outcome, outcome) << variant << ": " << at->second.message;
    EXPECT_EQ(at->second.message.empty(), outcome == Outcome::kOk) << variant;
  }
  EXPECT_NE(found.at("wrong_one ").message.find("element 17"), std::string::npos) << found.at("wrong_one ").message;
  EXPECT_NE(found.at("wrong_last ").message.find("1 of 997 elements wrong; element 996"), std::string::npos)
      << found.at("wrong_last ").message;
  EXPECT_NE(found.at("nan_one ").message.find("element 901 is nan"), std::string::npos) << found.at("nan_one ").message;
  EXPECT_NE(found.at("past_end ").message.find("past its end"), std::string::npos) << found.at("past_end ").message;
  EXPECT_NE(found.at("nothing ").message.find("never written"), std::string::npos) << found.at("nothing ").message;
  ASSERT_EQ(report.rows.size(), 1u);
  ASSERT_TRUE(report.rows[0].best);
  EXPECT_EQ(report.rows[0].best->pattern, "good");
}

TEST_F(Faults, WhatTheDeviceHasNoSubgroupOperationsForIsOverItsLimits) {
  const TuneReport report = Run("subgroups", Options());
  const auto found = Stored("subgroups");
  ASSERT_EQ(found.size(), 3u);
  EXPECT_EQ(found.at("plain WG=64").outcome, Outcome::kOk);
  const bool has_them = EnumerateDevices().at(0).features.contains("subgroupClustered");
  for (const char* variant : {"clustered WG=64", "clustered WG=128"}) {
    const Measurement& measured = found.at(variant);
    EXPECT_EQ(measured.outcome, has_them ? Outcome::kOk : Outcome::kOverLimit) << measured.message;
    if (has_them) continue;
    EXPECT_NE(measured.message.find("feature subgroupClustered is missing"), std::string::npos) << measured.message;
  }
  EXPECT_TRUE(report.rows.at(0).best);
}

struct Injected {
  const char* name;
  const char* fault;
  Outcome outcome;
};
class Injection : public Faults, public testing::WithParamInterface<Injected> {};

TEST_P(Injection, TheRunGoesOn) {
  Run("steps", Options(), GetParam().fault);
  const auto found = Stored("steps");
  EXPECT_EQ(found.size(), 60u);
  for (const auto& [variant, measured] : found) {
    const Outcome expected = variant == "steps STEPS=3 WG=32" ? GetParam().outcome : Outcome::kOk;
    EXPECT_EQ(measured.outcome, expected) << variant << ": " << measured.message;
    EXPECT_EQ(measured.samples_ns.empty(), expected != Outcome::kOk) << variant;
  }
}

INSTANTIATE_TEST_SUITE_P(
    All, Injection,
    testing::Values(Injected{"segv", "check:STEPS=3 WG=32 :segv", Outcome::kCrash},
                    Injected{"abort", "pipeline:STEPS=3 WG=32 :abort", Outcome::kCrash},
                    Injected{"exit", "timing:STEPS=3 WG=32 :exit", Outcome::kCrash},
                    Injected{"hang", "check:STEPS=3 WG=32 :hang", Outcome::kTimeout},
                    Injected{"garbage", "check:STEPS=3 WG=32 :garbage", Outcome::kCrash},
                    Injected{"version", "check:STEPS=3 WG=32 :version", Outcome::kCrash},
                    Injected{"lost", "check:STEPS=3 WG=32 :lost", Outcome::kDeviceLost},
                    Injected{"device_memory", "pipeline:STEPS=3 WG=32 :device-memory", Outcome::kOutOfDeviceMemory},
                    // It dies while the tuner writes: the database first, then to the worker.
                    Injected{"after_its_answer", "answered:STEPS=3 WG=32 :exit", Outcome::kOk},
                    Injected{"host_memory", "timing:STEPS=3 WG=32 :host-memory", Outcome::kOutOfHostMemory}),
    [](const auto& each) { return each.param.name; });

// The same with pipelines made ahead: the crash comes while another variant is measured, which is not to blame, nor are the
// others that were being made.
class InjectionAhead : public Faults, public testing::WithParamInterface<Injected> {};

TEST_P(InjectionAhead, OnlyTheCulpritIsBlamed) {
  TuneOptions options = Options();
  options.pipelines_ahead = 3;
  options.pipeline_timeout_ms = 10000;
  const TuneReport report = Run("steps", options, GetParam().fault);
  EXPECT_EQ(report.rows.at(0).measured, 60u);
  const auto found = Stored("steps");
  EXPECT_EQ(found.size(), 60u);
  for (const auto& [variant, measured] : found) {
    const bool hit = variant == "steps STEPS=3 WG=32";
    EXPECT_EQ(measured.outcome, hit ? GetParam().outcome : Outcome::kOk) << variant << ": " << measured.message;
  }
}

INSTANTIATE_TEST_SUITE_P(All, InjectionAhead,
                         testing::Values(Injected{"none", "nothing:::", Outcome::kOk},
                                         Injected{"segv", "pipeline:STEPS=3 WG=32 :segv", Outcome::kCrash},
                                         Injected{"exit", "pipeline:STEPS=3 WG=32 :exit", Outcome::kCrash},
                                         Injected{"lost", "pipeline:STEPS=3 WG=32 :lost", Outcome::kDeviceLost},
                                         Injected{"memory", "pipeline:STEPS=3 WG=32 :device-memory",
                                                  Outcome::kOutOfDeviceMemory},
                                         Injected{"hang", "pipeline:STEPS=3 WG=32 :hang", Outcome::kTimeout},
                                         Injected{"segv_in_check", "check:STEPS=3 WG=32 :segv", Outcome::kCrash}),
                         [](const auto& each) { return each.param.name; });

TEST_F(Faults, ACrashThatDoesNotComeBackIsForgiven) {
  const std::string fault = "check:STEPS=3 WG=32 :segv@" + (folder_ / "once");
  Run("steps", Options(), fault.c_str());
  for (const auto& [variant, measured] : Stored("steps")) EXPECT_EQ(measured.outcome, Outcome::kOk) << variant;
}

TEST_F(Faults, AWorkerThatNeverStartsEndsTheRun) {
  TuneOptions options = Options();
  options.worker_command = {"/bin/false"};
  try {
    Run("steps", options);
    FAIL();
  } catch (const Error& error) {
    EXPECT_NE(std::string(error.what()).find("died 3 times at start-up: left with status 1"), std::string::npos)
        << error.what();
  }
}

TEST_F(Faults, TheSameCommandAgainMeasuresNothing) {
  TuneOptions options = Options();
  const TuneReport first = Run("steps", options);
  EXPECT_EQ(first.rows[0].measured, 60u);
  const auto count = Store::Open(Database(), Store::Mode::kReadOnly).CountMeasurements();
  const TuneReport second = Run("steps", options);
  EXPECT_EQ(second.rows[0].measured, 0u);
  EXPECT_EQ(second.rows[0].reused, 60u);
  EXPECT_EQ(Store::Open(Database(), Store::Mode::kReadOnly).CountMeasurements(), count);
  ASSERT_TRUE(second.rows[0].best);
  EXPECT_EQ(second.rows[0].best->point, first.rows[0].best->point);
}

TEST_F(Faults, TheDatabaseNamesTheWinnerOfThePlayOffBest) {  // though a tied, less simple variant may have the lesser median
  for (int run = 0; run < 3; ++run) {
    const std::string database = folder_ / ("run" + std::to_string(run) + ".db");
    Store store = Store::Open(database, Store::Mode::kCreate);
    const TuneReport report = Tune({Kernel("steps")}, store, Options());
    ASSERT_TRUE(report.rows.at(0).best);
    const auto best = store.Best("steps", {{"n", 4096}}, report.rows[0].device_key);
    ASSERT_TRUE(best);
    EXPECT_EQ(best->point, report.rows[0].best->point);
    EXPECT_TRUE(best->properties.contains("chosen"));
    EXPECT_EQ(store.Summary("steps").at(0).best->point, best->point);
  }
}

TEST_F(Faults, WithoutAPlayOffWhatWasMeasuredSinceTheLastOneCounts) {
  TuneOptions options = Options();
  options.budget.evaluations = 5;
  const TuneReport first = Run("steps", options);
  Measurement faster = *first.rows.at(0).best;
  faster.point = {{"STEPS", 10}, {"WG", 256}};
  faster.samples_ns = {1, 1, 1};
  faster.statistics = Summarize(faster.samples_ns);
  faster.phase = "search";
  faster.properties.clear();
  faster.unix_ms += 1;
  {
    Store store = Store::Open(Database(), Store::Mode::kReadWrite);
    store.PutMeasurement(store.Runs().at(0).id, store.Devices().at(0), faster);
  }
  options.budget.evaluations = 0;
  options.playoff = 0;
  const TuneReport second = Run("steps", options);
  ASSERT_TRUE(second.rows.at(0).best);
  EXPECT_EQ(second.rows[0].best->point, faster.point);
  const auto best = Store::Open(Database(), Store::Mode::kReadOnly).Best("steps", {{"n", 4096}}, second.rows[0].device_key);
  ASSERT_TRUE(best);
  EXPECT_EQ(best->point, faster.point);
}

// Two nights' databases, merged: the best of both, timed together.
TEST_F(Faults, APlayOffAloneIsOfAllThatIsKnown) {
  TuneOptions options = Options();
  options.strategy = "random";
  options.budget.evaluations = 6;
  options.playoff = 3;
  const std::string all = folder_ / "all.db";
  std::vector<std::string> nights;
  std::set<std::string> won;
  for (options.seed = 1; options.seed <= 2; ++options.seed) {
    nights.push_back(folder_ / ("night" + std::to_string(options.seed) + ".db"));
    Store store = Store::Open(nights.back(), Store::Mode::kCreate);
    const TuneReport report = Tune({Kernel("steps")}, store, options);
    won.insert(report.rows.at(0).best->pattern + " " + report.rows[0].best->point.ToText());
  }
  Merge(all, nights);
  Store store = Store::Open(all, Store::Mode::kReadWrite);
  TuneOptions only = Options();
  only.search = false;
  only.playoff = 5;
  const auto hold = [&] {
    const TuneRow row = Tune({Kernel("steps")}, store, only).rows.at(0);
    EXPECT_EQ(row.measured, 0u);
    return row;
  };
  const TuneRow row = hold();
  EXPECT_GE(row.finalists.size(), 5u);
  EXPECT_LE(row.finalists.size(), 8u);  // the best five, the default, two winners
  EXPECT_EQ(row.finalists.front().ratio, 1);
  std::set<std::string> seen;
  for (const Finalist& each : row.finalists) {
    EXPECT_TRUE(seen.insert(each.variant).second) << each.variant << " twice";
    EXPECT_EQ(each.won_before > 0, won.contains(each.variant)) << each.variant;
    EXPECT_EQ(each.chosen, each.variant == row.best->pattern + " " + row.best->point.ToText()) << each.variant;
  }
  for (const std::string& winner : won) EXPECT_TRUE(seen.contains(winner)) << winner;
  const std::int64_t rows = store.CountMeasurements();
  hold();  // asked for again, held again
  EXPECT_GT(store.CountMeasurements(), rows);

  // Whoever won once comes back, though it was unlucky since.
  Measurement unlucky = *row.best;
  unlucky.samples_ns = {1e9, 1e9, 1e9};
  unlucky.statistics = Summarize(unlucky.samples_ns);
  unlucky.phase = "search";
  unlucky.properties.clear();
  unlucky.unix_ms = 0;
  store.PutMeasurement(store.Runs().at(0).id, store.Devices().at(0), unlucky);
  only.playoff = 2;
  const std::vector<Finalist> again = hold().finalists;
  EXPECT_EQ(std::ranges::count(again, row.best->pattern + " " + row.best->point.ToText(), &Finalist::variant), 1);
}

// Text has no SPIR-V. Who meets is compiled, and kept, so that the winner can be loaded.
TEST_F(Faults, APlayOffOfWhatCameAsTextLeavesItsSpirv) {
  TuneOptions options = Options();
  options.budget.evaluations = 6;
  options.playoff = 3;
  Run("steps", options);
  std::ostringstream text;
  Export(Store::Open(Database(), Store::Mode::kReadOnly), Format::kText, text);
  Store store = Store::Open(folder_ / "text.db", Store::Mode::kCreate);
  Import(store, Format::kText, text.str());
  options.search = false;
  const TuneRow row = Tune({Kernel("steps")}, store, options).rows.at(0);
  ASSERT_FALSE(row.finalists.empty());
  ASSERT_TRUE(row.best);
  EXPECT_TRUE(store.LoadBinary("steps", row.best->pattern, row.best->point, {}));
}

TEST_F(Faults, APlayOffIsHeldAgainWhereMoreAreToMeetOrOneWasMerged) {
  TuneOptions options = Options();
  options.budget.evaluations = 6;
  options.playoff = 2;
  EXPECT_FALSE(Run("steps", options).rows.at(0).finalists.empty());
  EXPECT_TRUE(Run("steps", options).rows.at(0).finalists.empty());
  options.playoff = 5;
  EXPECT_GE(Run("steps", options).rows.at(0).finalists.size(), 5u);
  EXPECT_TRUE(Run("steps", options).rows.at(0).finalists.empty());

  Store store = Store::Open(Database(), Store::Mode::kReadWrite);
  std::vector<Measurement> known = store.Results("steps", {{"n", 4096}}, store.Devices().at(0).Key());
  const auto other = std::ranges::find_if(known, [](const Measurement& m) { return m.phase != "playoff"; });
  ASSERT_NE(other, known.end());
  other->phase = "playoff";  // as if it had won one elsewhere, earlier than the last one here
  other->properties["chosen"] = 1;
  store.PutMeasurement(store.Runs().at(0).id, store.Devices().at(0), *other);
  EXPECT_FALSE(Run("steps", options).rows.at(0).finalists.empty());
}

// The order of a search that learns depends on what it has seen. So the undisturbed run to compare with is one that sees the
// same: the same command on the finished database, where every answer is known.
TEST_F(Faults, WhereItIsContinuedAutoGoesTheSameWay) {
  TuneOptions options = Options();
  options.strategy = "auto";
  options.decide_ahead = 3;
  options.budget.evaluations = 14;
  options.problems = {{{"n", 4096}}, {{"n", 997}}, {{"n", 20000}}};
  options.playoff = 2;
  std::vector<std::string> visited;
  int until_stop = 0;
  options.stop = [&] { return until_stop == 0; };
  const auto run = [&](int variants) {
    until_stop = variants;
    Store store = Store::Open(Database(), Store::Mode::kCreate);
    visited.clear();
    return Tune({Kernel("steps")}, store, options, [&](const TuneProgress& progress) {
      if (!progress.latest) return;
      visited.push_back(progress.problem.ToText() + ": " + progress.latest->point.ToText());
      --until_stop;
    });
  };
  constexpr int kAll = 1000;
  for (const int variants : {5, 11, 20, 24, 40}) EXPECT_TRUE(run(variants).interrupted);
  EXPECT_FALSE(run(kAll).interrupted);

  std::vector<std::string> stored;
  Store::Open(Database(), Store::Mode::kReadOnly).ForEach({.only_latest = false}, [&](const Measurement& m) {
    if (m.phase == "search") stored.push_back(m.problem.ToText() + ": " + m.point.ToText());
    return true;
  });
  for (const TuneRow& row : run(kAll).rows) EXPECT_EQ(row.measured, 0u);
  std::set<std::string> seen;  // each problem's default is asked twice: as the yardstick, and by the search
  std::erase_if(visited, [&](const std::string& each) { return !seen.insert(each).second; });
  EXPECT_EQ(stored, visited);
}

TEST_F(Faults, TheProfilesPartsAreNoMoreThanTheWallTime) {
  TuneOptions options = Options();
  options.budget.evaluations = 5;
  options.problems = {{{"n", 997}}, {{"n", 4096}}};
  options.portable = true;
  const TuneProfile profile = Run("steps", options).profile;
  EXPECT_GT(profile.timing_ms, 0);
  EXPECT_GT(profile.playoff_ms, 0);
  EXPECT_GE(profile.RestMs(), 0);
  EXPECT_GT(profile.UsefulShare(), 0);
  EXPECT_LT(profile.UsefulShare(), 1);
}

TEST_F(Faults, StopKeepsWhatWasMeasured) {
  TuneOptions options = Options();
  int seen = 0;
  options.stop = [&] { return seen >= 10; };
  Store store = Store::Open(Database(), Store::Mode::kCreate);
  const TuneReport report =
      Tune({Kernel("steps")}, store, options, [&](const TuneProgress& p) { seen = static_cast<int>(p.done); });
  EXPECT_TRUE(report.interrupted);
  ASSERT_EQ(report.rows.size(), 1u);
  EXPECT_GE(report.rows[0].measured, 10u);
  EXPECT_LT(report.rows[0].measured, 60u);
  EXPECT_TRUE(report.rows[0].best);
}

TEST_F(Faults, TheNextIsPreparedWhileThePlayOffIsHeld) {
  TuneOptions options = Options();
  options.pipelines_ahead = 1;  // or a CPU device is left alone
  options.playoff = 2;
  options.budget.evaluations = 4;
  options.problems = {{{"n", 997}}, {{"n", 4096}}};
  Store store = Store::Open(Database(), Store::Mode::kCreate);
  const auto tune = [&] { return Tune({Kernel("steps"), Kernel("many")}, store, options).rows; };
  const std::vector<TuneRow> rows = tune();
  ASSERT_EQ(rows.size(), 4u);
  for (std::size_t i = 0; i < 4; ++i) {
    EXPECT_EQ(rows[i].kernel, i < 2 ? "steps" : "many");
    EXPECT_EQ(rows[i].problem.Integer("n"), i % 2 == 0 ? 997 : 4096);
    EXPECT_GE(rows[i].measured, 4u);
    EXPECT_TRUE(rows[i].best);
  }
  for (const TuneRow& row : tune()) EXPECT_EQ(row.measured, 0u);
}

// --- several lanes, devices; refresh, portable ---

TEST_F(Faults, LanesTuneSeveralKernelsAtOnce) {
  TuneOptions options = Options();
  options.budget.evaluations = 12;
  options.problems = {{{"n", 997}}, {{"n", 4096}}};
  options.lanes = 3;  // for two kernels
  options.pipelines_ahead = 1;
  Store store = Store::Open(Database(), Store::Mode::kCreate);
  const TuneReport report = Tune({Kernel("steps"), Kernel("many")}, store, options);
  ASSERT_EQ(report.rows.size(), 4u);
  for (std::size_t i = 0; i < 4; ++i) {
    EXPECT_EQ(report.rows[i].kernel, i < 2 ? "steps" : "many");
    EXPECT_EQ(report.rows[i].problem.Integer("n"), i % 2 == 0 ? 997 : 4096);
    EXPECT_GE(report.rows[i].measured, 12u);
    EXPECT_TRUE(report.rows[i].best);
    EXPECT_EQ(report.rows[i].outcomes.size(), 1u) << "all of them work";
  }
  EXPECT_EQ(store.Runs().size(), 1u);
}

TEST_F(Faults, WithSecondsToSpendLanesTakeAKernelsProblemsApart) {
  TuneOptions options = Options();
  options.total_seconds = 1000;  // none of them is the limit
  options.budget.evaluations = 5;
  options.problems = {{{"n", 997}}, {{"n", 4096}}, {{"n", 5000}}};
  options.lanes = 2;
  Store store = Store::Open(Database(), Store::Mode::kCreate);
  const TuneReport report = Tune({Kernel("many")}, store, options);
  ASSERT_EQ(report.rows.size(), 3u);
  for (const TuneRow& row : report.rows) {
    EXPECT_GE(row.measured, 5u);
    EXPECT_TRUE(row.best);
  }
  EXPECT_EQ(store.Runs().size(), 1u);
}

TEST_F(Faults, ALaneWhoseWorkerDoesNotStartLeavesItsWorkToTheOthers) {
  TuneOptions options = Options();
  options.budget.evaluations = 5;
  options.problems = {{{"n", 997}}};
  options.lanes = 2;
  const std::string self = fs::read_symlink("/proc/self/exe");
  options.worker_command = {"/bin/sh", "-c", "mkdir " + (folder_ / "started") + " 2>&- && exec " + self + " worker \"$@\"",
                            "sh"};
  Store store = Store::Open(Database(), Store::Mode::kCreate);
  const TuneReport report = Tune({Kernel("steps"), Kernel("many")}, store, options);
  ASSERT_EQ(report.rows.size(), 2u);
  for (const TuneRow& row : report.rows) EXPECT_GE(row.measured, 5u);
  ASSERT_EQ(report.left_out.size(), 1u);
  EXPECT_NE(report.left_out[0].find("one lane fewer: "), std::string::npos) << report.left_out[0];
}

// The lock is the system's to take from it.
TEST_F(Faults, AWorkerThatDiesInItsTurnLeavesTheDeviceToTheOtherLane) {
  TuneOptions options = Options();
  options.problems = {{{"n", 997}}};
  options.budget.evaluations = 60;
  options.lanes = 2;
  setenv("HONE_TEST_FAULT", "timing:WG=64:segv", 1);
  Store store = Store::Open(Database(), Store::Mode::kCreate);
  const TuneReport report = Tune({Kernel("steps"), Kernel("many")}, store, options);
  ASSERT_EQ(report.rows.size(), 2u);
  for (const TuneRow& row : report.rows) {
    EXPECT_GE(row.measured, 59u);
    EXPECT_GT(row.outcomes.at(Outcome::kCrash), 0u);
    EXPECT_GT(row.outcomes.at(Outcome::kOk), 0u);
  }
}

TEST_F(Faults, AnErrorInOneLaneEndsTheOthers) {
  TuneOptions options = Options();
  options.lanes = 2;
  Store store = Store::Open(Database(), Store::Mode::kCreate);
  const TuneCallback callback = [](const TuneProgress& progress) {
    if (progress.kernel == "steps" && progress.done > 0) throw Error("nobody takes this");
  };
  EXPECT_THROW(Tune({Kernel("steps"), Kernel("many")}, store, options, callback), Error);
  EXPECT_LT(store.CountMeasurements(), 10000) << "all of `many`, which takes minutes";
}

TEST_F(Faults, TwoWorkersOfOneDeviceShareTheSpace) {
  TuneOptions options = Options();
  options.devices = {"0", "0"};
  options.share = true;
  options.pipelines_ahead = 1;  // each its own part of them
  const TuneReport report = Run("steps", options);
  ASSERT_EQ(report.rows.size(), 1u);
  EXPECT_EQ(report.rows[0].measured, 60u);
  const std::int64_t rows = Store::Open(Database(), Store::Mode::kReadOnly).CountMeasurements();
  EXPECT_TRUE(rows == 68 || rows == 69) << rows;  // 60, and eight finalists with or without the default
  for (const auto& [variant, measured] : Stored("steps")) EXPECT_EQ(measured.outcome, Outcome::kOk) << variant;
}

TEST_F(Faults, TwoWorkersOfOneDeviceEachDoAll) {
  TuneOptions options = Options();
  options.devices = {"0", "0"};
  options.playoff = 0;
  options.budget.evaluations = 8;
  const TuneReport report = Run("steps", options);
  ASSERT_EQ(report.rows.size(), 2u);
  for (const TuneRow& row : report.rows) {
    EXPECT_GE(row.measured + row.reused, 8u);
    EXPECT_TRUE(row.best);
  }
}

TEST_F(Faults, RefreshTimesTheBestAgain) {
  const TuneReport first = Run("steps", Options());
  TuneOptions options = Options();
  options.refresh = true;
  options.budget.evaluations = 12;
  const TuneReport second = Run("steps", options);
  ASSERT_EQ(second.rows.size(), 1u);
  EXPECT_GE(second.rows[0].measured, 5u);
  EXPECT_LE(second.rows[0].measured, 6u);  // five and the default: a search finds the rest in the database
  EXPECT_FALSE(second.rows[0].stopped.empty());
}

TEST_F(Faults, PortableIsMeasuredAtEveryProblem) {
  TuneOptions options = Options();
  options.strategy = "random";
  options.budget.evaluations = 6;
  options.problems = {{{"n", 997}}, {{"n", 4096}}, {{"n", 20000}}};
  options.portable = true;
  const TuneReport report = Run("steps", options);
  ASSERT_EQ(report.portable.size(), 1u);
  EXPECT_EQ(report.portable[0].problems, 3);
  EXPECT_GT(report.portable[0].mean_share, 0);
  EXPECT_LE(report.portable[0].mean_share, 1);
  EXPECT_LE(report.portable[0].worst_share, report.portable[0].mean_share + 1e-12);
}

TEST_F(Faults, DryRunMeasuresNothing) {
  TuneOptions options = Options();
  options.dry_run = true;
  const TuneReport report = Run("steps", options);
  ASSERT_EQ(report.rows.size(), 1u);
  EXPECT_EQ(report.rows[0].points, 60u);
  EXPECT_EQ(report.rows[0].measured, 60u);  // would be
  EXPECT_GT(report.rows[0].expected_seconds, 0);
  EXPECT_EQ(Store::Open(Database(), Store::Mode::kReadOnly).CountMeasurements(), 0);
}

TEST_F(Faults, EnergyIsRefusedInWords) {
  setenv("HONE_POWERCAP", (folder_ / "none").c_str(), 1);
  TuneOptions options = Options();
  options.goal = TuneGoal::kEnergy;
  try {
    Run("steps", options);
    FAIL();
  } catch (const Error& error) {
    EXPECT_NE(std::string(error.what()).find("--objective energy: " + (folder_ / "none") + ": No such file"), std::string::npos)
        << error.what();
  }
}

// A counter as the kernel's, of a machine that always draws 10 W.
class FakePowercap {
 public:
  explicit FakePowercap(const fs::path& root) : zone_(root / "intel-rapl:0") {
    fs::create_directories(zone_);
    std::ofstream(zone_ / "name") << "package-0\n";
    std::ofstream(zone_ / "max_energy_range_uj") << "262143328850\n";
    Write();
    setenv("HONE_POWERCAP", root.c_str(), 1);
    thread_ = std::jthread([this](const std::stop_token& stop) {
      for (; !stop.stop_requested(); std::this_thread::sleep_for(std::chrono::milliseconds(2))) Write();
    });
  }
  ~FakePowercap() { unsetenv("HONE_POWERCAP"); }

 private:
  void Write() {
    const auto since = std::chrono::steady_clock::now() - start_;
    std::ofstream(zone_ / "next") << 10 * std::chrono::duration_cast<std::chrono::microseconds>(since).count() << '\n';
    fs::rename(zone_ / "next", zone_ / "energy_uj");
  }
  const std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
  fs::path zone_;
  std::jthread thread_;
};

TEST_F(Faults, EnergyIsMeasuredAndDecides) {
  const FakePowercap machine(folder_ / "powercap");
  TuneOptions options = Options();
  options.budget.evaluations = 3;
  options.playoff = 2;
  Run("steps", options);  // for time
  options.goal = TuneGoal::kEnergyDelay;
  const TuneReport report = Run("steps", options);
  EXPECT_EQ(report.rows.at(0).measured, 4u);  // three and the default again: nothing was known of their energy
  ASSERT_TRUE(report.rows[0].best);
  EXPECT_EQ(report.rows[0].best->properties.at("objective"), 2);
  EXPECT_NE(report.rows[0].notes.back().find(" J a call, the default "), std::string::npos) << report.rows[0].notes.back();
  int told = 0;
  for (const auto& [variant, measured] : Stored("steps")) told += measured.properties.contains("energy_j");
  EXPECT_EQ(told, 4);
  const auto best = Store::Open(Database(), Store::Mode::kReadOnly).Best("steps", {{"n", 4096}}, report.rows[0].device_key);
  ASSERT_TRUE(best);
  EXPECT_EQ(best->point, report.rows[0].best->point);
  EXPECT_GT(best->properties.at("energy_j"), 0);
  EXPECT_EQ(Run("steps", options).rows.at(0).measured, 0u);  // and the same command again measures nothing
}

}  // namespace
}  // namespace hone
