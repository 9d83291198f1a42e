// hone replay: search strategies on recorded spaces.
#include <fmt/format.h>

#include <algorithm>

#include "tools/command_list.h"
#include "tools/format.h"
#include "tools/progress.h"
#include "tools/table.h"
#include "tools/tune_options.h"
#include "tools/whole_file.h"
#include "tuner/replay.h"

namespace hone {
namespace {

std::vector<Recording> LoadAll(const std::vector<std::string>& files) {
  std::vector<Recording> recordings;
  for (const std::string& file : files) {
    for (Recording& recording : LoadRecordings(file)) recordings.push_back(std::move(recording));
  }
  return recordings;
}

ReplayOptions ReplayOptionsFrom(const Arguments& arguments) {
  ReplayOptions options;
  if (arguments.Has("strategy")) options.strategies = arguments.All("strategy");
  if (std::find(options.strategies.begin(), options.strategies.end(), "all") != options.strategies.end()) {
    options.strategies.clear();
    for (const Strategy& strategy : Strategies()) options.strategies.emplace_back(strategy.name);
  }
  options.repeats = arguments.Int("repeats", 30);
  options.seed = arguments.Integer("seed", 1);
  options.threads = static_cast<unsigned>(arguments.Int("threads", 0));
  options.ahead = static_cast<std::size_t>(arguments.Integer("ahead", 0));
  options.prior_points = arguments.Integer("from-points", 0);
  options.budget.evaluations = arguments.Integer("evaluations", 0);
  options.budget.seconds = arguments.Number("seconds", 0);
  options.budget.confident = arguments.Flag("confident");
  options.budget.wall_seconds = arguments.Number("wall-seconds", 600);
  return options;
}

void WriteTraces(const std::string& file, const std::vector<Recording>& recordings, const std::vector<ReplayRun>& runs) {
  WriteWholeFile(file, [&](std::ostream& out) {
    for (const ReplayRun& run : runs) out << TraceLine(recordings[run.recording], run) << '\n';
  });
}

// Each strategy once over all spaces, then space by space.
void PrintScores(const std::vector<Recording>& recordings, const std::vector<ReplayRun>& runs, bool json) {
  Table table({{"strategy", "strategy"},
               {"space", "space"},
               {"p", "P", true},
               {"worst_p", "worst", true},
               {"final_over_optimum", "final/opt", true},
               {"hit", "hit", true},
               {"decide_ms", "ms/decision", true},
               {"stopped", "stopped", true},  // runs that were confident
               {"right", "right", true}});    // those of them that ended within 1 % of the optimum
  const auto number = [](double value, int digits) { return Cell(fmt::format("{:.{}f}", value, digits), value); };
  const auto percent = [](double share) { return Cell(fmt::format("{:.0f} %", share * 100), share); };
  const auto runs_that = [](int count, int of) { return Cell(of > 0 ? std::to_string(count) : "", count); };
  for (const ReplayRow& row : ScoreReplay(recordings, runs)) {
    table.Add({row.strategy,
               {fmt::format("all {}", row.spaces.size()), nullptr},
               number(row.mean_p, 3),
               number(row.worst_p, 3),
               number(row.final_over_optimum, 4),
               percent(row.hit),
               number(row.decide_ms, 2),
               runs_that(row.confidence.stopped, row.confidence.stopped),
               runs_that(row.confidence.right, row.confidence.stopped)});
    if (recordings.size() == 1) continue;
    for (const auto& on : row.spaces) {
      table.Add({{"", row.strategy},
                 on.space,
                 number(on.score.p, 3),
                 {"", nullptr},
                 number(on.score.final_over_optimum, 4),
                 percent(on.score.hit),
                 {"", nullptr},
                 runs_that(on.confidence.stopped, row.confidence.stopped),
                 runs_that(on.confidence.right, row.confidence.stopped)});
    }
  }
  table.Print(json);
}

int RunReplay(const Arguments& arguments) {
  if (arguments.Integer("repeats") == 0) throw UsageError("--repeats 0: nothing to run");
  const std::vector<Recording> recordings = LoadAll(arguments.All("SPACE"));
  std::vector<Recording> others;
  if (arguments.Has("from")) others = LoadAll(arguments.All("from"));
  ReplayOptions options = ReplayOptionsFrom(arguments);
  Progress progress("replay", arguments.Flag("quiet") ? Progress::Style::kQuiet : Progress::Style::kAuto);
  options.progress = [&progress](std::size_t done, std::size_t all) { progress.Update(done, all, ""); };
  const std::vector<ReplayRun> runs = Replay(recordings, options, others, Teaches);
  if (arguments.Has("traces")) WriteTraces(arguments.Text("traces"), recordings, runs);
  PrintScores(recordings, runs, arguments.Flag("json"));
  return 0;
}

}  // namespace

Command ReplayCommand() {
  return {.name = "replay",
          .summary = "Scores search strategies on recorded spaces",
          .example =
              "hone replay spaces/*.json.gz --strategy all --repeats 30\n"
              "hone replay a100.json.gz --from a4000.json.gz --from w7800.json.gz --traces traces.jsonl",
          .positionals = {{"SPACE", 1, kMany}},
          .options = {{"strategy", StrategyNames() + "|all", "how to search", std::string(kDefaultStrategy), true},
                      {"repeats", "N", "runs of each strategy on each space", "30"},
                      {"seed", "N", "seed of the first run", "1"},
                      {"from", "SPACE", "recorded spaces of other devices to start from", "", true},
                      {"from-points", "N", "best points taken from each; 0: all it knows", "0"},
                      {"evaluations", "N", "budget of a run; 0: by time only", "0"},
                      {"seconds", "S", "budget of a run; 0: what random search needs to come 95 % of the way", "0"},
                      {"confident", "", "stop a run when a gain over 1 % has become unlikely"},
                      {"ahead", "N", "points decided before their turn, as where compiling takes longer than measuring", "0"},
                      {"wall-seconds", "S", "real time a run may take", "600"},
                      {"threads", "N", "threads; 0: all cores", "0"},
                      {"traces", "FILE.jsonl", "write what each run had found when"},
                      {"quiet", "", "no progress"},
                      JsonOption()},
          .run = RunReplay};
}

}  // namespace hone
