// The end of a job: the best in turns.
#include <fmt/format.h>

#include <algorithm>

#include "tuner/clock.h"
#include "tuner/job.h"
#include "tuner/playoff.h"

namespace hone {
namespace {

constexpr double kEnergyTurn_ns = 400e6;  // of a variant in a play-off, as bench.cpp measures energy
constexpr int kEnergyRounds = 7;

}  // namespace

double Job::SecondsLeft() const { return std::chrono::duration<double>(*run_.deadline - Clock::now()).count(); }

// The play-off may take a third of the job's time.
double Job::TimeUsed() {
  if (!run_.deadline) return 0;
  const double whole = std::chrono::duration<double>(*run_.deadline - start_).count();
  double reserved = 0;
  const std::lock_guard lock(lock_);
  if (leader_ && run_.options.playoff > 0) {
    std::vector<double> medians(static_cast<std::size_t>(run_.options.playoff), Turn_ns(leader_->statistics.median_ns));
    if (const auto standard = DefaultPoint())
      if (const Measurement* known = Known(*standard)) medians.push_back(Turn_ns(known->statistics.median_ns));
    reserved = std::min(PlayoffSeconds(medians, Rounds()), whole / 3);
  }
  return whole > reserved ? 1 - (SecondsLeft() - reserved) / (whole - reserved) : 1;
}

// With energy a turn of a variant takes longer, and there are fewer rounds.
double Job::Turn_ns(double median_ns) const {
  return run_.options.goal == TuneGoal::kTime ? median_ns : std::max(median_ns, kEnergyTurn_ns);
}
int Job::Rounds() const {
  const int rounds = run_.options.playoff_rounds;
  return run_.options.goal == TuneGoal::kTime ? rounds : std::min(rounds, kEnergyRounds);
}

const Measurement* Job::Known(PointId point) const {
  const std::string key = KeyOf(point);
  if (const auto result = results_.find(key); result != results_.end()) return &result->second;
  const auto stored = stored_.find(key);
  return stored == stored_.end() ? nullptr : &stored->second;
}

// Whatever works, of this run or an earlier one; of several with the same code one.
std::vector<const Measurement*> Job::AllKnown() const {
  std::vector<const Measurement*> known;
  const auto add = [&](const Measurement& each) {
    if (each.outcome == Outcome::kOk && !each.message.starts_with("the same code as ")) known.push_back(&each);
  };
  for (const auto& [key, result] : results_) add(result);
  for (const auto& [key, stored] : stored_)
    if (!results_.contains(key)) add(stored);
  return known;
}

// The best, at most so many; the default; whoever won before: the last play-off, or, where this is all that was asked for, any.
std::vector<PointId> Job::Finalists(int most) const {
  std::vector<const Measurement*> known = AllKnown();
  std::ranges::sort(known, {}, [this](const Measurement* m) { return CostOf(*m); });
  std::vector<PointId> points;
  const auto add = [&](const Measurement& each) {
    const auto id = space_.Find(each.pattern, each.point);
    if (id && std::ranges::find(points, *id) == points.end()) points.push_back(*id);
  };
  for (const Measurement* each : known) {
    if (static_cast<int>(points.size()) >= most) break;
    add(*each);
  }
  const auto standard = DefaultPoint();
  for (const Measurement* each : known) {
    const bool won =
        each->properties.contains("chosen") || (!run_.options.search && won_.contains(VariantKey(each->pattern, each->point)));
    if (won || (standard && space_.Find(each->pattern, each->point) == standard)) add(*each);
  }
  return points;
}

// Where there is no time for all of it: fewer rounds, then fewer finalists.
Job::Finals Job::PlanPlayoff() const {
  for (int most = run_.options.playoff; most > 0; --most) {
    const std::vector<PointId> points = Finalists(most);
    if (points.size() < 2) return {};
    std::vector<double> medians;
    for (const PointId point : points) medians.push_back(Turn_ns(Known(point)->statistics.median_ns));
    const int rounds = run_.deadline ? PlayoffRounds(SecondsLeft(), medians, Rounds()) : Rounds();
    if (rounds > 0) return {points, rounds};
  }
  return {{}, 0, true};
}

// The last play-off had as many as are asked for, nothing was measured since, and nobody won another one (of a database that
// was merged into this one).
bool Job::PlayoffHolds() const {
  const std::vector<const Measurement*> known = AllKnown();
  const auto won = [this](const Measurement* each) { return each->phase == "playoff" && IsChosen(*each); };
  const auto winner = std::ranges::find_if(known, won);
  if (winner == known.end() || std::ranges::count_if(known, won) > 1) return false;
  const std::int64_t when = (*winner)->unix_ms;
  const auto since = [when](const Measurement* each) { return each->unix_ms > when; };
  const auto met = std::ranges::count(known, when, &Measurement::unix_ms);
  return std::ranges::none_of(known, since) && met >= std::min(std::ssize(known), std::ptrdiff_t{run_.options.playoff});
}

// The database has those that were measured here; those that came as text are compiled, and stored: one of them may win.
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
      const std::shared_ptr<const Compiled> compiled = ahead_.Take(points[i]);
      if (!compiled->binary)
        throw Error(
            fmt::format("{}: '{}' compiled before and does not now: {}", kernel_->name, KeyOf(points[i]), compiled->message));
      stored[i] = compiled->binary;
      const std::lock_guard lock(run_.store_lock);
      run_.store.PutBinary(*stored[i], compiled->compressed);
    }
    binaries.push_back(std::move(*stored[i]));
  }
  return binaries;
}

void Job::Playoff() {
  if (run_.options.playoff <= 0 || (run_.options.search && PlayoffHolds())) return;
  auto [points, rounds, too_late] = PlanPlayoff();
  if (too_late) row_.notes.emplace_back("no time was left for a play-off: the best is that of single measurements");
  if (points.empty()) return;
  for (const PointId point : points) results_.emplace(KeyOf(point), *Known(point));
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
    failed.unix_ms = UnixMilliseconds();
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
  row_.finalists.clear();
  const double least = Summarize(costs[verdict.order.front()]).median_ns;
  for (const std::size_t i : verdict.order) {
    const auto won = won_.find(KeyOf(points[i]));
    row_.finalists.push_back({KeyOf(points[i]), Summarize(result.times_ns[i]), Summarize(costs[i]).median_ns / least,
                              verdict.p_values[i], verdict.tied[i], i == verdict.winner, won == won_.end() ? 0 : won->second});
  }
  const std::int64_t now = UnixMilliseconds();
  std::vector<Measurement> all;
  for (std::size_t i = 0; i < points.size(); ++i) {
    Measurement measurement = results_[KeyOf(points[i])];
    measurement.samples_ns = result.times_ns[i];
    measurement.statistics = Summarize(measurement.samples_ns);
    measurement.phase = i == verdict.winner ? "playoff" : "finalist";
    measurement.message.clear();
    measurement.unix_ms = now;
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

}  // namespace hone
