// One worker's way through its tasks, a turn after the other, until the time is over.
//
// Where a GPU measures, several lanes share it, each with tasks of its own: while one times a variant, the others wait for
// their compilers. Who works on the device holds its turn (tuner/turn_lock.h).
#pragma once

#include <map>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "compiler/compile.h"
#include "tuner/job.h"
#include "tuner/messages.h"
#include "tuner/portable.h"
#include "tuner/thread_pool.h"
#include "tuner/time_share.h"

namespace hone {

class Lane {
 public:
  // device: of the worker that operator() is given. helpers: workers that measure for this lane beside it.
  Lane(const TuneRun& run, Compiler& compiler, ThreadPool& pool, const DeviceInfo& device, std::vector<Helper*> helpers,
       std::vector<Task> tasks);

  // Errors: Error; not for what a task cannot do, nor for an interruption.
  void operator()(Client& client);

  std::map<int, TuneRow> rows;  // by Task::number
  std::vector<PortableRow> portable;
  std::vector<std::string> left_out, errors;
  TuneProfile extra;  // what no row has
  bool interrupted = false;

 private:
  double SecondsLeft() const;
  double SecondsForPortable() const;
  double SecondsToSearch() const;
  void GiveTime(double seconds);
  std::string MissingOf(const Task& task) const;
  CompileVariant CompileFor(const Kernel& kernel);
  void Prepare(std::size_t index);
  void PrepareNext(std::size_t index);
  void SwitchKernel(const Task& task);
  void Do(const Turn& turn);
  void FindPortable(const std::string& kernel);
  void Complete(const Task& task, const Variants& candidates, ResultsByVariant& known);

  TuneRun run_;  // a copy: budget and deadline are the lane's own
  Compiler& compiler_;
  ThreadPool& pool_;
  const DeviceInfo device_;
  std::vector<Helper*> helpers_;
  std::vector<Task> tasks_;
  std::vector<std::unique_ptr<Job>> jobs_;  // by task; nullptr: not begun
  std::vector<SearchStanding> standings_;   // by task
  Client* client_ = nullptr;
  std::map<std::pair<const Kernel*, Values>, KernelMessage> messages_;  // by kernel and types
  const KernelMessage* message_ = nullptr;                              // that the workers have
  std::map<std::string, ResultsByProblem> results_;                     // by kernel
  std::jthread preparing_;                                              // the next task
};

}  // namespace hone
