#include "tuner/tune.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <deque>
#include <exception>
#include <functional>
#include <iterator>
#include <map>
#include <mutex>
#include <thread>

#include "compiler/compile.h"
#include "compiler/template.h"
#include "tuner/clock.h"
#include "tuner/contract.h"
#include "tuner/device_run.h"
#include "tuner/helper.h"
#include "tuner/prepare.h"
#include "tuner/strategy.h"
#include "tuner/turn_lock.h"

namespace hone {
namespace {

// The problems asked for that this kernel has; without any, its own.
std::vector<Values> ProblemsOf(const Kernel& kernel, const TuneOptions& options) {
  std::vector<Values> problems;
  for (const Values& problem : options.problems.empty() ? kernel.problems : options.problems) {
    const Values complete = CompleteProblem(kernel, problem);
    if (std::ranges::find(problems, complete) == problems.end()) problems.push_back(complete);
  }
  return problems;
}

std::vector<Task> TasksOf(const std::vector<std::string>& kernel_dirs, const TuneOptions& options) {
  std::vector<Task> tasks;
  for (const std::string& folder : KernelFolders(kernel_dirs)) {
    const auto kernel = std::make_shared<const Kernel>(LoadKernel(folder, options.include_dirs));
    for (const Values& problem : ProblemsOf(*kernel, options))
      tasks.push_back({kernel, problem, !options.problems.empty(), 0, {}});
  }
  return tasks;
}

ClientOptions ClientOptionsOf(const std::string& device, const std::string& turn_file, const TuneOptions& options) {
  ClientOptions result;
  result.command = options.worker_command;
  result.device = device;
  result.pipeline_timeout_ms = options.pipeline_timeout_ms;
  result.stop = options.stop;
  result.pipelines_ahead = options.pipelines_ahead;
  result.bench.turn_file = turn_file;
  result.bench.cold = options.cold;
  result.bench.interval = options.interval;
  result.bench.max_timing_ms = options.max_timing_ms;
  result.bench.watchdog_ms = options.watchdog_ms;
  result.bench.check_timeout_ms = options.check_timeout_ms;
  result.bench.timing_timeout_ms = options.timing_timeout_ms;
  result.bench.properties = options.properties;
  result.bench.energy = options.goal != TuneGoal::kTime;
  return result;
}

// The first compilation takes a while (glslang reads its built-in functions). Errors show when the variant is asked for.
void CompileFirst(Compiler& compiler, const Task& task) {
  if (task.kernel->patterns.empty()) return;
  const Pattern& pattern = task.kernel->patterns.front();
  try {
    compiler.Compile(*task.kernel, pattern.name, pattern.default_point, TypesOf(*task.kernel, task.problem));
  } catch (const Error&) {
  }
}

constexpr unsigned kCoresOfLane = 4, kMostLanes = 4;

int LanesOf(const TuneOptions& options) {
  if (options.share) return 1;
  if (options.lanes > 0) return options.lanes;
  const auto devices = static_cast<unsigned>(options.devices.size());
  return static_cast<int>(std::clamp(ThreadCount(0) / kCoresOfLane / devices, 1u, kMostLanes));
}

using Group = std::vector<std::unique_ptr<Helper>>;  // of one DeviceRun, its first one first

// With --share, those that are alike are one group.
void Unite(std::vector<Group>& groups) {
  std::vector<Group> united;
  std::map<std::string, std::size_t> group_of;
  for (Group& group : groups) {
    std::string key;
    group.front()->Post([&key](Client& client) { key = client.Start().Key(); });
    group.front()->Wait();
    const auto [at, is_new] = group_of.emplace(key, united.size());
    if (is_new) united.emplace_back();
    std::ranges::move(group, std::back_inserter(united[at->second]));
  }
  groups = std::move(united);
}

constexpr double TuneProfile::*kParts[] = {&TuneProfile::start_ms,   &TuneProfile::prepare_ms,  &TuneProfile::strategy_ms,
                                           &TuneProfile::compile_ms, &TuneProfile::pipeline_ms, &TuneProfile::turn_ms,
                                           &TuneProfile::check_ms,   &TuneProfile::timing_ms,   &TuneProfile::playoff_ms,
                                           &TuneProfile::store_ms,   &TuneProfile::other_ms};
}  // namespace

void TuneProfile::Add(const TuneProfile& other) {
  for (double TuneProfile::*part : kParts) this->*part += other.*part;
  total_ms += other.total_ms;
  compiled_ms += other.compiled_ms;
}

double TuneProfile::RestMs() const {
  double rest = total_ms;
  for (double TuneProfile::*part : kParts) rest -= this->*part;
  return rest;
}

double TuneProfile::UsefulShare() const {
  const double after_start = total_ms - start_ms;
  return after_start > 0 ? (timing_ms + playoff_ms + pipeline_ms) / after_start : 0;
}

TuneReport Tune(const std::vector<std::string>& kernel_dirs, Store& store, const TuneOptions& asked,
                const TuneCallback& callback) {
  const auto start = Clock::now();
  if (!asked.strategy.empty()) FindStrategy(asked.strategy);  // a wrong name: before anything is measured
  std::atomic<bool> broken = false;
  TuneOptions options = asked;
  options.stop = [&] { return broken || (asked.stop && asked.stop()); };
  const std::vector<Task> tasks = TasksOf(kernel_dirs, options);
  Compiler compiler({.include_dirs = options.include_dirs, .threads = 0});
  std::mutex store_lock, callback_lock;
  const TuneRun run{options, store, store_lock, callback_lock, callback, broken, start, options.budget, {}, 0, {}, 0, {}};

  std::jthread first;  // while the workers start
  if (!options.dry_run && !tasks.empty()) first = std::jthread([&] { CompileFirst(compiler, tasks.front()); });
  if (options.devices.empty()) options.devices = {""};
  std::map<std::string, TurnFile> turns;  // one a device
  std::vector<Group> groups(options.devices.size());
  const int lanes = LanesOf(options);
  for (std::size_t i = 0; i < groups.size(); ++i) {
    const std::string& device = options.devices[i];
    const bool alone = lanes == 1 && std::ranges::count(options.devices, device) == 1;
    const ClientOptions client = ClientOptionsOf(device, alone ? "" : turns[device].path(), options);
    for (int lane = 0; lane < lanes; ++lane) groups[i].push_back(std::make_unique<Helper>(client));
  }
  if (options.share) Unite(groups);
  std::deque<DeviceRun> runs;
  for (const Group& group : groups) {
    std::vector<Helper*> others;
    for (std::size_t i = 1; i < group.size(); ++i) others.push_back(group[i].get());
    group.front()->Post(std::ref(runs.emplace_back(run, compiler, others, tasks)));
  }
  std::exception_ptr error;
  for (const Group& group : groups) {
    try {
      group.front()->Wait();
    } catch (...) {
      if (!error) error = std::current_exception();
    }
  }
  if (error) std::rethrow_exception(error);
  TuneReport report;
  std::size_t workers = 0;
  for (const DeviceRun& each : runs) {
    each.AddTo(report);
    workers += each.workers();
  }
  report.profile.total_ms = MillisecondsSince(start) * static_cast<double>(workers);
  return report;
}

}  // namespace hone
