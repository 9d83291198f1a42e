#include "tuner/lane.h"

#include <fmt/format.h>

#include <exception>
#include <utility>

#include "tuner/clock.h"
#include "tuner/contract.h"
#include "tuner/helper.h"
#include "tuner/prepare.h"

namespace hone {
namespace {

constexpr double kPortableShare = 0.2;  // of --seconds, for what --portable measures

}  // namespace

Lane::Lane(const TuneRun& run, Compiler& compiler, ThreadPool& pool, const DeviceInfo& device, std::vector<Helper*> helpers,
           std::vector<Task> tasks)
    : run_(run),
      compiler_(compiler),
      pool_(pool),
      device_(device),
      helpers_(std::move(helpers)),
      tasks_(std::move(tasks)),
      jobs_(tasks_.size()),
      standings_(tasks_.size()) {}

void Lane::operator()(Client& client) {
  client_ = &client;
  try {
    while (const auto turn = NextTurn(SecondsToSearch(), SecondsLeft() - SecondsForPortable(), standings_)) Do(*turn);
    if (run_.options.portable && !run_.options.dry_run)
      for (const auto& [name, by_problem] : results_) FindPortable(name);
  } catch (const Interrupted&) {
    interrupted = true;
  } catch (...) {
    run_.broken = true;
    throw;
  }
}

// --- time ---

double Lane::SecondsLeft() const { return run_.options.total_seconds - MillisecondsSince(run_.start) * 1e-3; }
double Lane::SecondsForPortable() const { return run_.options.portable ? kPortableShare * run_.options.total_seconds : 0; }
double Lane::SecondsToSearch() const { return run_.options.total_seconds - SecondsForPortable(); }

void Lane::GiveTime(double seconds) {
  run_.budget = run_.options.budget;
  run_.deadline.reset();
  if (seconds > 0)
    run_.deadline = Clock::now() + std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(seconds));
}

// --- what a task needs before its turn ---

std::string Lane::MissingOf(const Task& task) const {
  return MissingFor(*task.kernel, TypesOf(*task.kernel, task.problem), device_);
}

CompileVariant Lane::CompileFor(const Kernel& kernel) {
  return [this, &kernel](const std::string& pattern, const Values& point, const Values& types) {
    const auto start = Clock::now();
    CompileResult result = compiler_.Compile(kernel, pattern, point, types);
    const std::string text = result.ok() ? std::string() : result.ToText();
    return Compiled{std::move(result.binary), text, MillisecondsSince(start)};
  };
}

// What a task's first turn needs of the compiler and the database; on any thread.
void Lane::Prepare(std::size_t index) {
  const Task& task = tasks_[index];
  if (jobs_[index]) return;
  const Values types = TypesOf(*task.kernel, task.problem);
  if (!messages_.contains({task.kernel.get(), types})) {
    if (!run_.options.dry_run) {
      const std::lock_guard lock(run_.store_lock);
      run_.store.PutKernel(*task.kernel);
    }
    messages_[{task.kernel.get(), types}] = PrepareKernel(compiler_, task.kernel, types);
  }
  jobs_[index] = std::make_unique<Job>(run_, *client_, device_, helpers_, task, CompileFor(*task.kernel), pool_);
}

// The next task is prepared while this one holds its play-off. On a CPU device that would disturb what is timed, as
// pipelines ahead do.
void Lane::PrepareNext(std::size_t index) {
  const bool disturbs = device_.type == "cpu" && run_.options.pipelines_ahead <= 0;
  if (disturbs || index >= tasks_.size() || !MissingOf(tasks_[index]).empty()) return;
  preparing_ = std::jthread([this, index] {
    try {
      Prepare(index);
      jobs_[index]->CompileFirst();
    } catch (const std::exception&) {  // its turn will tell
      jobs_[index].reset();
    }
  });
}

void Lane::SwitchKernel(const Task& task) {
  const KernelMessage& message = messages_.at({task.kernel.get(), TypesOf(*task.kernel, task.problem)});
  if (&message == message_) return;
  client_->SetKernel(message);
  for (Helper* helper : helpers_) {
    helper->Post([&message](Client& client) { client.SetKernel(message); });
    helper->Wait();
  }
  message_ = &message;
}

// --- turns ---

void Lane::Do(const Turn& turn) {
  const std::size_t index = turn.job;
  const Task& task = tasks_[index];
  SearchStanding& standing = standings_[index];
  ++standing.turns;
  standing.open = false;
  if (const std::string missing = MissingOf(task); !missing.empty()) {
    TuneRow& row = rows[task.number];
    row.device = device_.name;
    row.device_key = device_.Key();
    row.kernel = task.kernel->name;
    row.problem = task.problem;
    row.stopped = missing;
    return;
  }
  const auto start = Clock::now();
  if (preparing_.joinable()) preparing_.join();
  Prepare(index);
  SwitchKernel(task);
  GiveTime(run_.options.dry_run ? SecondsToSearch() / static_cast<double>(tasks_.size()) : turn.seconds);
  run_.compilers_idle = [this, index] {
    if (standings_[index].turns == 1) PrepareNext(index + 1);
  };
  const std::unique_ptr<Job>& job = jobs_[index];
  TuneRow& row = job->row();
  row.profile.prepare_ms += MillisecondsSince(start);
  const auto finish = [&](const char* stopped) {
    job->FinishRow();
    row.stopped = stopped;
    rows[task.number] = row;
  };
  try {
    if (run_.options.dry_run) {
      job->DryRun();
    } else if (run_.options.refresh && standing.turns == 1 && !task.earlier.empty()) {
      job->Refresh(task.earlier);
    } else {
      job->Run();
    }
    if (!run_.options.dry_run) standing = job->Standing();
    if (run_.options.portable) results_[task.kernel->name][task.problem] = job->results();
    rows[task.number] = row;
  } catch (const Interrupted&) {
    finish("interrupted");
    throw;
  } catch (const WorkerFailed& error) {
    row.notes.emplace_back(error.what());
    finish("failed");
    errors.emplace_back(error.what());
  }
}

// --- the portable variant ---

void Lane::FindPortable(const std::string& kernel) {
  ResultsByProblem& by_problem = results_[kernel];
  if (by_problem.size() < 2) return;
  const Variants candidates = PortableCandidates(by_problem);
  for (const Task& task : tasks_)
    if (task.kernel->name == kernel) Complete(task, candidates, by_problem[task.problem]);
  PortableRow best = MostPortable(candidates, by_problem);
  best.device = device_.name;
  best.kernel = kernel;
  if (best.problems > 0)
    portable.push_back(best);
  else
    left_out.push_back(
        fmt::format("{}: no variant was measured at every problem, so that none is known to be portable", kernel));
}

// Measures the candidates at this problem, too.
void Lane::Complete(const Task& task, const Variants& candidates, ResultsByVariant& known) {
  if (known.empty()) return;  // this device cannot run it
  const auto start = Clock::now();
  SwitchKernel(task);
  Job job(run_, *client_, device_, {}, task, CompileFor(*task.kernel), pool_);
  job.row().profile.prepare_ms = MillisecondsSince(start);
  for (const auto& [key, variant] : candidates) {
    if (run_.deadline && SecondsLeft() <= 0) break;
    if (const auto measured = job.MeasureVariant(variant.first, variant.second)) known[key] = *measured;
  }
  job.Rest();
  extra.Add(job.row().profile);
}

}  // namespace hone
