#include "tuner/device_run.h"

#include <fmt/format.h>

#include <algorithm>
#include <exception>
#include <functional>
#include <map>
#include <set>
#include <span>
#include <utility>

#include "tuner/clock.h"
#include "tuner/prepare.h"
#include "tuner/strategy.h"

namespace hone {
namespace {

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

}  // namespace

std::vector<std::vector<Task>> TasksOfLanes(const std::vector<Task>& tasks, std::size_t most, bool timed) {
  std::set<const Kernel*> kernels;
  for (const Task& task : tasks) kernels.insert(task.kernel.get());
  const bool apart = timed && kernels.size() < most;
  std::vector<std::vector<Task>> lanes(std::clamp<std::size_t>(apart ? tasks.size() : kernels.size(), 1, most));
  std::vector<Task>* lane = nullptr;
  for (const Task& task : tasks) {
    if (apart || !lane || lane->back().kernel != task.kernel)
      lane = &*std::ranges::min_element(lanes, {}, &std::vector<Task>::size);
    lane->push_back(task);
  }
  return lanes;
}

DeviceRun::DeviceRun(const TuneRun& run, Compiler& compiler, std::vector<Helper*> others, std::vector<Task> tasks)
    : run_(run), compiler_(compiler), others_(std::move(others)), tasks_(std::move(tasks)) {}

void DeviceRun::operator()(Client& client) {
  try {
    const auto start = Clock::now();
    device_ = client.Start();
    start_ms_ = MillisecondsSince(start);
    LeaveOut();
    BeginRun();
    RunLanes(client);
  } catch (const Interrupted&) {
    interrupted_ = true;
  }
  if (run_.run == 0 || interrupted_ || std::ranges::any_of(lanes_, &Lane::interrupted)) return;
  const std::lock_guard lock(run_.store_lock);
  run_.store.EndRun(run_.run);
}

void DeviceRun::LeaveOut() {
  std::erase_if(tasks_, [&](const Task& task) {
    const std::string why = task.asked_for ? "" : TooLargeFor(device_, *task.kernel, task.problem);
    if (why.empty()) return false;
    left_out_.push_back(fmt::format("{} {}: left out: {}", task.kernel->name, task.problem.ToText(), why));
    return true;
  });
  for (std::size_t i = 0; i < tasks_.size(); ++i) tasks_[i].number = static_cast<int>(i);
  run_.tasks = static_cast<int>(tasks_.size());
}

void DeviceRun::BeginRun() {
  const std::lock_guard lock(run_.store_lock);
  if (run_.options.refresh)
    for (Task& task : tasks_) task.earlier = EarlierBest(run_.store, task, device_);  // before a new source hides its old one
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

// On a CPU device one lane would disturb what another times.
std::size_t DeviceRun::MostLanes() const {
  const TuneOptions& options = run_.options;
  if (options.share || options.dry_run || (device_.type == "cpu" && options.lanes <= 0)) return 1;
  double largest = 0;
  for (const Task& task : tasks_) largest = std::max(largest, BytesToMeasure(*task.kernel, task.problem));
  return std::min(1 + others_.size(), WorkersThatFit(device_, largest));
}

// Starts the workers of further lanes, all at once. One that does not start leaves its work to the others.
std::vector<Helper*> DeviceRun::StartOthers(std::size_t count) {
  const std::span<Helper* const> wanted = std::span(others_).first(count);
  for (Helper* other : wanted) other->Post([](Client& client) { client.Start(); });
  std::vector<Helper*> started;
  for (Helper* other : wanted) {
    try {
      other->Wait();
      started.push_back(other);
    } catch (const Error& error) {
      left_out_.push_back(fmt::format("one lane fewer: {}", error.what()));
    }
  }
  return started;
}

void DeviceRun::RunLanes(Client& client) {
  const TuneOptions& options = run_.options;
  const int cores = static_cast<int>(ThreadCount(0));
  pool_.emplace(options.compile_threads > 0 ? options.compile_threads : device_.type == "cpu" ? cores / 2 : cores);
  const std::vector<Helper*> sharers = options.share ? others_ : std::vector<Helper*>();
  const bool timed = options.total_seconds > 0 && !options.portable;  // what is portable is asked of all of a kernel's problems
  const std::vector<Helper*> others = StartOthers(TasksOfLanes(tasks_, MostLanes(), timed).size() - 1);
  for (std::vector<Task>& tasks : TasksOfLanes(tasks_, 1 + others.size(), timed))
    lanes_.emplace_back(run_, compiler_, *pool_, device_, sharers, std::move(tasks));
  for (std::size_t i = 1; i < lanes_.size(); ++i) others[i - 1]->Post(std::ref(lanes_[i]));
  std::exception_ptr error;
  try {
    lanes_.front()(client);
  } catch (...) {
    error = std::current_exception();
  }
  for (std::size_t i = 1; i < lanes_.size(); ++i) {
    try {
      others[i - 1]->Wait();
    } catch (...) {
      error = std::current_exception();
    }
  }
  if (error) std::rethrow_exception(error);
}

std::size_t DeviceRun::workers() const {
  return run_.options.share ? 1 + others_.size() : std::max<std::size_t>(lanes_.size(), 1);
}

void DeviceRun::AddTo(TuneReport& report) const {
  report.profile.start_ms += start_ms_;
  report.interrupted |= interrupted_;
  report.left_out.insert(report.left_out.end(), left_out_.begin(), left_out_.end());
  std::map<int, const TuneRow*> rows;  // in the order of their tasks
  for (const Lane& lane : lanes_) {
    report.interrupted |= lane.interrupted;
    report.profile.Add(lane.extra);
    report.left_out.insert(report.left_out.end(), lane.left_out.begin(), lane.left_out.end());
    report.errors.insert(report.errors.end(), lane.errors.begin(), lane.errors.end());
    report.portable.insert(report.portable.end(), lane.portable.begin(), lane.portable.end());
    for (const auto& [number, row] : lane.rows) rows[number] = &row;
  }
  for (const auto& [number, row] : rows) {
    report.profile.Add(row->profile);
    report.rows.push_back(*row);
  }
}

}  // namespace hone
