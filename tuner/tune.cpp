#include "tuner/tune.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <exception>
#include <mutex>
#include <thread>

#include "compiler/compile.h"
#include "compiler/template.h"
#include "tuner/contract.h"
#include "tuner/job.h"
#include "tuner/prepare.h"
#include "tuner/strategy.h"

namespace hone {
namespace {

using Clock = std::chrono::steady_clock;

double Since(Clock::time_point start) { return std::chrono::duration<double, std::milli>(Clock::now() - start).count(); }

struct Task {
  std::shared_ptr<const Kernel> kernel;
  Values problem;  // complete
};

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
    for (const Values& problem : ProblemsOf(*kernel, options)) tasks.push_back({kernel, problem});
  }
  return tasks;
}

ClientOptions ClientOptionsOf(const std::string& device, const TuneOptions& options) {
  ClientOptions result;
  result.command = options.worker_command;
  result.device = device;
  result.pipeline_timeout_ms = options.pipeline_timeout_ms;
  result.stop = options.stop;
  result.bench.cold = options.cold;
  result.bench.interval = options.interval;
  result.bench.max_timing_ms = options.max_timing_ms;
  result.bench.watchdog_ms = options.watchdog_ms;
  result.bench.check_timeout_ms = options.check_timeout_ms;
  result.bench.timing_timeout_ms = options.timing_timeout_ms;
  result.bench.properties = options.properties;
  return result;
}

// Everything on one device, in one thread: a worker dies with the thread that started it.
class DeviceRun {
 public:
  DeviceRun(TuneRun& run, Compiler& compiler, const std::string& device, const std::vector<Task>& tasks)
      : run_(run), compiler_(compiler), tasks_(tasks), client_(ClientOptionsOf(device, run.options)) {}

  // Leaves rows and a possible exception behind.
  void operator()() {
    try {
      const DeviceInfo device = client_.Start();
      BeginRun(device);
      for (std::size_t i = 0; i < tasks_.size(); ++i) Do(tasks_[i], static_cast<int>(i), device);
      const std::lock_guard lock(run_.store_lock);
      if (run_.run != 0) run_.store.EndRun(run_.run);
    } catch (const Interrupted&) {
      interrupted = true;
    } catch (...) {
      error = std::current_exception();
    }
  }

  std::vector<TuneRow> rows;
  bool interrupted = false;
  std::exception_ptr error;

 private:
  void BeginRun(const DeviceInfo& device) {
    if (run_.options.dry_run) return;
    const std::lock_guard lock(run_.store_lock);
    run_.store.PutDevice(device);
    const std::string strategy = run_.options.strategy.empty() ? std::string(kDefaultStrategy) : run_.options.strategy;
    run_.run = run_.store.BeginRun({run_.options.command_line, "", strategy, run_.options.seed}, device);
  }

  CompileVariant CompileFor(const Kernel& kernel) {
    return [this, &kernel](const std::string& pattern, const Values& point, const Values& types) {
      const auto start = Clock::now();
      CompileResult result = compiler_.Compile(kernel, pattern, point, types);
      return Compiled{std::move(result.binary), result.ok() ? std::string() : result.ToText(), Since(start)};
    };
  }

  void SwitchKernel(const Task& task) {
    const Values types = TypesOf(*task.kernel, task.problem);
    if (task.kernel == kernel_ && types == types_) return;
    if (!run_.options.dry_run) {
      const std::lock_guard lock(run_.store_lock);
      run_.store.PutKernel(*task.kernel);
    }
    client_.SetKernel(PrepareKernel(compiler_, task.kernel, types));
    kernel_ = task.kernel;
    types_ = types;
  }

  void Do(const Task& task, int number, const DeviceInfo& device) {
    if (const std::string missing = MissingFor(*task.kernel, TypesOf(*task.kernel, task.problem), device); !missing.empty()) {
      TuneRow row;
      row.device = device.name;
      row.device_key = device.Key();
      row.kernel = task.kernel->name;
      row.problem = task.problem;
      row.stopped = "the device has no " + missing;
      rows.push_back(row);
      return;
    }
    const auto start = Clock::now();
    SwitchKernel(task);
    Job job(run_, client_, task.kernel, task.problem, CompileFor(*task.kernel), number);
    job.row().profile.start_ms = Since(start);
    try {
      rows.push_back(run_.options.dry_run ? job.DryRun() : job.Run());
    } catch (const Interrupted&) {
      job.FinishRow();
      job.row().stopped = "interrupted";
      rows.push_back(job.row());
      throw;
    }
  }

  TuneRun run_;  // a copy: each device has its own run in the database
  Compiler& compiler_;
  const std::vector<Task>& tasks_;
  Client client_;
  std::shared_ptr<const Kernel> kernel_;
  Values types_;
};

void CheckGoal(TuneGoal goal) {
  if (goal == TuneGoal::kTime) return;
  throw Error("--objective energy: this build measures time only, and this machine offers neither NVML nor a readable "
              "/sys/class/powercap (leave --objective out)");
}

}  // namespace

void TuneProfile::Add(const TuneProfile& other) {
  for (double TuneProfile::*part : {&TuneProfile::total_ms, &TuneProfile::start_ms, &TuneProfile::strategy_ms,
                                    &TuneProfile::compile_ms, &TuneProfile::pipeline_ms, &TuneProfile::check_ms,
                                    &TuneProfile::timing_ms, &TuneProfile::playoff_ms, &TuneProfile::store_ms,
                                    &TuneProfile::other_ms})
    this->*part += other.*part;
}

TuneReport Tune(const std::vector<std::string>& kernel_dirs, Store& store, const TuneOptions& options, const TuneCallback& callback) {
  const auto start = Clock::now();
  CheckGoal(options.goal);
  if (!options.strategy.empty()) FindStrategy(options.strategy);  // a wrong name: before anything is measured
  const std::vector<Task> tasks = TasksOf(kernel_dirs, options);
  Compiler compiler({.include_dirs = options.include_dirs, .threads = 0});
  std::mutex store_lock, callback_lock;
  TuneRun run{options, store, store_lock, callback_lock, callback, 0, static_cast<int>(tasks.size())};

  const std::vector<std::string> devices = options.devices.empty() ? std::vector<std::string>{""} : options.devices;
  std::vector<std::unique_ptr<DeviceRun>> runs;
  for (const std::string& device : devices) runs.push_back(std::make_unique<DeviceRun>(run, compiler, device, tasks));
  if (runs.size() == 1) {
    (*runs.front())();
  } else {
    std::vector<std::jthread> threads;
    for (auto& each : runs) threads.emplace_back([&each] { (*each)(); });
  }
  TuneReport report;
  for (const auto& each : runs) {
    if (each->error) std::rethrow_exception(each->error);
    report.interrupted |= each->interrupted;
    for (TuneRow& row : each->rows) {
      report.profile.Add(row.profile);
      report.rows.push_back(std::move(row));
    }
  }
  report.profile.total_ms = Since(start);
  return report;
}

}  // namespace hone
