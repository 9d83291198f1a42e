// Everything on one device: one run in the database, measured by one lane, or by several that take turns on the device.
#pragma once

#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "compiler/compile.h"
#include "tuner/helper.h"
#include "tuner/job.h"
#include "tuner/lane.h"
#include "tuner/report.h"
#include "tuner/thread_pool.h"

namespace hone {

// Deals tasks out to at most so many lanes. A kernel's problems stay together, since each begins with what those before it
// found best; but where there are fewer kernels than lanes, an amount of time (timed) is better used with all of them.
std::vector<std::vector<Task>> TasksOfLanes(const std::vector<Task>& tasks, std::size_t most, bool timed);

class DeviceRun {
 public:
  // others: beside the one that operator() is called by. With TuneOptions::share, workers of further devices that measure for
  // this one's lane; else of the same device, for lanes of their own.
  DeviceRun(const TuneRun& run, Compiler& compiler, std::vector<Helper*> others, std::vector<Task> tasks);

  // In the thread of the first worker. Errors: Error.
  void operator()(Client& client);
  void AddTo(TuneReport& report) const;
  std::size_t workers() const;  // that had something to do

 private:
  void LeaveOut();
  void BeginRun();
  std::size_t MostLanes() const;
  std::vector<Helper*> StartOthers(std::size_t count);
  void RunLanes(Client& client);

  TuneRun run_;  // a copy: each device has its own run in the database
  Compiler& compiler_;
  std::vector<Helper*> others_;
  std::vector<Task> tasks_;  // that this device can hold
  DeviceInfo device_;
  std::optional<ThreadPool> pool_;  // that compiles
  std::deque<Lane> lanes_;
  std::vector<std::string> left_out_;
  double start_ms_ = 0;
  bool interrupted_ = false;  // before there were lanes
};

}  // namespace hone
