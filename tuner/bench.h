// Measures one variant on a device: makes its pipeline, checks its results, times it. Runs inside a worker process.
//
// The order is fixed: pipeline, check on the kernel's small check problems, check on the problem itself (twice, with other
// poison and, the second time, with whatever the first left in the workspaces), warm-up, timing, and a last look at the outputs
// where they do not change from run to run. What its checks show to be hopeless is not timed (tuner/sampling.h).
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "db/kernel.h"
#include "db/store.h"
#include "runtime/context.h"
#include "tuner/arena.h"
#include "tuner/energy.h"
#include "tuner/pipelines_ahead.h"
#include "tuner/right_when_small.h"
#include "tuner/sampling.h"
#include "tuner/sentinel.h"
#include "tuner/stove.h"

namespace hone {

enum class Phase : int { kIdle = 0, kReference = 1, kPipeline = 2, kTurn = 3, kCheck = 4, kTiming = 5 };

struct BenchOptions : SamplingRules {
  std::uint64_t seed = 1;
  bool cold = false;                      // rotate over buffers that together exceed cold_bytes
  std::uint64_t cold_bytes = 256u << 20;  // more than the last level caches of today
  double check_timeout_ms = 10000;        // for one submission, in checks
  double timing_timeout_ms = 10000;       // for one submission, in timing
  double reference_timeout_ms = 120000;
  double watchdog_ms = 1000;  // a dispatch estimated to run longer is divided, or refused, as is one that does; 0: never
  bool properties = false;    // ask the driver for registers and the like (makes the pipeline twice)
  bool energy = false;        // measure it too: the property energy_j, of one call
  std::string turn_file;      // by which several workers take turns on the device (tuner/turn_lock.h); "": it is alone
};

// Where a variant stands before it is timed; more than a name, so that a worker needs no database.
struct BenchRequest {
  Binary binary;
  Values problem;                      // complete (tuner/contract.h)
  std::vector<Values> check_problems;  // complete, with the same element types
  double stop_above_ns = 0;            // stop sampling once the variant is surely slower; 0: never
  bool time = true;                    // false: only check
  std::uint32_t parts = 1;             // in a play-off: into which its dispatches are divided (Measure finds that by itself)
};

// One turn of every variant of a play-off, in the requests' order.
struct Round {
  std::vector<double> times_ns;
  std::vector<double> joules;  // empty unless BenchOptions::energy
};

using PhaseCallback = std::function<void(Phase, const std::string& what)>;

class Bench {
 public:
  // device: as ContextOptions. Errors: Error when there is no such device, or nobody counts its energy.
  Bench(const std::string& device, const BenchOptions& options);
  Bench(const Bench&) = delete;
  Bench& operator=(const Bench&) = delete;

  const DeviceInfo& info() const { return context_.info(); }
  bool usable() const { return context_.usable(); }

  // The buffers of the kernels before are kept while there is much room, for when they come again. reference: the compiled
  // reference of these element types, or nullopt.
  void SetKernel(std::shared_ptr<const Kernel> kernel, const Values& types, std::optional<Binary> reference);

  // All that Measure will want of a variant. Any thread may make them, and Measure takes those that `ahead` holds.
  // Errors: as Context::CreatePipeline.
  VariantPipelines MakePipelines(const ExpectedVariant& variant);
  void Use(PipelinesAhead* ahead) { ahead_ = ahead; }

  // Never throws for what the variant did wrong. Errors: Error for what a person must fix (a reference that fails).
  Measurement Measure(const BenchRequest& request, const PhaseCallback& phase);

  // Frees what the last Measure left behind; the next one would, too. The driver may take a while, so: not while anybody waits.
  void Release() { measured_.clear(); }

  // Times variants in turns. round: returns false to stop. Errors: DeviceError.
  void Playoff(const std::vector<BenchRequest>& requests, int rounds, const PhaseCallback& phase,
               const std::function<bool(const Round&)>& round);

 private:
  struct Timer;
  Arena& ArenaFor(const Values& problem, bool small, const PhaseCallback& phase);
  void MakeRoom();
  void ForgetWaiting(const Arena& present);
  Checked Check(const Pipeline& pipeline, Arena& arena);
  void CheckSmall(const BenchRequest& request, const VariantPipelines& pipelines, const PhaseCallback& phase);
  VariantPipelines PipelinesFor(const BenchRequest& request, const PhaseCallback& phase);
  double Bound_ms() const;
  double EstimateMs(const BenchRequest& request, Arena& arena);
  Pipeline DivideIfLong(const BenchRequest& request, const Pipeline& pipeline, Arena& arena, Measurement& result);
  void Time(const BenchRequest& request, const Pipeline& pipeline, Arena& arena, const Checked& checked,
            const PhaseCallback& phase, Measurement& result);
  double JoulesOf(Timer& timer, double dispatch_ns);
  double WarmUpFor(Timer& timer, double bound_ns, double checked_ns);
  std::vector<BindingSet> Sets(const Pipeline& pipeline, Arena& arena);

  BenchOptions options_;
  Context context_;
  Sentinel sentinel_;
  Stove stove_;
  std::unique_ptr<EnergyMeter> meter_;  // where energy is asked for
  std::optional<DeviceCompare> device_compare_;
  std::optional<DeviceFill> device_fill_;
  std::shared_ptr<const Kernel> kernel_;
  Values types_;
  std::optional<Binary> reference_;
  std::vector<std::unique_ptr<Arena>> large_;  // the problem being tuned is the last, before it those of earlier turns
  std::vector<std::unique_ptr<Arena>> small_;  // the check problems, of every kernel
  RightWhenSmall right_when_small_;
  VariantPipelines measured_;  // by the last Measure
  double busy_ns_ = 0;         // of this process, in checks and timings
  PipelinesAhead* ahead_ = nullptr;
};

}  // namespace hone
