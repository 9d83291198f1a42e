#include "tuner/replay.h"

#include <algorithm>
#include <atomic>
#include <charconv>
#include <chrono>
#include <cmath>
#include <mutex>
#include <thread>

namespace hone {
namespace {

std::string Shortest(double number) {
  char text[32];
  return {text, std::to_chars(text, text + sizeof text, number).ptr};
}

std::string Quoted(const std::string& text) {
  std::string out = "\"";
  for (char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    if (static_cast<unsigned char>(c) >= 0x20) out += c;
  }
  return out + '"';
}

std::vector<std::string> Names(const Space& space) {
  std::vector<std::string> names;
  for (const Dimension& dim : space.dimensions()) names.push_back(dim.name);
  std::sort(names.begin(), names.end());
  return names;
}

void RunOne(const Recording& recording, const Budget& budget, const std::vector<Prior>& priors, std::size_t ahead,
            ReplayRun& run) {
  RecordedObjective objective(recording);
  Trial trial(recording.space, objective, {.budget = budget, .seed = run.seed, .priors = priors, .ahead = ahead});
  const auto start = std::chrono::steady_clock::now();
  RunTrial(FindStrategy(run.strategy), trial);
  const std::chrono::duration<double, std::milli> wall = std::chrono::steady_clock::now() - start;
  run.trace = TraceOf(trial);
  run.stop = trial.stopped();
  run.evaluations = trial.evaluations();
  run.best = trial.best_cost();
  run.decide_ms = wall.count() / static_cast<double>(std::max<std::uint64_t>(1, trial.evaluations()));
  run.notes = trial.notes();
}

}  // namespace

bool Teaches(const Recording& here, const Recording& other) {
  if (here.name == other.name || (!here.device.empty() && here.device == other.device)) return false;
  return here.kernel == other.kernel && Names(here.space) == Names(other.space);
}

std::vector<ReplayRun> Replay(const std::vector<Recording>& recordings, const ReplayOptions& options,
                              const std::vector<Recording>& others,
                              const std::function<bool(const Recording&, const Recording&)>& teaches) {
  std::vector<ReplayRun> runs;
  std::vector<Budget> budgets;
  std::vector<std::vector<Prior>> priors;
  for (std::size_t i = 0; i < recordings.size(); ++i) {
    Budget budget = options.budget;
    if (budget.seconds <= 0) budget.seconds = Scorer(recordings[i].seen).BudgetSeconds(0.95);
    budgets.push_back(budget);
    priors.emplace_back();
    for (const Recording& other : others) {
      if (!teaches || !teaches(recordings[i], other)) continue;
      Prior prior = PriorFrom(other, recordings[i].space, options.prior_points > 0 ? options.prior_points : other.seen.size());
      if (!prior.costs.empty()) priors[i].push_back(std::move(prior));
    }
    for (const std::string& strategy : options.strategies) {
      FindStrategy(strategy);
      for (int r = 0; r < options.repeats; ++r) {
        runs.push_back({.recording = i, .strategy = strategy, .seed = options.seed + static_cast<std::uint64_t>(r)});
      }
    }
  }
  std::atomic<std::size_t> next = 0;
  std::size_t done = 0;
  std::mutex mutex;
  const auto work = [&] {
    for (std::size_t i = next++; i < runs.size(); i = next++) {
      RunOne(recordings[runs[i].recording], budgets[runs[i].recording], priors[runs[i].recording], options.ahead, runs[i]);
      const std::lock_guard lock(mutex);
      ++done;
      if (options.progress) options.progress(done, runs.size());
    }
  };
  std::vector<std::thread> threads;
  const unsigned count = options.threads > 0 ? options.threads : std::max(1u, std::thread::hardware_concurrency());
  for (unsigned t = 1; t < count; ++t) threads.emplace_back(work);
  work();
  for (std::thread& thread : threads) thread.join();
  return runs;
}

std::vector<ReplayRow> ScoreReplay(const std::vector<Recording>& recordings, const std::vector<ReplayRun>& runs) {
  std::vector<ReplayRow> rows;
  for (const ReplayRun& run : runs) {
    const auto has = [&](const ReplayRow& row) { return row.strategy == run.strategy; };
    if (std::none_of(rows.begin(), rows.end(), has)) rows.push_back({.strategy = run.strategy});
  }
  for (ReplayRow& row : rows) {
    double log_final = 0, decide = 0, count = 0, scored = 0;
    row.worst_p = kFailed;
    for (std::size_t i = 0; i < recordings.size(); ++i) {
      std::vector<Trace> traces;
      std::vector<double> sure;  // the best of the runs that stopped because they were confident
      for (const ReplayRun& run : runs) {
        if (run.recording != i || run.strategy != row.strategy) continue;
        if (run.stop == Stop::kConfident) sure.push_back(run.best);
        if (!run.trace.empty()) traces.push_back(run.trace);
        decide += run.decide_ms;
        ++count;
      }
      if (traces.empty()) continue;
      const Scorer scorer(recordings[i].seen);
      const Score score = scorer.Of(traces);
      const auto right = [&scorer](double best) { return best <= 1.01 * scorer.optimum(); };
      const ReplayRow::Confidence confidence{static_cast<int>(sure.size()),
                                             static_cast<int>(std::count_if(sure.begin(), sure.end(), right))};
      row.spaces.push_back({recordings[i].name, score, confidence});
      row.confidence.stopped += confidence.stopped;
      row.confidence.right += confidence.right;
      row.mean_p += score.p;
      row.worst_p = std::min(row.worst_p, score.p);
      log_final += std::log(score.final_over_optimum);
      row.hit += score.hit;
      ++scored;
    }
    if (scored > 0) {
      row.mean_p /= scored;
      row.hit /= scored;
      row.final_over_optimum = std::exp(log_final / scored);
    }
    if (count > 0) row.decide_ms = decide / count;
  }
  std::stable_sort(rows.begin(), rows.end(), [](const ReplayRow& a, const ReplayRow& b) { return a.mean_p > b.mean_p; });
  return rows;
}

std::string TraceLine(const Recording& recording, const ReplayRun& run) {
  std::string line = "{\"space\": " + Quoted(recording.name) + ", \"strategy\": " + Quoted(run.strategy) +
                     ", \"seed\": " + std::to_string(run.seed) + ", \"trace\": [";
  for (std::size_t i = 0; i < run.trace.size(); ++i) {
    line += (i ? ", [" : "[") + Shortest(run.trace[i].first) + ", " + Shortest(run.trace[i].second) + "]";
  }
  return line + "]}";
}

}  // namespace hone
