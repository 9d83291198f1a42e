// The tuner's side of a worker: asks it to measure, waits no longer than each phase may take, and turns whatever becomes of the
// worker into an outcome. Starts another one when needed.
//
// A variant at which a worker crashed is tried once more on a fresh worker, so that the one before it is not to blame. A worker
// that was killed from outside (SIGKILL) is nobody's fault: the variant is repeated, a few times.
//
// While a variant is measured, the worker makes the driver's pipelines of those that come next. When it dies meanwhile, anybody
// may have been at fault: the variant is repeated on a worker that makes none ahead, and those that were being made never are
// again, so that each, when its turn comes, crashes alone or not at all.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "tuner/messages.h"
#include "tuner/process.h"

namespace hone {

// Thrown out of a search when the user asked to stop; never leaves tuner/.
struct Interrupted {};

// The worker cannot do what a kernel asks for at all (its reference does not run here): a task fails, the run need not.
class WorkerFailed : public Error {
 public:
  using Error::Error;
};

struct ClientOptions {
  std::vector<std::string> command;  // of the worker process; "--fd N" is added
  std::string device;                // as ContextOptions::device
  BenchOptions bench;
  double start_timeout_ms = 60000;
  double pipeline_timeout_ms = 60000;
  double grace_ms = 5000;      // beyond what the worker's own deadlines allow
  int pipelines_ahead = -1;    // threads of the worker for that; -1: as the device is, none on a CPU
  std::function<bool()> stop;  // asked every 50 ms; true: leave everything
};

class Client {
 public:
  explicit Client(ClientOptions options);
  ~Client();

  // Starts the worker if none runs. Errors: Error when the device does not exist, or the worker died three times at start-up.
  const DeviceInfo& Start();

  void SetKernel(KernelMessage kernel);

  // What will be measured soon, most likely first (numbers aside); asked now and then while a variant is measured.
  using Upcoming = std::function<std::vector<ExpectedVariant>()>;
  // meanwhile: called while the worker is at it, of several attempts in each; perhaps in none. Never fails for what the variant
  // did. Errors: Error, and what `meanwhile` throws; throws Interrupted.
  Measurement Measure(const BenchRequest& request, const Upcoming& upcoming = {}, const std::function<void()>& meanwhile = {});

  struct PlayoffResult {
    std::vector<std::vector<double>> times_ns;  // Shape: [request][round]
    std::vector<std::vector<double>> joules;    // likewise; without rounds unless BenchOptions::energy
    std::optional<std::size_t> culprit;         // the request at which the worker died; the times are then those before
    std::string message;
  };
  PlayoffResult Playoff(const std::vector<BenchRequest>& requests, int rounds);

  int worker_pid() const { return process_ ? process_->pid() : -1; }
  double turn_ms() const { return turn_ms_; }  // that its workers have waited for their turns on the device, so far
  int restarts() const { return starts_ > 0 ? starts_ - 1 : 0; }

 private:
  // What came of waiting for an answer: a message, or the worker's end.
  struct Answer {
    std::optional<Message> message;
    Outcome outcome = Outcome::kOk;  // when there is no message: kTimeout or kCrash
    std::string text;
    bool from_outside = false;  // killed by another's SIGKILL
  };
  bool Running() const { return process_ != nullptr; }
  bool StartOnce(std::string& failure);
  Answer Wait(std::uint64_t id, const Upcoming& upcoming);
  int ThreadsAhead() const;
  void Expect(const Upcoming& upcoming);
  bool SuspectThoseAhead();
  std::chrono::steady_clock::time_point DeadlineOf(Phase phase) const;
  Answer Ended(std::string_view fact, bool kill, Outcome outcome);
  void Send(const Message& message);
  [[noreturn]] void Failed(const Message& message);

  ClientOptions options_;
  std::unique_ptr<Process> process_;
  DeviceInfo device_;
  std::optional<KernelMessage> kernel_;
  std::uint64_t next_id_ = 1;
  int starts_ = 0, measured_by_this_worker_ = 0;
  Phase phase_ = Phase::kIdle;
  std::string phase_what_;
  std::chrono::steady_clock::time_point phase_since_{};
  double turn_ms_ = 0;
  std::chrono::steady_clock::time_point next_expect_{};
  std::map<std::string, std::uint64_t> expected_;  // what this worker was told, with its number
  std::set<std::uint64_t> being_made_;             // of those, by the worker's word
  std::set<std::string> suspects_;                 // were being made when a worker died
};

}  // namespace hone
