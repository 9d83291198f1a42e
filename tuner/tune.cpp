#include "tuner/tune.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <exception>
#include <map>
#include <mutex>
#include <thread>

#include "compiler/compile.h"
#include "compiler/template.h"
#include "tuner/clock.h"
#include "tuner/contract.h"
#include "tuner/helper.h"
#include "tuner/job.h"
#include "tuner/prepare.h"
#include "tuner/strategy.h"
#include "tuner/time_share.h"

namespace hone {
namespace {

constexpr double kPortableShare = 0.2;  // of --seconds, for what --portable measures

struct Task {
  std::shared_ptr<const Kernel> kernel;
  Values problem;          // complete
  bool asked_for = false;  // else the manifest's own
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
    for (const Values& problem : ProblemsOf(*kernel, options)) tasks.push_back({kernel, problem, !options.problems.empty()});
  }
  return tasks;
}

ClientOptions ClientOptionsOf(const std::string& device, const TuneOptions& options) {
  ClientOptions result;
  result.command = options.worker_command;
  result.device = device;
  result.pipeline_timeout_ms = options.pipeline_timeout_ms;
  result.stop = options.stop;
  result.pipelines_ahead = options.pipelines_ahead;
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

// What other drivers of the same device, or other sources of the kernel, found best: five each, best first.
std::vector<Measurement> EarlierBest(Store& store, const Task& task, const DeviceInfo& device) {
  constexpr std::size_t kMost = 5;
  std::vector<std::string> keys{device.Key()};
  for (const DeviceInfo& other : store.Devices())
    if (other.name == device.name && other.Key() != device.Key()) keys.push_back(other.Key());
  std::vector<Measurement> best;
  for (const std::string& key : keys) {
    for (Measurement& result : store.Results(task.kernel->name, task.problem, key)) {
      if (best.size() >= kMost || result.outcome != Outcome::kOk) continue;
      best.push_back(std::move(result));
    }
    if (!best.empty()) break;
  }
  std::ranges::stable_sort(best, [](const Measurement& a, const Measurement& b) {  // the play-off's winner first
    return a.properties.contains("chosen") > b.properties.contains("chosen");
  });
  return best;
}

// Everything on one device, or on several that share the work: in the thread of the first one's worker.
class DeviceRun {
 public:
  DeviceRun(const TuneRun& run, Compiler& compiler, std::vector<Helper*> helpers, std::vector<Task> tasks)
      : run_(run), compiler_(compiler), helpers_(std::move(helpers)), tasks_(std::move(tasks)) {}

  void operator()(Client& client) {
    client_ = &client;
    try {
      const auto start = Clock::now();
      device_ = client.Start();
      extra.start_ms = MillisecondsSince(start);
      LeaveOut();
      BeginRun();
      while (const auto turn = NextTurn(SecondsToSearch(), SecondsLeft() - SecondsForPortable(), standings_)) Do(*turn);
      if (run_.options.portable && !run_.options.dry_run)
        for (const auto& [name, by_problem] : results_) FindPortable(name);
      const std::lock_guard lock(run_.store_lock);
      if (run_.run != 0) run_.store.EndRun(run_.run);
    } catch (const Interrupted&) {
      interrupted = true;
    }
  }

  std::map<std::size_t, TuneRow> rows;  // by task
  std::vector<PortableRow> portable;
  std::vector<std::string> left_out, errors;
  TuneProfile extra;  // what no row has
  bool interrupted = false;

 private:
  void LeaveOut() {
    std::erase_if(tasks_, [&](const Task& task) {
      const std::string why = task.asked_for ? "" : TooLargeFor(device_, *task.kernel, task.problem);
      if (why.empty()) return false;
      left_out.push_back(fmt::format("{} {}: left out: {}", task.kernel->name, task.problem.ToText(), why));
      return true;
    });
    run_.jobs = static_cast<int>(tasks_.size());
    jobs_.resize(tasks_.size());
    standings_.resize(tasks_.size());
  }

  double SecondsLeft() const { return run_.options.total_seconds - MillisecondsSince(run_.start) * 1e-3; }

  double SecondsForPortable() const { return run_.options.portable ? kPortableShare * run_.options.total_seconds : 0; }
  double SecondsToSearch() const { return run_.options.total_seconds - SecondsForPortable(); }

  void GiveTime(double seconds) {
    run_.budget = run_.options.budget;
    run_.deadline.reset();
    if (seconds > 0)
      run_.deadline = Clock::now() + std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(seconds));
  }

  void BeginRun() {
    const std::lock_guard lock(run_.store_lock);
    for (const Task& task : tasks_)  // before a new source of the kernel hides what its old one found
      earlier_.push_back(run_.options.refresh ? EarlierBest(run_.store, task, device_) : std::vector<Measurement>());
    if (run_.options.dry_run) return;
    run_.store.PutDevice(device_);
    const std::string strategy = run_.options.strategy.empty() ? std::string(kDefaultStrategy) : run_.options.strategy;
    for (const StoredRun& earlier : run_.store.Runs()) {
      if (earlier.command == run_.options.command_line && earlier.strategy == strategy && earlier.seed == run_.options.seed &&
          earlier.device_key == device_.Key())
        run_.continued.insert(earlier.id);
    }
    run_.run = run_.store.BeginRun({run_.options.command_line, run_.options.version, strategy, run_.options.seed}, device_);
  }

  CompileVariant CompileFor(const Kernel& kernel) {
    return [this, &kernel](const std::string& pattern, const Values& point, const Values& types) {
      const auto start = Clock::now();
      CompileResult result = compiler_.Compile(kernel, pattern, point, types);
      const std::string text = result.ok() ? std::string() : result.ToText();
      return Compiled{std::move(result.binary), text, MillisecondsSince(start)};
    };
  }

  // What a task's first turn needs of the compiler and the database; on any thread.
  void Prepare(std::size_t number) {
    const Task& task = tasks_[number];
    if (jobs_[number]) return;
    const Values types = TypesOf(*task.kernel, task.problem);
    if (!messages_.contains({task.kernel.get(), types})) {
      if (!run_.options.dry_run) {
        const std::lock_guard lock(run_.store_lock);
        run_.store.PutKernel(*task.kernel);
      }
      messages_[{task.kernel.get(), types}] = PrepareKernel(compiler_, task.kernel, types);
    }
    jobs_[number] = std::make_unique<Job>(run_, *client_, device_, helpers_, task.kernel, task.problem,
                                          CompileFor(*task.kernel), static_cast<int>(number));
  }

  // The next task is prepared while this one holds its play-off. On a CPU device that would disturb what is timed, as
  // pipelines ahead do.
  void PrepareNext(std::size_t number) {
    const bool disturbs = device_.type == "cpu" && run_.options.pipelines_ahead <= 0;
    if (disturbs || number >= tasks_.size() || !MissingOf(tasks_[number]).empty()) return;
    preparing_ = std::jthread([this, number] {
      try {
        Prepare(number);
        jobs_[number]->CompileFirst();
      } catch (const std::exception&) {  // its turn will tell
        jobs_[number].reset();
      }
    });
  }

  std::string MissingOf(const Task& task) const {
    return MissingFor(*task.kernel, TypesOf(*task.kernel, task.problem), device_);
  }

  void SwitchKernel(const Task& task) {
    const KernelMessage& message = messages_.at({task.kernel.get(), TypesOf(*task.kernel, task.problem)});
    if (&message == message_) return;
    client_->SetKernel(message);
    for (Helper* helper : helpers_) {
      helper->Post([&message](Client& client) { client.SetKernel(message); });
      helper->Wait();
    }
    message_ = &message;
  }

  void Do(const Turn& turn) {
    const std::size_t number = turn.job;
    const Task& task = tasks_[number];
    SearchStanding& standing = standings_[number];
    ++standing.turns;
    standing.open = false;
    if (const std::string missing = MissingOf(task); !missing.empty()) {
      TuneRow& row = rows[number];
      row.device = device_.name;
      row.device_key = device_.Key();
      row.kernel = task.kernel->name;
      row.problem = task.problem;
      row.stopped = missing;
      return;
    }
    const auto start = Clock::now();
    if (preparing_.joinable()) preparing_.join();
    Prepare(number);
    SwitchKernel(task);
    GiveTime(run_.options.dry_run ? SecondsToSearch() / static_cast<double>(tasks_.size()) : turn.seconds);
    run_.compilers_idle = [this, number] {
      if (standings_[number].turns == 1) PrepareNext(number + 1);
    };
    const std::unique_ptr<Job>& job = jobs_[number];
    TuneRow& row = job->row();
    row.profile.prepare_ms += MillisecondsSince(start);
    const auto finish = [&](const char* stopped) {
      job->FinishRow();
      row.stopped = stopped;
      rows[number] = row;
    };
    try {
      if (run_.options.dry_run) {
        job->DryRun();
      } else if (run_.options.refresh && standing.turns == 1 && !earlier_[number].empty()) {
        job->Refresh(earlier_[number]);
      } else {
        job->Run();
      }
      if (!run_.options.dry_run) standing = job->Standing();
      if (run_.options.portable) results_[task.kernel->name][task.problem] = job->results();
      rows[number] = row;
    } catch (const Interrupted&) {
      finish("interrupted");
      throw;
    } catch (const WorkerFailed& error) {
      row.notes.emplace_back(error.what());
      finish("failed");
      errors.emplace_back(error.what());
    }
  }

  // The few fastest of each problem are measured at every other one; the best of them by geometric mean is the portable one.
  void FindPortable(const std::string& kernel) {
    constexpr std::size_t kOfEach = 3;
    auto& by_problem = results_[kernel];
    if (by_problem.size() < 2) return;
    std::map<std::string, std::pair<std::string, Values>> candidates;
    for (const auto& [problem, results] : by_problem) {
      std::vector<const Measurement*> fastest;
      for (const auto& [key, result] : results)
        if (result.outcome == Outcome::kOk) fastest.push_back(&result);
      std::ranges::sort(fastest, {}, [](const Measurement* m) { return m->statistics.median_ns; });
      for (std::size_t i = 0; i < std::min(kOfEach, fastest.size()); ++i)
        candidates[VariantKey(fastest[i]->pattern, fastest[i]->point)] = {fastest[i]->pattern, fastest[i]->point};
    }
    for (const Task& task : tasks_)
      if (task.kernel->name == kernel) Complete(task, candidates, by_problem[task.problem]);
    const PortableRow best = BestOverAll(kernel, candidates, by_problem);
    if (best.problems > 0)
      portable.push_back(best);
    else
      left_out.push_back(
          fmt::format("{}: no variant was measured at every problem, so that none is known to be portable", kernel));
  }

  void Complete(const Task& task, const std::map<std::string, std::pair<std::string, Values>>& candidates,
                std::map<std::string, Measurement>& known) {
    if (known.empty()) return;  // this device cannot run it
    const auto start = Clock::now();
    SwitchKernel(task);
    Job job(run_, *client_, device_, {}, task.kernel, task.problem, CompileFor(*task.kernel), 0);
    job.row().profile.prepare_ms = MillisecondsSince(start);
    for (const auto& [key, variant] : candidates) {
      if (run_.deadline && SecondsLeft() <= 0) break;
      if (const auto measured = job.MeasureVariant(variant.first, variant.second)) known[key] = *measured;
    }
    job.Rest();
    extra.Add(job.row().profile);
  }

  PortableRow BestOverAll(const std::string& kernel, const std::map<std::string, std::pair<std::string, Values>>& candidates,
                          const std::map<Values, std::map<std::string, Measurement>>& by_problem) const {
    PortableRow best;
    for (const auto& [text, variant] : candidates) {
      PortableRow row{device_.name, kernel, text, 0, 1, {}, 0};
      double logarithms = 0;
      for (const auto& [problem, results] : by_problem) {
        double fastest_ns = 0;
        for (const auto& [key, result] : results)
          if (result.outcome == Outcome::kOk && (fastest_ns == 0 || result.statistics.median_ns < fastest_ns))
            fastest_ns = result.statistics.median_ns;
        const auto own = results.find(text);
        if (own == results.end() || own->second.outcome != Outcome::kOk) break;
        const double share = fastest_ns / own->second.statistics.median_ns;
        logarithms += std::log(share);
        if (row.problems++ == 0 || share < row.worst_share) {
          row.worst_share = share;
          row.worst_problem = problem;
        }
      }
      if (row.problems != static_cast<int>(by_problem.size())) continue;  // it does not work everywhere
      row.mean_share = std::exp(logarithms / row.problems);
      if (row.mean_share > best.mean_share) best = row;
    }
    return best;
  }

  TuneRun run_;  // a copy: each device has its own run in the database
  Compiler& compiler_;
  std::vector<Helper*> helpers_;
  std::vector<Task> tasks_;                 // that this device can hold
  std::vector<std::unique_ptr<Job>> jobs_;  // by task; nullptr: not begun
  std::vector<SearchStanding> standings_;   // by task
  Client* client_ = nullptr;
  DeviceInfo device_;
  std::map<std::pair<const Kernel*, Values>, KernelMessage> messages_;                   // by kernel and types
  const KernelMessage* message_ = nullptr;                                               // that the workers have
  std::vector<std::vector<Measurement>> earlier_;                                        // by task
  std::map<std::string, std::map<Values, std::map<std::string, Measurement>>> results_;  // kernel, problem, VariantKey
  std::jthread preparing_;                                                               // the next task
};

// The first compilation takes a while (glslang reads its built-in functions). Errors show when the variant is asked for.
void CompileFirst(Compiler& compiler, const Task& task) {
  if (task.kernel->patterns.empty()) return;
  const Pattern& pattern = task.kernel->patterns.front();
  try {
    compiler.Compile(*task.kernel, pattern.name, pattern.default_point, TypesOf(*task.kernel, task.problem));
  } catch (const Error&) {
  }
}

// One group a run: devices that share, or a device alone.
std::vector<std::vector<Helper*>> Groups(const std::vector<std::unique_ptr<Helper>>& helpers, bool share) {
  std::vector<std::vector<Helper*>> groups;
  if (!share) {
    for (const auto& helper : helpers) groups.push_back({helper.get()});
    return groups;
  }
  std::map<std::string, std::size_t> group_of;
  for (const auto& helper : helpers) {
    std::string key;
    helper->Post([&key](Client& client) { key = client.Start().Key(); });
    helper->Wait();
    const auto [group, is_new] = group_of.emplace(key, groups.size());
    if (is_new) groups.emplace_back();
    groups[group->second].push_back(helper.get());
  }
  return groups;
}

constexpr double TuneProfile::*kParts[] = {&TuneProfile::start_ms,   &TuneProfile::prepare_ms,  &TuneProfile::strategy_ms,
                                           &TuneProfile::compile_ms, &TuneProfile::pipeline_ms, &TuneProfile::check_ms,
                                           &TuneProfile::timing_ms,  &TuneProfile::playoff_ms,  &TuneProfile::store_ms,
                                           &TuneProfile::other_ms};
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

TuneReport Tune(const std::vector<std::string>& kernel_dirs, Store& store, const TuneOptions& options,
                const TuneCallback& callback) {
  const auto start = Clock::now();
  if (!options.strategy.empty()) FindStrategy(options.strategy);  // a wrong name: before anything is measured
  const std::vector<Task> tasks = TasksOf(kernel_dirs, options);
  Compiler compiler({.include_dirs = options.include_dirs, .threads = 0});
  std::mutex store_lock, callback_lock;
  const TuneRun run{options, store, store_lock, callback_lock, callback, start, options.budget, {}, 0, {}, 0, {}};

  std::jthread first;  // while the workers start
  if (!options.dry_run && !tasks.empty()) first = std::jthread([&] { CompileFirst(compiler, tasks.front()); });
  const std::vector<std::string> devices = options.devices.empty() ? std::vector<std::string>{""} : options.devices;
  std::vector<std::unique_ptr<Helper>> helpers;
  for (const std::string& device : devices) helpers.push_back(std::make_unique<Helper>(ClientOptionsOf(device, options)));
  std::vector<std::unique_ptr<DeviceRun>> runs;
  const std::vector<std::vector<Helper*>> groups = Groups(helpers, options.share);
  for (const std::vector<Helper*>& group : groups) {
    std::vector<Helper*> others(group.begin() + 1, group.end());
    runs.push_back(std::make_unique<DeviceRun>(run, compiler, others, tasks));
    group.front()->Post([&each = *runs.back()](Client& client) { each(client); });
  }
  std::exception_ptr error;
  for (const std::vector<Helper*>& group : groups) {
    try {
      group.front()->Wait();
    } catch (...) {
      if (!error) error = std::current_exception();
    }
  }
  if (error) std::rethrow_exception(error);
  TuneReport report;
  for (const auto& each : runs) {
    report.interrupted |= each->interrupted;
    report.profile.Add(each->extra);
    report.left_out.insert(report.left_out.end(), each->left_out.begin(), each->left_out.end());
    report.errors.insert(report.errors.end(), each->errors.begin(), each->errors.end());
    report.portable.insert(report.portable.end(), each->portable.begin(), each->portable.end());
    for (auto& [task, row] : each->rows) {
      report.profile.Add(row.profile);
      report.rows.push_back(std::move(row));
    }
  }
  report.profile.total_ms = MillisecondsSince(start) * static_cast<double>(helpers.size());
  return report;
}

}  // namespace hone
