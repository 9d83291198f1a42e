// What a job tells: while it runs, of what it would do, and when it is done.
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "tuner/clock.h"
#include "tuner/contract.h"
#include "tuner/job.h"

namespace hone {

// By a play-off for what is asked now.
bool Job::IsChosen(const Measurement& measured) const {
  const auto objective = measured.properties.find("objective");
  const int of = objective == measured.properties.end() ? 0 : static_cast<int>(objective->second);
  return measured.properties.contains("chosen") && of == static_cast<int>(run_.options.goal);
}

// As the database reads it: who won the last play-off, whose word counts more than the luckiest single measurement before it,
// or what was measured since and is better.
const Measurement* Job::Best() const {
  const Measurement* winner = nullptr;
  for (const auto& [key, result] : results_)
    if (result.outcome == Outcome::kOk && result.phase == "playoff" && IsChosen(result))
      if (!winner || result.unix_ms > winner->unix_ms) winner = &result;
  const Measurement* best = winner;
  for (const auto& [key, result] : results_) {
    if (result.outcome != Outcome::kOk || (winner && result.unix_ms <= winner->unix_ms)) continue;
    if (!best || CostOf(result) < CostOf(*best)) best = &result;
  }
  return best;
}

void Job::Rest() {
  StopHelpers();
  ahead_.Expect({});
}

void Job::FinishRow() {
  Rest();
  row_.outcomes.clear();
  row_.tied.clear();
  std::vector<double> medians;
  for (const auto& [key, result] : results_) {
    ++row_.outcomes[result.outcome];
    if (result.outcome != Outcome::kOk) continue;
    medians.push_back(result.statistics.median_ns);
    if (result.properties.contains("tied") && !result.properties.contains("chosen")) row_.tied.push_back(key);
  }
  if (const Measurement* best = Best()) row_.best = *best;
  if (const auto standard = DefaultPoint()) {
    const auto found = results_.find(KeyOf(*standard));
    if (found != results_.end()) row_.standard = found->second;
  }
  row_.profile.total_ms += MillisecondsSince(std::exchange(start_, Clock::now()));
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

void Job::DryRun() {
  double spent_ms = 0;
  for (const auto& [key, stored] : stored_)
    spent_ms += stored.compile_ms + stored.pipeline_ms + stored.check_ms + stored.bench_ms;
  row_.reused = stored_.size();
  std::uint64_t wanted = space_.Count();
  if (run_.budget.evaluations > 0) wanted = std::min(wanted, run_.budget.evaluations);
  if (!run_.options.search) wanted = 0;
  row_.measured = wanted - std::min<std::uint64_t>(wanted, stored_.size());
  constexpr double kGuess_ms = 150;
  const double each_ms = stored_.empty() || spent_ms == 0 ? kGuess_ms : spent_ms / static_cast<double>(stored_.size());
  row_.expected_seconds = static_cast<double>(row_.measured) * each_ms * 1e-3;
  if (run_.deadline) row_.expected_seconds = std::min(row_.expected_seconds, SecondsLeft());
  row_.stopped = "dry run";
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
      progress.best = VariantKey(leader_->pattern, leader_->point);
    }
  }
  progress.seconds = MillisecondsSince(start_) * 1e-3;
  if (done_ > 0 && total_ > 0)
    progress.expected_seconds = progress.seconds * static_cast<double>(total_) / static_cast<double>(done_);
  if (run_.deadline) {
    const double whole = std::chrono::duration<double>(*run_.deadline - start_).count();
    if (progress.expected_seconds == 0 || progress.expected_seconds > whole) progress.expected_seconds = whole;
  }
  progress.job = number_;
  progress.jobs = run_.tasks;
  progress.latest = latest;
  const std::lock_guard lock(run_.callback_lock);
  run_.callback(progress);
}

}  // namespace hone
