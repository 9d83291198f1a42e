// Strategies on recorded spaces: the recorded compile and run times are the clock. All cores, and the same traces, byte for
// byte, whatever their number.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "tuner/recording.h"
#include "tuner/score.h"
#include "tuner/strategy.h"

namespace hone {

struct ReplayOptions {
  std::vector<std::string> strategies{std::string(kDefaultStrategy)};
  int repeats = 30;
  std::uint64_t seed = 1;        // run r of every space and strategy has seed + r
  unsigned threads = 0;          // 0: all cores
  std::size_t prior_points = 0;  // best points taken from each prior; 0: all
  std::size_t ahead = 0;         // TrialOptions::ahead
  Budget budget;                 // seconds 0: what random search needs to come 95 % of the way
  std::function<void(std::size_t done, std::size_t all)> progress;  // called from any thread, one at a time
};

struct ReplayRun {
  std::size_t recording = 0;
  std::string strategy;
  std::uint64_t seed = 0;
  Trace trace;  // empty: nothing valid was found
  Stop stop = Stop::kNone;
  std::uint64_t evaluations = 0;
  double best = kFailed;
  double decide_ms = 0;  // wall time per evaluation, everything included
  std::vector<std::string> notes;
};

struct ReplayRow {     // one strategy
  struct Confidence {  // of runs that stopped because no gain over 1 % was likely
    int stopped = 0;
    int right = 0;  // those whose best was within 1 % of the optimum
  };
  struct OnSpace {
    std::string space;
    Score score;
    Confidence confidence;
  };
  std::string strategy;
  double mean_p = 0, worst_p = 0, final_over_optimum = 1, hit = 0, decide_ms = 0;  // final: geometric mean over spaces
  Confidence confidence;
  std::vector<OnSpace> spaces;
};

// Runs in the order recordings, strategies, repeats. priors: for each recording, the recordings it may learn from (indices into
// `others`); empty: cold. Errors: unknown strategies; a space that cannot be scored.
std::vector<ReplayRun> Replay(const std::vector<Recording>& recordings, const ReplayOptions& options,
                              const std::vector<Recording>& others = {},
                              const std::function<bool(const Recording& here, const Recording& other)>& teaches = {});

// Best strategy first.
std::vector<ReplayRow> ScoreReplay(const std::vector<Recording>& recordings, const std::vector<ReplayRun>& runs);

// One line of a traces file: {"space": …, "strategy": …, "seed": …, "trace": [[s, cost], …]}.
std::string TraceLine(const Recording& recording, const ReplayRun& run);

// A recording teaches another if they are of one kernel (same name, or where unknown the same parameters) and not the same
// device.
bool Teaches(const Recording& here, const Recording& other);

}  // namespace hone
