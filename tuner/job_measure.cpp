// How a job comes by the measurements that its search asks for.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "tuner/clock.h"
#include "tuner/contract.h"
#include "tuner/identity.h"
#include "tuner/job.h"

namespace hone {
namespace {

constexpr int kThreadsToSpeculate = 4;  // with fewer, what is guessed would delay what is asked

}  // namespace

// On any thread.
Compiled Job::Prepare(PointId point) const {
  Compiled variant = compile_(space_.PatternOf(point), space_.PointOf(point), types_);
  if (!variant.binary) return variant;
  variant.identity = IdentityOf(*variant.binary, problem_, device_);
  variant.compressed = CompressModules(*variant.binary);
  for (const Values& small : check_problems_)
    if (IsLegal(variant.binary->GetPattern(), variant.binary->point, small, device_)) variant.check_problems.push_back(small);
  return variant;
}

BenchRequest Job::RequestFor(const Binary& binary) const {
  BenchRequest request;
  request.binary = binary;
  request.problem = problem_;
  if (leader_ && run_.options.goal == TuneGoal::kTime) request.stop_above_ns = leader_->statistics.high_ns;
  return request;
}

Measurement Job::AskWorker(const Compiled& variant, const Worker& worker) {
  const Binary& binary = *variant.binary;
  Measurement pending;
  pending.kernel = kernel_->name;
  pending.pattern = binary.pattern;
  pending.point = binary.point;
  pending.problem = problem_;
  pending.outcome = Outcome::kPending;
  pending.message = AboutToRun();
  pending.phase = "search";
  const auto begin = Clock::now();
  {
    const std::lock_guard lock(run_.store_lock);
    run_.store.MarkPending(run_.run, device_, pending);
  }
  const double store_ms = MillisecondsSince(begin);
  BenchRequest request;
  {
    const std::lock_guard lock(lock_);
    request = RequestFor(binary);
    request.check_problems = variant.check_problems;
  }
  const bool quiet = device_.type == "cpu" && helpers_.empty();
  if (quiet) ahead_.Pause(true);
  const auto start = Clock::now();
  const double turn_before_ms = worker.client.turn_ms();
  const auto upcoming = [this, &worker] {
    std::vector<ExpectedVariant> expected;
    for (const auto& ready : ahead_.Ready())
      if (worker.Makes(ready->point)) expected.push_back({0, *ready->binary, problem_, ready->check_problems});
    return expected;
  };
  bool binary_stored = false;
  const auto store_binary = [&] {  // before its result, at the latest
    if (std::exchange(binary_stored, true)) return;
    const std::lock_guard lock(run_.store_lock);
    run_.store.PutBinary(binary, variant.compressed);
  };
  Measurement result = worker.client.Measure(request, upcoming, store_binary);
  store_binary();
  if (quiet) ahead_.Pause(false);
  const double asked_ms = MillisecondsSince(start), turn_ms = worker.client.turn_ms() - turn_before_ms;
  result.kernel = kernel_->name;
  result.problem = problem_;
  result.phase = "search";
  const std::lock_guard lock(lock_);
  row_.profile.store_ms += store_ms;
  row_.profile.pipeline_ms += result.pipeline_ms;
  row_.profile.check_ms += result.check_ms;
  row_.profile.timing_ms += result.bench_ms;
  row_.profile.turn_ms += turn_ms;
  row_.profile.other_ms += std::max(0.0, asked_ms - turn_ms - result.pipeline_ms - result.check_ms - result.bench_ms);
  if (std::fabs(drift_ - 1) > 0.03) result.properties["drift"] = drift_;
  return result;
}

Measurement Job::MeasureNew(PointId point, const Worker& worker) {
  const auto start = Clock::now();
  const std::shared_ptr<const Compiled> taken = ahead_.Take(point);
  const Compiled& compiled = *taken;
  const double waited_ms = MillisecondsSince(start);
  Measurement result;
  bool twin_found = false;
  if (!compiled.binary) {
    result.outcome = Outcome::kCompileError;
    result.message = compiled.message;
  } else {
    const std::lock_guard lock(lock_);
    const auto [same, is_new] = same_code_.emplace(compiled.identity, KeyOf(point));
    const auto twin = is_new ? results_.end() : results_.find(same->second);
    if (twin != results_.end()) {
      twin_found = true;
      result = twin->second;
      result.pipeline_ms = result.check_ms = result.bench_ms = 0;
      if (result.outcome == Outcome::kOk) result.message = "the same code as " + same->second;
      ++row_.duplicates;
    }
  }
  if (compiled.binary && twin_found) {
    const std::lock_guard lock(run_.store_lock);
    run_.store.PutBinary(*compiled.binary, compiled.compressed);
  }
  if (compiled.binary && !twin_found) result = AskWorker(compiled, worker);
  result.kernel = kernel_->name;
  result.pattern = space_.PatternOf(point);
  result.point = space_.PointOf(point);
  result.problem = problem_;
  result.phase = "search";
  result.compile_ms = compiled.ms;
  result.unix_ms = UnixMilliseconds();
  const double store_ms = Put(result);
  const std::lock_guard lock(lock_);
  row_.profile.compile_ms += waited_ms;
  pace_.Measured(waited_ms + result.pipeline_ms, result.check_ms + result.bench_ms);
  row_.profile.compiled_ms += compiled.ms;
  row_.profile.store_ms += store_ms;
  ++row_.measured;
  searched_[KeyOf(point)] = ObservationOf(result);
  Keep(result);
  if (compiled.binary && leader_ && leader_->pattern == result.pattern && leader_->point == result.point)
    leader_binary_ = compiled.binary;
  return result;
}

// What this run or an earlier one knows of a point; a helper that is at it is waited for.
const Measurement* Job::FindKnown(PointId point) {
  const std::string key = KeyOf(point);
  std::unique_lock lock(lock_);
  helped_.wait(lock, [&] { return !in_flight_.contains(point); });
  std::erase(queue_, point);
  if (const auto result = results_.find(key); result != results_.end()) return &result->second;
  const auto stored = stored_.find(key);
  if (stored == stored_.end()) return nullptr;
  Keep(stored->second);
  ++row_.reused;
  return &stored->second;
}

Observation Job::Measure(PointId point) {
  if (run_.options.stop && run_.options.stop()) throw Interrupted{};
  Speculate(point);
  const Measurement* known = FindKnown(point);
  const Measurement measured = known ? *known : MeasureNew(point, WorkerOf(client_, 0));
  ++done_;
  Report(TuneProgress::Stage::kSearch, &measured);
  if (!known) WatchDrift();
  const std::lock_guard lock(lock_);
  const auto searched = searched_.find(KeyOf(point));  // a play-off has timed it again since, which must not change the search
  const bool usable = searched != searched_.end() && searched->second.ok() == (measured.outcome == Outcome::kOk);
  const Observation seen = usable ? searched->second : ObservationOf(measured);
  if (searching_) asked_.emplace_back(point, seen);
  return seen;
}

// A strategy that announces nothing moves in small steps: its next points are likely neighbours of this one.
void Job::Speculate(PointId point) {
  if (!searching_ || announced_.contains(point) || !helpers_.empty() || compile_threads_ < kThreadsToSpeculate) return;
  std::vector<PointId> near{point};
  space_.Neighbours(point, Neighbourhood::kHamming, near);
  Expect(near);
  announced_.clear();
}

void Job::Expect(std::span<const PointId> points) {
  announced_ = {points.begin(), points.end()};
  std::vector<PointId> unknown(points.begin(), points.end());
  {
    const std::lock_guard lock(lock_);
    std::erase_if(unknown, [this](PointId point) {
      const std::string key = KeyOf(point);
      return results_.contains(key) || stored_.contains(key) || in_flight_.contains(point);
    });
    const std::uint64_t left = total_ > done_ ? total_ - done_ : 0;  // helpers do not measure beyond the budget
    queue_.assign(unknown.begin(),
                  unknown.begin() + static_cast<std::ptrdiff_t>(std::min<std::uint64_t>(left, unknown.size())));
  }
  helped_.notify_all();
  ahead_.Expect(unknown);
}

std::size_t Job::PointsAhead(std::size_t most) {
  const std::lock_guard lock(lock_);
  return std::min(most, pace_.points());
}

// --- helpers ---

void Job::Help(const Worker& worker) {
  std::unique_lock lock(lock_);
  for (;;) {
    // One is left to the search itself, which asks for it in a moment.
    helped_.wait(lock, [this] { return help_over_ || queue_.size() > 1; });
    if (help_over_) return;
    auto next = std::find_if(queue_.begin() + 1, queue_.end(), [&](PointId each) { return worker.Makes(each); });
    if (next == queue_.end()) next = queue_.begin() + 1;
    const PointId point = *next;
    queue_.erase(next);
    in_flight_.insert(point);
    lock.unlock();
    std::string failure;
    try {
      MeasureNew(point, worker);
    } catch (const Interrupted&) {
      failure = "interrupted";
    } catch (const std::exception& error) {
      failure = error.what();
    }
    lock.lock();
    in_flight_.erase(point);
    helped_.notify_all();
    if (failure.empty()) continue;
    if (failure != "interrupted") row_.notes.push_back("a second worker left: " + failure);
    return;
  }
}

void Job::StopHelpers() {
  {
    const std::lock_guard lock(lock_);
    help_over_ = true;
    queue_.clear();
  }
  helped_.notify_all();
  for (Helper* helper : helpers_) helper->Wait();
}

std::optional<Measurement> Job::MeasureVariant(const std::string& pattern, const Values& point) {
  const std::optional<PointId> id = space_.Find(pattern, point);
  if (!id) return std::nullopt;
  Measure(*id);
  const auto found = results_.find(KeyOf(*id));
  return found == results_.end() ? std::nullopt : std::optional(found->second);
}

// Now and then the leader is timed again: when its time has moved, so has everybody's (clocks, heat, other programs).
void Job::WatchDrift() {
  constexpr std::uint64_t kEvery = 25;
  BenchRequest request;
  double before_ns = 0;
  {
    const std::lock_guard lock(lock_);
    if (++since_drift_check_ < kEvery || MillisecondsSince(last_drift_check_) < 3000 || !leader_ || !leader_binary_) return;
    since_drift_check_ = 0;
    request = RequestFor(*leader_binary_);
    before_ns = leader_->statistics.median_ns;
  }
  request.stop_above_ns = 0;
  const auto start = Clock::now();
  const Measurement again = client_.Measure(request);
  last_drift_check_ = Clock::now();
  const std::lock_guard lock(lock_);
  row_.profile.timing_ms += MillisecondsSince(start);
  if (again.outcome != Outcome::kOk || before_ns <= 0) return;
  const double before = drift_;
  drift_ = again.statistics.median_ns / before_ns;
  if (std::fabs(drift_ - 1) > 0.03 && std::fabs(before - 1) <= 0.03)
    row_.notes.push_back(fmt::format("the clock drifts: the leader took {:+.1f} % after {} variants; what follows is marked",
                                     100 * (drift_ - 1), done_));
}

}  // namespace hone
