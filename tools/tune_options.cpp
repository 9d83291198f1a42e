#include "tools/tune_options.h"

#include "tools/devices.h"
#include "tools/interrupt.h"
#include "tools/kernels.h"
#include "tuner/strategy.h"

namespace hone {
namespace {

TuneGoal GoalFromText(const std::string& text) {
  return text == "energy" ? TuneGoal::kEnergy : text == "edp" ? TuneGoal::kEnergyDelay : TuneGoal::kTime;
}

std::vector<std::string> DevicesFrom(const Arguments& arguments) {
  std::vector<std::string> devices = arguments.All("device");
  if (devices != std::vector<std::string>{"all"}) return devices;
  devices.clear();
  for (std::size_t i = 0; i < MachineDevices().size(); ++i) devices.push_back(std::to_string(i));
  return devices;
}

}  // namespace

std::string StrategyNames() {
  std::string names;
  for (const Strategy& strategy : Strategies()) names += (names.empty() ? "" : "|") + std::string(strategy.name);
  return names;
}

std::vector<Option> TuneCommandOptions() {
  return {
      {"db", "FILE.db", "the database to write results to; made when it is not there"},
      {"device", "NAME", "a number or name of 'hone devices', or all; the best one without it", "", true},
      {"share", "", "equal devices divide the work"},
      {"strategy", StrategyNames(), "how to search", std::string(kDefaultStrategy)},
      {"evals", "N", "measure at most N variants of each kernel and problem; 0: only a play-off of those known"},
      {"seconds", "S", "spend about S seconds in all, play-offs included; each kernel and problem gets its share"},
      {"no-improvement", "N", "stop after N variants without a better one"},
      {"confident", "", "stop when a gain over 1 % has become unlikely"},
      {"seed", "N", "of everything random", "1"},
      ProblemsOption(),
      PatternOption(),
      {"objective", "time|energy|edp", "what to make small; edp: energy times time; needs NVML or Linux powercap", "time"},
      {"portable", "", "also find the one variant that is best over all problems"},
      {"cold", "", "rotate buffers beyond the last-level cache"},
      {"interval", "PERCENT", "time until the median is known as precisely as this", "1"},
      {"watchdog", "S", "run in parts, or refuse, what would hold the device for longer than S seconds", "1"},
      {"playoff", "N", "how many of the best known meet at the end; 0: none", "8"},
      {"retry", "", "measure again what failed or killed the driver"},
      {"refresh", "", "time the stored best again; search only where they no longer hold"},
      {"properties", "", "ask the driver for registers, spills and code size; slower"},
      {"dry-run", "", "say what would be done and how long it would take"},
      {"profile", "", "say where the time went"},
      {"pipelines-ahead", "N", "threads on which the driver makes pipelines ahead; as fits the device without it"},
      {"lanes", "N", "kernels (or problems) tuned at once on a device: one measures while others compile; 0: as fits it", "0"},
      {"threads", "N", "threads that compile ahead; 0: as many as fit the device", "0"},
      IncludeOption(),
      JsonOption()};
}

TuneOptions TuneOptionsFrom(const Arguments& arguments) {
  TuneOptions options;
  options.devices = DevicesFrom(arguments);
  options.share = arguments.Flag("share");
  options.patterns = arguments.All("pattern");
  options.include_dirs = arguments.All("include");
  options.strategy = FindStrategy(arguments.Text("strategy")).name;
  options.budget.evaluations = arguments.Integer("evals");
  options.search = !arguments.Has("evals") || options.budget.evaluations > 0;
  options.budget.no_improvement = arguments.Integer("no-improvement");
  options.budget.confident = arguments.Flag("confident");
  if (arguments.Has("seconds")) options.total_seconds = arguments.Number("seconds");
  options.seed = arguments.Integer("seed", 1);
  options.goal = GoalFromText(arguments.Text("objective"));
  options.retry = arguments.Flag("retry");
  options.refresh = arguments.Flag("refresh");
  options.portable = arguments.Flag("portable");
  options.dry_run = arguments.Flag("dry-run");
  options.cold = arguments.Flag("cold");
  options.interval = arguments.Number("interval", 1) / 100;
  options.watchdog_ms = arguments.Number("watchdog", 1) * 1000;
  options.playoff = arguments.Int("playoff", 8);
  options.properties = arguments.Flag("properties");
  options.lanes = arguments.Int("lanes");
  options.compile_threads = arguments.Int("threads");
  if (arguments.Has("pipelines-ahead")) options.pipelines_ahead = arguments.Int("pipelines-ahead");
  options.command_line = arguments.line();
  options.version = HONE_VERSION;
  options.stop = Interrupt::Requested;
  return options;
}

}  // namespace hone
