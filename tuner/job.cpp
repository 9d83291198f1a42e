#include "tuner/job.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <thread>

#include "tuner/contract.h"
#include "tuner/identity.h"
#include "tuner/playoff.h"
#include "tuner/strategy.h"

namespace hone {
namespace {

using Clock = std::chrono::steady_clock;

double Since(Clock::time_point start) { return std::chrono::duration<double, std::milli>(Clock::now() - start).count(); }

// Adds the time that it lives to a sum.
class Stopwatch {
 public:
  explicit Stopwatch(double& sum_ms) : sum_ms_(sum_ms), start_(Clock::now()) {}
  ~Stopwatch() { sum_ms_ += Since(start_); }

 private:
  double& sum_ms_;
  Clock::time_point start_;
};

// A row that is still pending was about to run when its tuner died. If the machine has been started anew since, the variant may
// have taken it down; otherwise somebody killed the tuner, which is not the variant's fault.
std::string BootId() {
  std::string id;
  std::ifstream("/proc/sys/kernel/random/boot_id") >> id;
  return "about to run, boot " + id;
}

std::string KeyText(const std::string& pattern, const Values& point) {
  return point.empty() ? pattern : pattern + " " + point.ToText();
}

}  // namespace

Job::Job(TuneRun& run, Client& client, std::shared_ptr<const Kernel> kernel, Values problem, CompileVariant compile, int number)
    : run_(run), client_(client), device_(client.Start()), kernel_(std::move(kernel)), problem_(std::move(problem)),
      types_(TypesOf(*kernel_, problem_)), compile_(std::move(compile)), number_(number),
      space_(Space::FromKernel(*kernel_, problem_, device_, run.options.patterns)), start_(Clock::now()) {
  row_.device = device_.name;
  row_.device_key = device_.Key();
  row_.kernel = kernel_->name;
  row_.problem = problem_;
  row_.points = space_.Count();
  row_.raw_points = space_.RawCount();
  for (const Values& small : kernel_->check_problems) {
    const Values complete = CompleteProblem(*kernel_, small);
    if (TypesOf(*kernel_, complete) == types_) check_problems_.push_back(complete);
  }
  const bool cpu = device_.type == "cpu";
  const int cores = static_cast<int>(std::max(1u, std::thread::hardware_concurrency()));
  const int threads = run_.options.compile_threads > 0 ? run_.options.compile_threads : cpu ? std::max(1, cores / 2) : cores;
  ahead_ = std::make_unique<CompileAhead>(
      [this](PointId point) { return compile_(space_.PatternOf(point), space_.PointOf(point), types_); }, threads);
  LoadStored();
}

Job::~Job() = default;

std::string Job::KeyOf(PointId point) const { return KeyText(space_.PatternOf(point), space_.PointOf(point)); }

std::optional<PointId> Job::DefaultPoint() const {
  if (kernel_->patterns.empty()) return std::nullopt;
  const Pattern& pattern = kernel_->patterns.front();
  return space_.Find(pattern.name, pattern.default_point);
}

// --- what is known already ---

bool Job::Usable(const Measurement& stored) const {
  if (stored.outcome == Outcome::kOk) return stored.cold == run_.options.cold || stored.samples_ns.empty();
  if (run_.options.retry) return false;
  return stored.outcome != Outcome::kPending || stored.message != BootId();
}

void Job::LoadStored() {
  const std::lock_guard lock(run_.store_lock);
  for (Measurement& stored : run_.store.Results(kernel_->name, problem_, row_.device_key)) {
    const std::string key = KeyText(stored.pattern, stored.point);
    if (Usable(stored)) stored_.emplace(key, std::move(stored));
  }
}

void Job::Keep(const Measurement& measurement) {
  results_[KeyText(measurement.pattern, measurement.point)] = measurement;
  if (measurement.outcome != Outcome::kOk) return;
  if (!leader_ || measurement.statistics.median_ns < leader_->statistics.median_ns) {
    leader_ = measurement;
    leader_binary_.reset();
  }
}

void Job::Put(const Measurement& measurement) {
  const Stopwatch stopwatch(row_.profile.store_ms);
  const std::lock_guard lock(run_.store_lock);
  run_.store.PutMeasurement(run_.run, device_, measurement);
}

// --- measuring ---

BenchRequest Job::RequestFor(const Binary& binary) const {
  BenchRequest request;
  request.binary = binary;
  request.problem = problem_;
  for (const Values& small : check_problems_)
    if (IsLegal(binary.GetPattern(), binary.point, small, device_)) request.check_problems.push_back(small);
  if (leader_) request.stop_above_ns = leader_->statistics.high_ns;
  return request;
}

Measurement Job::AskWorker(const Binary& binary) {
  Measurement pending;
  pending.kernel = kernel_->name;
  pending.pattern = binary.pattern;
  pending.point = binary.point;
  pending.problem = problem_;
  pending.outcome = Outcome::kPending;
  pending.message = BootId();
  pending.phase = "search";
  {
    const Stopwatch stopwatch(row_.profile.store_ms);
    const std::lock_guard lock(run_.store_lock);
    run_.store.PutBinary(binary);
    run_.store.MarkPending(run_.run, device_, pending);
  }
  const bool cpu = device_.type == "cpu";
  if (cpu) ahead_->Pause(true);
  const auto start = Clock::now();
  Measurement result = client_.Measure(RequestFor(binary));
  if (cpu) ahead_->Pause(false);
  result.kernel = kernel_->name;
  result.problem = problem_;
  result.phase = "search";
  row_.profile.pipeline_ms += result.pipeline_ms;
  row_.profile.check_ms += result.check_ms;
  row_.profile.timing_ms += result.bench_ms;
  row_.profile.other_ms += std::max(0.0, Since(start) - result.pipeline_ms - result.check_ms - result.bench_ms);
  if (std::fabs(drift_ - 1) > 0.03) result.properties["drift"] = drift_;
  return result;
}

Measurement Job::MeasureNew(PointId point) {
  Compiled compiled;
  {
    const Stopwatch stopwatch(row_.profile.compile_ms);
    compiled = ahead_->Take(point);
  }
  Measurement result;
  if (!compiled.binary) {
    result.outcome = Outcome::kCompileError;
    result.message = compiled.message;
  } else {
    const auto [same, is_new] = same_code_.emplace(IdentityOf(*compiled.binary, problem_, device_), KeyOf(point));
    const auto twin = is_new ? results_.end() : results_.find(same->second);
    if (twin != results_.end()) {
      result = twin->second;
      result.pipeline_ms = result.check_ms = result.bench_ms = 0;
      result.message = result.outcome == Outcome::kOk ? "the same code as " + same->second : result.message;
      ++row_.duplicates;
      const std::lock_guard lock(run_.store_lock);
      run_.store.PutBinary(*compiled.binary);
    } else {
      result = AskWorker(*compiled.binary);
    }
  }
  result.kernel = kernel_->name;
  result.pattern = space_.PatternOf(point);
  result.point = space_.PointOf(point);
  result.problem = problem_;
  result.phase = "search";
  result.compile_ms = compiled.ms;
  Put(result);
  ++row_.measured;
  ++fresh_;
  Keep(result);
  if (compiled.binary && leader_ && leader_->pattern == result.pattern && leader_->point == result.point)
    leader_binary_ = compiled.binary;
  return result;
}

Observation Job::Measure(PointId point) {
  if (run_.options.stop && run_.options.stop()) throw Interrupted{};
  const auto start = Clock::now();
  const std::string key = KeyOf(point);
  const Measurement* known = nullptr;
  if (const auto result = results_.find(key); result != results_.end()) known = &result->second;
  else if (const auto stored = stored_.find(key); stored != stored_.end()) {
    Keep(stored->second);
    ++row_.reused;
    known = &stored->second;
  }
  Observation seen;
  const Measurement measured = known ? *known : MeasureNew(point);
  ++done_;
  seen.outcome = measured.outcome;
  if (measured.outcome == Outcome::kOk) seen.cost = measured.statistics.median_ns;
  seen.seconds = Since(start) * 1e-3;
  Report(TuneProgress::Stage::kSearch, &measured);
  if (!known) WatchDrift();
  return seen;
}

void Job::Expect(std::span<const PointId> points) {
  std::vector<PointId> unknown(points.begin(), points.end());
  std::erase_if(unknown, [this](PointId point) {
    const std::string key = KeyOf(point);
    return results_.contains(key) || stored_.contains(key);
  });
  ahead_->Expect(unknown);
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
  if (++since_drift_check_ < kEvery || Since(last_drift_check_) < 3000 || !leader_ || !leader_binary_) return;
  since_drift_check_ = 0;
  BenchRequest request = RequestFor(*leader_binary_);
  request.check_problems.clear();
  request.stop_above_ns = 0;
  const Measurement again = client_.Measure(request);
  last_drift_check_ = Clock::now();
  if (again.outcome != Outcome::kOk || leader_->statistics.median_ns <= 0) return;
  const double before = drift_;
  drift_ = again.statistics.median_ns / leader_->statistics.median_ns;
  if (std::fabs(drift_ - 1) > 0.03 && std::fabs(before - 1) <= 0.03)
    row_.notes.push_back(fmt::format("the clock drifts: the leader took {:+.1f} % after {} variants; what follows is marked",
                                     100 * (drift_ - 1), done_));
}

// --- the way through ---

TuneRow Job::Run() {
  if (space_.Count() == 0) {
    row_.stopped = "no legal point on this device";
    return row_;
  }
  Report(TuneProgress::Stage::kStart);
  Search();
  Playoff();
  FinishRow();
  Report(TuneProgress::Stage::kDone);
  return row_;
}

void Job::Search() {
  const auto start = Clock::now();
  const TuneOptions& options = run_.options;
  total_ = space_.Count();
  if (options.budget.evaluations > 0) total_ = std::min(total_, options.budget.evaluations);
  if (const auto standard = DefaultPoint()) {  // the yardstick, whatever the strategy does
    Expect(std::vector{*standard});
    Measure(*standard);
    done_ = 0;
  }
  TrialOptions trial_options;
  trial_options.budget = options.budget;
  trial_options.seed = options.seed;
  for (const Pattern& pattern : kernel_->patterns)
    if (const auto point = space_.Find(pattern.name, pattern.default_point)) trial_options.start.push_back(*point);
  Trial trial(space_, *this, trial_options);
  RunTrial(FindStrategy(options.strategy.empty() ? kDefaultStrategy : options.strategy), trial);
  row_.stopped = ToText(trial.stopped());
  for (const std::string& note : trial.notes()) row_.notes.push_back(note);
  const TuneProfile& p = row_.profile;
  row_.profile.strategy_ms += std::max(
      0.0, Since(start) - p.compile_ms - p.pipeline_ms - p.check_ms - p.timing_ms - p.store_ms - p.other_ms);
}

std::vector<PointId> Job::Finalists() {
  std::vector<const Measurement*> fastest;
  for (const auto& [key, result] : results_)
    if (result.outcome == Outcome::kOk && !result.message.starts_with("the same code as ")) fastest.push_back(&result);
  std::ranges::sort(fastest, {}, [](const Measurement* m) { return m->statistics.median_ns; });
  std::vector<PointId> points;
  const auto add = [&](const std::string& pattern, const Values& point) {
    const auto id = space_.Find(pattern, point);
    if (id && std::ranges::find(points, *id) == points.end()) points.push_back(*id);
  };
  for (const Measurement* each : fastest) {
    if (static_cast<int>(points.size()) >= run_.options.playoff) break;
    add(each->pattern, each->point);
  }
  if (const auto standard = DefaultPoint()) {
    const auto found = results_.find(KeyOf(*standard));
    if (found != results_.end() && found->second.outcome == Outcome::kOk) add(found->second.pattern, found->second.point);
  }
  for (const auto& [key, stored] : stored_)  // whoever won before
    if (stored.outcome == Outcome::kOk && stored.properties.contains("chosen")) add(stored.pattern, stored.point);
  return points;
}

void Job::Playoff() {
  if (run_.options.playoff <= 0) return;
  std::vector<PointId> points = Finalists();
  if (points.size() < 2) return;
  const bool held = fresh_ == 0 && std::ranges::any_of(results_, [](const auto& each) {
    return each.second.phase == "playoff" && each.second.properties.contains("chosen");
  });
  if (held) return;
  Report(TuneProgress::Stage::kPlayoff);
  const Stopwatch stopwatch(row_.profile.playoff_ms);
  Expect({});
  std::vector<Binary> binaries;
  std::vector<BenchRequest> requests;
  for (const PointId point : points) {
    Compiled compiled = ahead_->Take(point);
    if (!compiled.binary) throw Error(fmt::format("{}: '{}' compiled before and does not now: {}", kernel_->name, KeyOf(point), compiled.message));
    binaries.push_back(std::move(*compiled.binary));
    requests.push_back(RequestFor(binaries.back()));
  }
  while (points.size() > 1) {
    const Client::PlayoffResult result = client_.Playoff(requests, run_.options.playoff_rounds);
    if (!result.culprit) return StorePlayoff(points, binaries, result);
    const auto at = static_cast<std::ptrdiff_t>(*result.culprit);
    row_.notes.push_back(fmt::format("'{}' left the play-off: {}", KeyOf(points[*result.culprit]), result.message));
    Measurement failed = results_[KeyOf(points[*result.culprit])];
    failed.outcome = Outcome::kCrash;
    failed.message = "in the play-off: " + result.message;
    failed.samples_ns.clear();
    failed.statistics = {};
    failed.phase = "playoff";
    Put(failed);
    Keep(failed);
    points.erase(points.begin() + at);
    binaries.erase(binaries.begin() + at);
    requests.erase(requests.begin() + at);
  }
}

void Job::StorePlayoff(const std::vector<PointId>& points, const std::vector<Binary>& binaries,
                       const Client::PlayoffResult& result) {
  const auto standard = DefaultPoint();
  std::vector<double> complexity;  // the default is the simplest; then fewer passes and less code
  for (std::size_t i = 0; i < points.size(); ++i) {
    std::size_t words = 0;
    for (const auto& module : binaries[i].modules) words += module->words.size();
    complexity.push_back(points[i] == standard ? 0 : 1e6 * static_cast<double>(binaries[i].modules.size()) + static_cast<double>(words));
  }
  if (result.times_ns.front().empty()) return;
  const Verdict verdict = Judge(result.times_ns, complexity);
  std::vector<Measurement> all;
  for (std::size_t i = 0; i < points.size(); ++i) {
    Measurement measurement = results_[KeyOf(points[i])];
    measurement.samples_ns = result.times_ns[i];
    measurement.statistics = Summarize(measurement.samples_ns);
    measurement.phase = "playoff";
    measurement.message.clear();
    measurement.unix_ms = 0;
    measurement.compile_ms = measurement.pipeline_ms = measurement.check_ms = measurement.bench_ms = 0;
    for (const char* mark : {"drift", "tied", "chosen"}) measurement.properties.erase(mark);
    if (verdict.tied[i]) measurement.properties["tied"] = verdict.p_values[i];
    if (i == verdict.winner) measurement.properties["chosen"] = 1;
    results_[KeyOf(points[i])] = measurement;
    all.push_back(std::move(measurement));
  }
  const std::lock_guard lock(run_.store_lock);  // all or none: a run that is killed here holds its play-off again
  run_.store.Transaction([&] {
    for (const Measurement& measurement : all) run_.store.PutMeasurement(run_.run, device_, measurement);
  });
}

void Job::FinishRow() {
  std::vector<double> medians;
  const Measurement* fastest = nullptr;
  for (const auto& [key, result] : results_) {
    ++row_.outcomes[result.outcome];
    if (result.outcome != Outcome::kOk) continue;
    medians.push_back(result.statistics.median_ns);
    if (!fastest || result.statistics.median_ns < fastest->statistics.median_ns) fastest = &result;
    if (result.properties.contains("tied") && !result.properties.contains("chosen")) row_.tied.push_back(key);
  }
  // The play-off's word counts more than the luckiest single measurement of the search.
  for (const auto& [key, result] : results_)
    if (result.outcome == Outcome::kOk && result.phase == "playoff" && result.properties.contains("chosen")) row_.best = result;
  if (!row_.best && fastest) row_.best = *fastest;
  if (const auto standard = DefaultPoint()) {
    const auto found = results_.find(KeyOf(*standard));
    if (found != results_.end()) row_.standard = found->second;
  }
  row_.profile.total_ms = Since(start_);
  if (!row_.best) return;
  row_.median_ns = Summarize(medians).median_ns;
  const double best_ns = row_.best->statistics.median_ns;
  if (best_ns <= 0) return;
  row_.speedup_over_median = row_.median_ns / best_ns;
  if (row_.standard && row_.standard->outcome == Outcome::kOk)
    row_.speedup_over_default = row_.standard->statistics.median_ns / best_ns;
  if (const auto bytes = IdealBytes(*kernel_, problem_)) row_.gb_per_s = *bytes / best_ns;
  if (const auto flops = Flops(*kernel_, problem_)) row_.tflop_per_s = *flops / best_ns * 1e-3;
}

TuneRow Job::DryRun() {
  double spent_ms = 0;
  for (const auto& [key, stored] : stored_) spent_ms += stored.compile_ms + stored.pipeline_ms + stored.check_ms + stored.bench_ms;
  row_.reused = stored_.size();
  std::uint64_t wanted = space_.Count();
  if (run_.options.budget.evaluations > 0) wanted = std::min(wanted, run_.options.budget.evaluations);
  row_.measured = wanted - std::min<std::uint64_t>(wanted, stored_.size());
  constexpr double kGuess_ms = 150;
  const double each_ms = stored_.empty() || spent_ms == 0 ? kGuess_ms : spent_ms / static_cast<double>(stored_.size());
  row_.expected_seconds = static_cast<double>(row_.measured) * each_ms * 1e-3;
  if (run_.options.budget.seconds > 0) row_.expected_seconds = std::min(row_.expected_seconds, run_.options.budget.seconds);
  row_.stopped = "dry run";
  return row_;
}

void Job::Report(TuneProgress::Stage stage, const Measurement* latest) {
  if (!run_.callback) return;
  TuneProgress progress;
  progress.stage = stage;
  progress.device = device_.name;
  progress.kernel = kernel_->name;
  progress.problem = problem_;
  progress.done = done_;
  progress.total = total_;
  for (const auto& [key, result] : results_) progress.failed += result.outcome != Outcome::kOk;
  if (leader_) {
    progress.best_ns = leader_->statistics.median_ns;
    progress.best = KeyText(leader_->pattern, leader_->point);
  }
  progress.seconds = Since(start_) * 1e-3;
  const Budget& budget = run_.options.budget;
  if (done_ > 0 && total_ > 0) progress.expected_seconds = progress.seconds * static_cast<double>(total_) / static_cast<double>(done_);
  if (budget.seconds > 0 && (progress.expected_seconds == 0 || progress.expected_seconds > budget.seconds))
    progress.expected_seconds = budget.seconds;
  progress.job = number_;
  progress.jobs = run_.jobs;
  progress.latest = latest;
  const std::lock_guard lock(run_.callback_lock);
  run_.callback(progress);
}

}  // namespace hone
