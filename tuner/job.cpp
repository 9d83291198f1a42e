#include "tuner/job.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <thread>

#include "tuner/clock.h"
#include "tuner/contract.h"
#include "tuner/identity.h"
#include "tuner/playoff.h"
#include "tuner/priors.h"
#include "tuner/strategy.h"

namespace hone {
namespace {

constexpr int kThreadsToSpeculate = 4;  // with fewer, what is guessed would delay what is asked

// Adds the time that it lives to a sum.
class Stopwatch {
 public:
  explicit Stopwatch(double& sum_ms) : sum_ms_(sum_ms), start_(Clock::now()) {}
  ~Stopwatch() { sum_ms_ += MillisecondsSince(start_); }

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

constexpr double kEnergyTurn_ns = 400e6;  // of a variant in a play-off, as bench.cpp measures energy
constexpr int kEnergyRounds = 7;

std::string KeyText(const std::string& pattern, const Values& point) {
  return point.empty() ? pattern : pattern + " " + point.ToText();
}

}  // namespace

Job::Job(TuneRun& run, Client& client, std::vector<Helper*> helpers, std::shared_ptr<const Kernel> kernel, Values problem,
         CompileVariant compile, int number)
    : run_(run),
      client_(client),
      helpers_(std::move(helpers)),
      device_(client.Start()),
      kernel_(std::move(kernel)),
      problem_(std::move(problem)),
      types_(TypesOf(*kernel_, problem_)),
      compile_(std::move(compile)),
      number_(number),
      space_(Space::FromKernel(*kernel_, problem_, device_, run.options.patterns)),
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
  const bool cpu = device_.type == "cpu";
  const int cores = static_cast<int>(std::max(1u, std::thread::hardware_concurrency()));
  compile_threads_ = run_.options.compile_threads > 0 ? run_.options.compile_threads : cpu ? std::max(1, cores / 2) : cores;
  ahead_ = std::make_unique<CompileAhead>([this](PointId point) { return Prepare(point); }, compile_threads_);
  LoadStored();
}

Job::~Job() { StopHelpers(); }

std::string Job::KeyOf(PointId point) const { return KeyText(space_.PatternOf(point), space_.PointOf(point)); }

std::optional<PointId> Job::DefaultPoint() const {
  if (kernel_->patterns.empty()) return std::nullopt;
  const Pattern& pattern = kernel_->patterns.front();
  return space_.Find(pattern.name, pattern.default_point);
}

// --- what is known already ---

// What is made small; nullopt: the measurement does not tell.
std::optional<double> Job::CostOf(const Measurement& measured) const {
  if (measured.outcome != Outcome::kOk) return std::nullopt;
  const double ns = measured.statistics.median_ns;
  if (run_.options.goal == TuneGoal::kTime) return ns;
  const auto joules = measured.properties.find("energy_j");
  if (joules == measured.properties.end()) return std::nullopt;
  return run_.options.goal == TuneGoal::kEnergy ? joules->second : joules->second * ns;
}

bool Job::Usable(const Measurement& stored) const {
  if (stored.outcome == Outcome::kOk && !CostOf(stored)) return false;
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

// --- measuring ---

// On a thread of ahead_.
Compiled Job::Prepare(PointId point) const {
  Compiled variant = compile_(space_.PatternOf(point), space_.PointOf(point), types_);
  if (!variant.binary) return variant;
  variant.identity = IdentityOf(*variant.binary, problem_, device_);
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

Measurement Job::AskWorker(const Compiled& variant, Client& client) {
  const Binary& binary = *variant.binary;
  Measurement pending;
  pending.kernel = kernel_->name;
  pending.pattern = binary.pattern;
  pending.point = binary.point;
  pending.problem = problem_;
  pending.outcome = Outcome::kPending;
  pending.message = BootId();
  pending.phase = "search";
  const auto begin = Clock::now();
  {
    const std::lock_guard lock(run_.store_lock);
    run_.store.Transaction([&] {  // one commit instead of two
      run_.store.PutBinary(binary);
      run_.store.MarkPending(run_.run, device_, pending);
    });
  }
  const double store_ms = MillisecondsSince(begin);
  BenchRequest request;
  {
    const std::lock_guard lock(lock_);
    request = RequestFor(binary);
    request.check_problems = variant.check_problems;
  }
  const bool quiet = device_.type == "cpu" && helpers_.empty();
  if (quiet) ahead_->Pause(true);
  const auto start = Clock::now();
  const auto upcoming = [this] {
    std::vector<ExpectedVariant> expected;
    for (Compiled& ready : ahead_->Ready())
      expected.push_back({0, std::move(*ready.binary), problem_, std::move(ready.check_problems)});
    return expected;
  };
  Measurement result = client.Measure(request, helpers_.empty() ? upcoming : Client::Upcoming());
  if (quiet) ahead_->Pause(false);
  const double asked_ms = MillisecondsSince(start);
  result.kernel = kernel_->name;
  result.problem = problem_;
  result.phase = "search";
  const std::lock_guard lock(lock_);
  row_.profile.store_ms += store_ms;
  row_.profile.pipeline_ms += result.pipeline_ms;
  row_.profile.check_ms += result.check_ms;
  row_.profile.timing_ms += result.bench_ms;
  row_.profile.other_ms += std::max(0.0, asked_ms - result.pipeline_ms - result.check_ms - result.bench_ms);
  if (std::fabs(drift_ - 1) > 0.03) result.properties["drift"] = drift_;
  return result;
}

Measurement Job::MeasureNew(PointId point, Client& client) {
  const auto start = Clock::now();
  const Compiled compiled = ahead_->Take(point);
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
    run_.store.PutBinary(*compiled.binary);
  }
  if (compiled.binary && !twin_found) result = AskWorker(compiled, client);
  result.kernel = kernel_->name;
  result.pattern = space_.PatternOf(point);
  result.point = space_.PointOf(point);
  result.problem = problem_;
  result.phase = "search";
  result.compile_ms = compiled.ms;
  result.unix_ms = 0;
  const double store_ms = Put(result);
  const std::lock_guard lock(lock_);
  row_.profile.compile_ms += waited_ms;
  row_.profile.compiled_ms += compiled.ms;
  row_.profile.store_ms += store_ms;
  ++row_.measured;
  ++fresh_;
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
  const auto start = Clock::now();
  Speculate(point);
  const Measurement* known = FindKnown(point);
  const Measurement measured = known ? *known : MeasureNew(point, client_);
  ++done_;
  Observation seen;
  seen.outcome = measured.outcome;
  if (const auto cost = CostOf(measured)) seen.cost = *cost;
  seen.seconds = MillisecondsSince(start) * 1e-3;
  Report(TuneProgress::Stage::kSearch, &measured);
  if (!known) WatchDrift();
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
  ahead_->Expect(unknown);
}

// --- helpers ---

void Job::Help(Client& client) {
  std::unique_lock lock(lock_);
  for (;;) {
    // One is left to the search itself, which asks for it in a moment.
    helped_.wait(lock, [this] { return help_over_ || queue_.size() > 1; });
    if (help_over_) return;
    const PointId point = queue_[1];
    queue_.erase(queue_.begin() + 1);
    in_flight_.insert(point);
    lock.unlock();
    std::string failure;
    try {
      MeasureNew(point, client);
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

// The yardstick, whatever the strategy does. next: what it is likely to ask afterwards.
void Job::MeasureDefault(std::vector<PointId> next) {
  const auto standard = DefaultPoint();
  if (standard) next.insert(next.begin(), *standard);
  Expect(next);
  if (!standard) return;
  Measure(*standard);
  done_ = 0;
}

TuneRow Job::Refresh(const std::vector<Measurement>& earlier) {
  if (space_.Count() == 0 || earlier.empty()) return Run();
  Report(TuneProgress::Stage::kStart);
  for (const Measurement& each : earlier) stored_.erase(KeyText(each.pattern, each.point));
  if (const auto standard = DefaultPoint()) stored_.erase(KeyOf(*standard));
  std::vector<PointId> next;
  for (const Measurement& each : earlier)
    if (const auto point = space_.Find(each.pattern, each.point)) next.push_back(*point);
  MeasureDefault(next);
  for (const PointId point : next) Measure(point);
  Playoff();
  const auto first = results_.find(KeyText(earlier.front().pattern, earlier.front().point));
  const bool holds = first != results_.end() && first->second.outcome == Outcome::kOk &&
                     (first->second.properties.contains("tied") || first->second.properties.contains("chosen"));
  if (holds) {
    row_.stopped = "refreshed: the stored best still holds";
  } else {
    row_.notes.push_back("the stored best no longer holds: searched again");
    done_ = 0;
    Search();
    Playoff();
  }
  FinishRow();
  Report(TuneProgress::Stage::kDone);
  return row_;
}

void Job::Search() {
  const auto start = Clock::now();
  const TuneOptions& options = run_.options;
  total_ = space_.Count();
  if (run_.budget.evaluations > 0) total_ = std::min(total_, run_.budget.evaluations);
  TrialOptions trial_options;
  trial_options.budget = run_.budget;
  trial_options.seed = options.seed;
  for (const Pattern& pattern : kernel_->patterns)
    if (const auto point = space_.Find(pattern.name, pattern.default_point)) trial_options.start.push_back(*point);
  {
    const std::lock_guard lock(run_.store_lock);
    trial_options.priors = PriorsFrom(run_.store, space_, kernel_->name, problem_, device_);
  }
  std::vector<PointId> first = trial_options.start;
  for (const Prior& prior : trial_options.priors)
    if (!prior.costs.empty()) first.push_back(prior.costs.front().first);
  MeasureDefault(std::move(first));
  help_over_ = false;
  for (Helper* helper : helpers_) helper->Post([this](Client& client) { Help(client); });
  Trial trial(space_, *this, std::move(trial_options));
  searching_ = true;
  RunTrial(FindStrategy(options.strategy.empty() ? kDefaultStrategy : options.strategy), trial);
  searching_ = false;
  StopHelpers();
  row_.stopped = ToText(trial.stopped());
  for (const std::string& note : trial.notes()) row_.notes.push_back(note);
  const TuneProfile& p = row_.profile;
  row_.profile.strategy_ms += std::max(
      0.0, MillisecondsSince(start) - p.compile_ms - p.pipeline_ms - p.check_ms - p.timing_ms - p.store_ms - p.other_ms);
}

// --- the play-off ---

double Job::SecondsLeft() const { return std::chrono::duration<double>(*run_.deadline - Clock::now()).count(); }

// The play-off may take a third of the job's time.
bool Job::TimeIsUp() {
  if (!run_.deadline) return false;
  const double left = SecondsLeft();
  const std::lock_guard lock(lock_);
  if (!leader_ || run_.options.playoff <= 0) return left <= 0;
  std::vector<double> medians(static_cast<std::size_t>(run_.options.playoff), Turn_ns(leader_->statistics.median_ns));
  if (const auto standard = DefaultPoint()) medians.push_back(Turn_ns(MedianOf(*standard)));
  const double whole = std::chrono::duration<double>(*run_.deadline - start_).count();
  return left <= std::min(PlayoffSeconds(medians, Rounds()), whole / 3);
}

// With energy a turn of a variant takes longer, and there are fewer rounds.
double Job::Turn_ns(double median_ns) const {
  return run_.options.goal == TuneGoal::kTime ? median_ns : std::max(median_ns, kEnergyTurn_ns);
}
int Job::Rounds() const {
  const int rounds = run_.options.playoff_rounds;
  return run_.options.goal == TuneGoal::kTime ? rounds : std::min(rounds, kEnergyRounds);
}

double Job::MedianOf(PointId point) const {
  const auto found = results_.find(KeyOf(point));
  return found == results_.end() ? 0 : found->second.statistics.median_ns;
}

// By a play-off for what is asked now.
bool Job::IsChosen(const Measurement& measured) const {
  const auto objective = measured.properties.find("objective");
  const int of = objective == measured.properties.end() ? 0 : static_cast<int>(objective->second);
  return measured.properties.contains("chosen") && of == static_cast<int>(run_.options.goal);
}

// The best, at most so many; the default; whoever won before.
std::vector<PointId> Job::Finalists(int most) const {
  std::vector<const Measurement*> fastest;
  for (const auto& [key, result] : results_)
    if (result.outcome == Outcome::kOk && !result.message.starts_with("the same code as ")) fastest.push_back(&result);
  std::ranges::sort(fastest, {}, [this](const Measurement* m) { return CostOf(*m); });
  std::vector<PointId> points;
  const auto add = [&](const std::string& pattern, const Values& point) {
    const auto id = space_.Find(pattern, point);
    if (id && std::ranges::find(points, *id) == points.end()) points.push_back(*id);
  };
  for (const Measurement* each : fastest) {
    if (static_cast<int>(points.size()) >= most) break;
    add(each->pattern, each->point);
  }
  if (const auto standard = DefaultPoint()) {
    const auto found = results_.find(KeyOf(*standard));
    if (found != results_.end() && found->second.outcome == Outcome::kOk) add(found->second.pattern, found->second.point);
  }
  for (const auto& [key, stored] : stored_)
    if (stored.outcome == Outcome::kOk && stored.properties.contains("chosen")) add(stored.pattern, stored.point);
  return points;
}

// Where there is no time for all of it: fewer rounds, then fewer finalists.
Job::Finals Job::PlanPlayoff() {
  for (const auto& [key, stored] : stored_)  // whoever won before, even if this search did not ask for it
    if (stored.outcome == Outcome::kOk && stored.properties.contains("chosen")) results_.emplace(key, stored);
  for (int most = run_.options.playoff; most > 0; --most) {
    const std::vector<PointId> points = Finalists(most);
    if (points.size() < 2) return {};
    std::vector<double> medians;
    for (const PointId point : points) medians.push_back(Turn_ns(MedianOf(point)));
    const int rounds = run_.deadline ? PlayoffRounds(SecondsLeft(), medians, Rounds()) : Rounds();
    if (rounds > 0) return {points, rounds};
  }
  row_.notes.push_back("no time was left for a play-off: the best is that of single measurements");
  return {};
}

// The database has those that were measured; what it has lost is compiled again.
std::vector<Binary> Job::BinariesOf(const std::vector<PointId>& points) {
  std::vector<std::optional<Binary>> stored;
  std::vector<PointId> lost;
  for (const PointId point : points) {
    const std::lock_guard lock(run_.store_lock);
    stored.push_back(run_.store.LoadBinary(kernel_, space_.PatternOf(point), space_.PointOf(point), types_));
    if (!stored.back()) lost.push_back(point);
  }
  Expect(lost);
  std::vector<Binary> binaries;
  for (std::size_t i = 0; i < points.size(); ++i) {
    if (!stored[i]) {
      Compiled compiled = ahead_->Take(points[i]);
      if (!compiled.binary)
        throw Error(
            fmt::format("{}: '{}' compiled before and does not now: {}", kernel_->name, KeyOf(points[i]), compiled.message));
      stored[i] = std::move(compiled.binary);
    }
    binaries.push_back(std::move(*stored[i]));
  }
  return binaries;
}

void Job::Playoff() {
  if (run_.options.playoff <= 0) return;
  const bool held = fresh_ == 0 && std::ranges::any_of(results_, [this](const auto& each) {
                      return each.second.phase == "playoff" && IsChosen(each.second);
                    });
  if (held) return;
  auto [points, rounds] = PlanPlayoff();
  if (points.empty()) return;
  Report(TuneProgress::Stage::kPlayoff);
  const Stopwatch stopwatch(row_.profile.playoff_ms);
  std::vector<Binary> binaries = BinariesOf(points);
  std::vector<BenchRequest> requests;
  for (std::size_t i = 0; i < points.size(); ++i) {
    requests.push_back(RequestFor(binaries[i]));
    const auto& properties = results_[KeyOf(points[i])].properties;
    if (const auto parts = properties.find("parts"); parts != properties.end())
      requests.back().parts = static_cast<std::uint32_t>(parts->second);
  }
  while (points.size() > 1) {
    const Client::PlayoffResult result = client_.Playoff(requests, rounds);
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
    complexity.push_back(
        points[i] == standard ? 0 : 1e6 * static_cast<double>(binaries[i].modules.size()) + static_cast<double>(words));
  }
  if (result.times_ns.front().empty()) return;
  std::vector<std::vector<double>> costs = run_.options.goal == TuneGoal::kTime ? result.times_ns : result.joules;
  if (run_.options.goal == TuneGoal::kEnergyDelay)
    for (std::size_t i = 0; i < costs.size(); ++i)
      for (std::size_t r = 0; r < costs[i].size(); ++r) costs[i][r] *= result.times_ns[i][r];
  const Verdict verdict = Judge(costs, complexity);
  std::vector<Measurement> all;
  for (std::size_t i = 0; i < points.size(); ++i) {
    Measurement measurement = results_[KeyOf(points[i])];
    measurement.samples_ns = result.times_ns[i];
    measurement.statistics = Summarize(measurement.samples_ns);
    measurement.phase = i == verdict.winner ? "playoff" : "finalist";
    measurement.message.clear();
    measurement.unix_ms = 0;
    measurement.compile_ms = measurement.pipeline_ms = measurement.check_ms = measurement.bench_ms = 0;
    for (const char* mark : {"drift", "outliers", "tied", "chosen", "objective"}) measurement.properties.erase(mark);
    if (!result.joules[i].empty()) measurement.properties["energy_j"] = Summarize(result.joules[i]).median_ns;
    if (const std::size_t outliers = CountOutliers(measurement.samples_ns))
      measurement.properties["outliers"] = static_cast<double>(outliers);
    if (verdict.tied[i]) measurement.properties["tied"] = verdict.p_values[i];
    if (i == verdict.winner) measurement.properties["chosen"] = 1;
    if (i == verdict.winner && run_.options.goal != TuneGoal::kTime)
      measurement.properties["objective"] = static_cast<int>(run_.options.goal);
    results_[KeyOf(points[i])] = measurement;
    all.push_back(std::move(measurement));
  }
  // The winner last: of a play-off the database reads as the best whoever is of phase "playoff", or came after it.
  std::swap(all[verdict.winner], all.back());
  const std::lock_guard lock(run_.store_lock);  // all or none: a run that is killed here holds its play-off again
  run_.store.Transaction([&] {
    for (const Measurement& measurement : all) run_.store.PutMeasurement(run_.run, device_, measurement);
  });
}

void Job::FinishRow() {
  StopHelpers();
  row_.outcomes.clear();
  row_.tied.clear();
  std::vector<double> medians;
  const Measurement* fastest = nullptr;
  for (const auto& [key, result] : results_) {
    ++row_.outcomes[result.outcome];
    if (result.outcome != Outcome::kOk) continue;
    medians.push_back(result.statistics.median_ns);
    if (!fastest || CostOf(result) < CostOf(*fastest)) fastest = &result;
    if (result.properties.contains("tied") && !result.properties.contains("chosen")) row_.tied.push_back(key);
  }
  // The play-off's word counts more than the luckiest single measurement of the search.
  for (const auto& [key, result] : results_)
    if (result.outcome == Outcome::kOk && result.phase == "playoff" && IsChosen(result)) row_.best = result;
  if (!row_.best && fastest) row_.best = *fastest;
  if (const auto standard = DefaultPoint()) {
    const auto found = results_.find(KeyOf(*standard));
    if (found != results_.end()) row_.standard = found->second;
  }
  row_.profile.total_ms = MillisecondsSince(start_);
  if (!row_.best) return;
  if (run_.options.goal != TuneGoal::kTime) {
    const auto joules = [](const Measurement& m) {
      return m.properties.contains("energy_j") ? m.properties.at("energy_j") : 0;
    };
    std::string note = fmt::format("the best takes {:.3g} J a call", joules(*row_.best));
    if (row_.standard && joules(*row_.standard) > 0) note += fmt::format(", the default {:.3g} J", joules(*row_.standard));
    row_.notes.push_back(note);
  }
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
  for (const auto& [key, stored] : stored_)
    spent_ms += stored.compile_ms + stored.pipeline_ms + stored.check_ms + stored.bench_ms;
  row_.reused = stored_.size();
  std::uint64_t wanted = space_.Count();
  if (run_.budget.evaluations > 0) wanted = std::min(wanted, run_.budget.evaluations);
  row_.measured = wanted - std::min<std::uint64_t>(wanted, stored_.size());
  constexpr double kGuess_ms = 150;
  const double each_ms = stored_.empty() || spent_ms == 0 ? kGuess_ms : spent_ms / static_cast<double>(stored_.size());
  row_.expected_seconds = static_cast<double>(row_.measured) * each_ms * 1e-3;
  if (run_.budget.seconds > 0) row_.expected_seconds = std::min(row_.expected_seconds, run_.budget.seconds);
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
  {
    const std::lock_guard lock(lock_);
    for (const auto& [key, result] : results_) progress.failed += result.outcome != Outcome::kOk;
    if (leader_) {
      progress.best_ns = leader_->statistics.median_ns;
      progress.best = KeyText(leader_->pattern, leader_->point);
    }
  }
  progress.seconds = MillisecondsSince(start_) * 1e-3;
  const Budget& budget = run_.budget;
  if (done_ > 0 && total_ > 0)
    progress.expected_seconds = progress.seconds * static_cast<double>(total_) / static_cast<double>(done_);
  if (budget.seconds > 0 && (progress.expected_seconds == 0 || progress.expected_seconds > budget.seconds))
    progress.expected_seconds = budget.seconds;
  progress.job = number_;
  progress.jobs = run_.jobs;
  progress.latest = latest;
  const std::lock_guard lock(run_.callback_lock);
  run_.callback(progress);
}

}  // namespace hone
