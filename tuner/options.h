// What `hone tune` can be asked.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "db/values.h"
#include "tuner/trial.h"

namespace hone {

enum class TuneGoal { kTime = 0, kEnergy = 1, kEnergyDelay = 2 };  // the property `objective` of a play-off's winner

struct TuneOptions {
  // Which, and on what.
  std::vector<std::string> devices;   // each as ContextOptions::device; empty: the best one. The same one twice: two workers
  bool share = false;                 // devices with the same Key() divide the work instead of each doing all of it
  std::vector<Values> problems;       // empty: the manifest's, but those that are too large for the device
  std::vector<std::string> patterns;  // empty: all
  std::vector<std::string> include_dirs;

  // How to search.
  std::string strategy;      // empty: the default one
  bool search = true;        // false: nothing is measured, but for the play-off of what the database knows
  Budget budget;             // for each kernel and problem; evaluations of an earlier, interrupted run count
  double total_seconds = 0;  // shared out over kernels and problems, what one leaves over to those after it; 0: Budget decides
  std::uint64_t seed = 1;
  TuneGoal goal = TuneGoal::kTime;
  bool retry = false;     // measure again what failed or killed the driver
  bool refresh = false;   // re-time the stored best five first; search only when they no longer hold
  bool portable = false;  // also find the one variant that is best over all problems
  bool dry_run = false;

  // How to measure.
  bool cold = false;
  double interval = 0.01;      // half width of the median's 95 % interval, relative
  double max_timing_ms = 250;  // for one variant
  double watchdog_ms = 1000;
  double pipeline_timeout_ms = 60000, check_timeout_ms = 10000, timing_timeout_ms = 10000;
  int playoff = 8;  // how many variants meet at the end; 0: none
  int playoff_rounds = 21;
  bool properties = false;   // ask the driver for registers, spills, code size of every variant; slower
  int pipelines_ahead = -1;  // threads on which the driver makes pipelines ahead; -1: as fits the device, none on a CPU
  int decide_ahead = -1;     // variants decided before their turn; -1: as fits the device, none on a CPU
  int lanes = 0;             // workers of one device that take turns on it; 0: as fits the machine, one on a CPU
  int compile_threads = 0;   // 0: as many as the machine has, less where the device is a CPU

  // The surroundings.
  std::string command_line, version;                                    // for the database's record of the run
  std::vector<std::string> worker_command{"/proc/self/exe", "worker"};  // "--fd N" is added
  std::function<bool()> stop;                                           // true: finish now, keep what was measured
};

}  // namespace hone
