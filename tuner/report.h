// What a tuning run found, for tools to print; and what it is doing, for a progress bar.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "db/store.h"

namespace hone {

// Where the time of a run went. Units: milliseconds of wall time, of each worker.
struct TuneProfile {
  double total_ms = 0;
  double start_ms = 0;     // of the worker
  double prepare_ms = 0;   // kernels and problems: the reference's SPIR-V, the space, what is known
  double strategy_ms = 0;  // deciding what to measure
  double compile_ms = 0;   // waiting for SPIR-V; what overlapped with measuring is not in here
  double pipeline_ms = 0;  // waiting for the driver's compilation; likewise
  double turn_ms = 0;      // waiting for the device while another worker has it
  double check_ms = 0;
  double timing_ms = 0;  // warm-up and timing
  double playoff_ms = 0;
  double store_ms = 0;     // writing the database
  double other_ms = 0;     // talking to the worker, references
  double compiled_ms = 0;  // SPIR-V of what was measured, on all threads: no part of the total
  void Add(const TuneProfile& other);
  double RestMs() const;       // of the total, what none of the parts is
  double UsefulShare() const;  // of the time after start: measuring, warming up, waiting for the driver's compiler
};

// Who was in a play-off. All were timed in turns, so that these times compare.
struct Finalist {
  std::string variant;  // "pattern point"
  Statistics statistics;
  double ratio = 0;    // to the least median, by what was asked for
  double p_value = 0;  // that it is as good as the one with the least median
  bool tied = false, chosen = false;
  std::uint64_t won_before = 0;  // earlier play-offs that it won
};

// One kernel and problem on one device.
struct TuneRow {
  std::string device;  // name
  std::string device_key;
  std::string kernel;
  Values problem;
  std::uint64_t points = 0;                // legal on this device
  double raw_points = 0;                   // before constraints
  std::uint64_t measured = 0, reused = 0;  // in this run; found in the database
  std::uint64_t duplicates = 0;            // had the same code as another
  std::map<Outcome, std::uint64_t> outcomes;
  std::optional<Measurement> best;                           // after the play-off
  std::optional<Measurement> standard;                       // the manifest's default variant
  double median_ns = 0;                                      // of the variants that work
  double speedup_over_default = 0, speedup_over_median = 0;  // 0: unknown
  double gb_per_s = 0, tflop_per_s = 0;                      // of the best, by the manifest's work; 0: not stated
  std::vector<std::string> tied;                             // variants that cannot be told from the best, "pattern point"
  std::vector<Finalist> finalists;                           // of the play-off of this run, best first
  std::string stopped;                                       // why the search ended
  std::vector<std::string> notes;                            // of the strategy, of the drift watch
  double expected_seconds = 0;                               // dry run
  TuneProfile profile;
};

struct PortableRow {
  std::string device, kernel;
  std::string variant;    // "pattern point"
  double mean_share = 0;  // geometric mean over problems of (best time / its time)
  double worst_share = 0;
  Values worst_problem;
  int problems = 0;
};

struct TuneReport {
  std::vector<TuneRow> rows;
  std::vector<PortableRow> portable;
  TuneProfile profile;
  std::vector<std::string> left_out;  // problems of manifests that do not fit a device, and why
  std::vector<std::string> errors;    // tasks that could not be done at all (also in their rows' notes); the others were
  bool interrupted = false;
};

struct TuneProgress {
  enum class Stage { kStart, kSearch, kPlayoff, kDone };
  Stage stage = Stage::kStart;
  std::string device, kernel;
  Values problem;
  std::uint64_t done = 0, total = 0;  // evaluations of this kernel and problem; total 0: unknown
  std::uint64_t failed = 0;
  double best_ns = 0;                        // 0: none yet
  std::string best;                          // "pattern point"
  double seconds = 0, expected_seconds = 0;  // of this kernel and problem; expected 0: unknown
  int job = 0, jobs = 0;                     // which kernel and problem, of how many
  const Measurement* latest = nullptr;       // what was just measured; valid during the call
};
// Called from one thread at a time, but not always the same.
using TuneCallback = std::function<void(const TuneProgress&)>;

}  // namespace hone
