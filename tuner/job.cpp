#include "tuner/job.h"

#include <algorithm>
#include <fstream>

#include "tuner/clock.h"
#include "tuner/contract.h"
#include "tuner/priors.h"
#include "tuner/strategy.h"

namespace hone {

std::string VariantKey(const std::string& pattern, const Values& point) {
  return point.empty() ? pattern : pattern + " " + point.ToText();
}

Job::Job(TuneRun& run, Client& client, const DeviceInfo& device, std::vector<Helper*> helpers, const Task& task,
         CompileVariant compile, ThreadPool& pool)
    : run_(run),
      client_(client),
      helpers_(std::move(helpers)),
      device_(device),
      kernel_(task.kernel),
      problem_(task.problem),
      types_(TypesOf(*kernel_, problem_)),
      compile_(std::move(compile)),
      number_(task.number),
      compile_threads_(pool.size()),
      space_(Space::FromKernel(*kernel_, problem_, device_, run.options.patterns)),
      ahead_([this](PointId point) { return Prepare(point); }, pool),
      start_(Clock::now()) {
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
  LoadStored();
}

Job::~Job() { StopHelpers(); }

std::string Job::KeyOf(PointId point) const { return VariantKey(space_.PatternOf(point), space_.PointOf(point)); }

std::optional<PointId> Job::DefaultPoint() const {
  if (kernel_->patterns.empty()) return std::nullopt;
  const Pattern& pattern = kernel_->patterns.front();
  return space_.Find(pattern.name, pattern.default_point);
}

// --- what is known already ---

// A row that is still pending was about to run when its tuner died. If the machine has been started anew since, the variant may
// have taken it down; otherwise somebody killed the tuner, which is not the variant's fault.
const std::string& Job::AboutToRun() {
  static const std::string text = [] {
    std::string boot;
    std::ifstream("/proc/sys/kernel/random/boot_id") >> boot;
    return "about to run, boot " + boot;
  }();
  return text;
}

// What is made small; nullopt: the measurement does not tell.
std::optional<double> Job::CostOf(const Measurement& measured) const {
  if (measured.outcome != Outcome::kOk) return std::nullopt;
  const double ns = measured.statistics.median_ns;
  if (run_.options.goal == TuneGoal::kTime) return ns;
  const auto joules = measured.properties.find("energy_j");
  if (joules == measured.properties.end()) return std::nullopt;
  return run_.options.goal == TuneGoal::kEnergy ? joules->second : joules->second * ns;
}

// The same of a measurement that comes from the database as when it was new: a search that is continued decides as it did.
Observation Job::ObservationOf(const Measurement& measured) const {
  Observation seen;
  seen.outcome = measured.outcome;
  if (const auto cost = CostOf(measured)) seen.cost = *cost;
  seen.seconds = (measured.compile_ms / compile_threads_ + measured.pipeline_ms + measured.check_ms + measured.bench_ms) * 1e-3;
  return seen;
}

bool Job::Usable(const Measurement& stored) const {
  if (stored.outcome == Outcome::kOk && !CostOf(stored)) return false;
  if (stored.outcome == Outcome::kOk) return stored.cold == run_.options.cold || stored.samples_ns.empty();
  if (run_.options.retry) return false;
  return stored.outcome != Outcome::kPending || stored.message != AboutToRun();
}

void Job::LoadStored() {
  const std::lock_guard lock(run_.store_lock);
  for (Measurement& stored : run_.store.Results(kernel_->name, problem_, row_.device_key)) {
    const std::string key = VariantKey(stored.pattern, stored.point);
    if (Usable(stored)) stored_.emplace(key, std::move(stored));
  }
  const Filter all{.kernel = kernel_->name, .problem = problem_, .device_key = row_.device_key, .only_latest = false};
  run_.store.ForEach(all, [this](const Measurement& stored) {
    const std::string key = VariantKey(stored.pattern, stored.point);
    if (stored.phase == "playoff" && IsChosen(stored)) ++won_[key];
    if (stored.phase == "search" && stored.outcome != Outcome::kPending) searched_[key] = ObservationOf(stored);
    if (run_.continued.contains(stored.run)) began_ms_ = std::min(began_ms_, stored.unix_ms);
    return true;
  });
}

void Job::Keep(const Measurement& measurement) {
  results_[VariantKey(measurement.pattern, measurement.point)] = measurement;
  if (measurement.outcome != Outcome::kOk) return;
  if (!leader_ || CostOf(measurement) < CostOf(*leader_)) {
    leader_ = measurement;
    leader_binary_.reset();
  }
}

double Job::Put(const Measurement& measurement) {
  const auto start = Clock::now();
  const std::lock_guard lock(run_.store_lock);
  run_.store.PutMeasurement(run_.run, device_, measurement);
  return MillisecondsSince(start);
}

// --- the way through ---

std::vector<PointId> Job::DefaultPoints() const {
  std::vector<PointId> points;
  for (const Pattern& pattern : kernel_->patterns)
    if (const auto point = space_.Find(pattern.name, pattern.default_point)) points.push_back(*point);
  return points;
}

void Job::CompileFirst() { Expect(DefaultPoints()); }

void Job::Run() {
  ++turns_;
  start_ = Clock::now();
  if (space_.Count() == 0) {
    row_.stopped = "no legal point on this device";
    return;
  }
  Report(TuneProgress::Stage::kStart);
  Search();
  Expect({});
  if (run_.compilers_idle) run_.compilers_idle();
  Playoff();
  FinishRow();
  Report(TuneProgress::Stage::kDone);
}

SearchStanding Job::Standing() const {
  std::vector<double> costs;
  for (const auto& [point, seen] : asked_) costs.push_back(seen.cost);
  return {turns_, stopped_ == Stop::kSeconds, row_.profile.total_ms * 1e-3, costs.size(), LateGain(costs)};
}

// The yardstick, whatever the strategy does. next: what it is likely to ask afterwards.
void Job::MeasureDefault(std::vector<PointId> next) {
  const auto standard = DefaultPoint();
  if (standard) next.insert(next.begin(), *standard);
  Expect(next);
  if (!standard) return;
  Measure(*standard);
  done_ = 0;
}

void Job::Refresh(const std::vector<Measurement>& earlier) {
  if (space_.Count() == 0 || earlier.empty()) return Run();
  ++turns_;
  start_ = Clock::now();
  Report(TuneProgress::Stage::kStart);
  for (const Measurement& each : earlier) stored_.erase(VariantKey(each.pattern, each.point));
  if (const auto standard = DefaultPoint()) stored_.erase(KeyOf(*standard));
  std::vector<PointId> next;
  for (const Measurement& each : earlier)
    if (const auto point = space_.Find(each.pattern, each.point)) next.push_back(*point);
  MeasureDefault(next);
  for (const PointId point : next) Measure(point);
  Playoff();
  const auto first = results_.find(VariantKey(earlier.front().pattern, earlier.front().point));
  const bool holds = first != results_.end() && first->second.outcome == Outcome::kOk &&
                     (first->second.properties.contains("tied") || first->second.properties.contains("chosen"));
  if (holds) {
    row_.stopped = "refreshed: the stored best still holds";
  } else {
    row_.notes.emplace_back("the stored best no longer holds: searched again");
    done_ = 0;
    Search();
    Playoff();
  }
  FinishRow();
  Report(TuneProgress::Stage::kDone);
}

void Job::Search() {
  if (!run_.options.search) {
    row_.stopped = "not searched";
    return;
  }
  const auto start = Clock::now();
  const double rest_ms = row_.profile.RestMs();
  const TuneOptions& options = run_.options;
  total_ = space_.Count();
  if (run_.budget.evaluations > 0) total_ = std::min(total_, run_.budget.evaluations);
  TrialOptions trial_options;
  trial_options.budget = run_.budget;
  trial_options.known = asked_;
  if (run_.budget.evaluations > 0) trial_options.budget.evaluations -= std::min(run_.budget.evaluations - 1, asked_.size());
  trial_options.seed = options.seed;
  // A GPU measures a variant in less time than it takes to compile it; on a CPU device compiling ahead would disturb what is
  // timed.
  const int ahead = device_.type == "cpu" ? 0 : std::min(compile_threads_, kMostAhead);
  trial_options.ahead = static_cast<std::size_t>(options.decide_ahead >= 0 ? options.decide_ahead : ahead);
  trial_options.start = DefaultPoints();
  {
    const std::lock_guard lock(run_.store_lock);
    trial_options.priors = PriorsFrom(run_.store, space_, kernel_->name, problem_, device_,
                                      turns_ > 1 ? std::numeric_limits<std::int64_t>::max() : began_ms_);
  }
  std::vector<PointId> first = trial_options.start;
  for (const Prior& prior : trial_options.priors)
    if (!prior.costs.empty()) first.push_back(prior.costs.front().first);
  MeasureDefault(std::move(first));
  done_ = asked_.size();
  help_over_ = false;
  for (std::size_t i = 0; i < helpers_.size(); ++i)
    helpers_[i]->Post([this, i](Client& client) { Help(WorkerOf(client, i + 1)); });
  Trial trial(space_, *this, std::move(trial_options));
  searching_ = true;
  RunTrial(FindStrategy(options.strategy.empty() ? kDefaultStrategy : options.strategy), trial);
  searching_ = false;
  StopHelpers();
  stopped_ = trial.stopped();
  row_.stopped = ToText(stopped_);
  for (const std::string& note : trial.notes())
    if (std::ranges::find(row_.notes, note) == row_.notes.end()) row_.notes.push_back(note);  // an earlier turn's
  // All that was none of the parts. Other workers' parts may be more than the wall time.
  row_.profile.strategy_ms += std::max(0.0, MillisecondsSince(start) - (rest_ms - row_.profile.RestMs()));
}

}  // namespace hone
