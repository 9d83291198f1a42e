// hone bench: the best variant of each problem against the default and the median one; now, or as the database has it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "db/store.h"
#include "tools/command.h"
#include "tools/peers.h"

namespace hone {

// How many times as long another variant takes; low and high: the 95 % interval, 0 where only the medians are known.
struct Ratio {
  double median = 0, low = 0, high = 0;
};

// A problem on a device.
struct BenchResult {
  Coverage coverage;
  Kernel kernel;
  Statistics best;  // median_ns 0: there is no correct variant, or it could not be timed
  std::optional<Ratio> over_default, over_median;
  std::size_t rounds = 0;  // that timed it now
  std::string message;     // why there is no time, or fewer rounds than asked for
};

struct BenchRun {
  std::vector<DeviceInfo> devices;  // that the results are of
  std::int64_t unix_ms = 0;         // of the newest result
  std::vector<BenchResult> results;
};

// Times best, default and median in turns, round by round, on --device of this machine. Prints progress.
BenchRun BenchNow(const Store& store, const Arguments& arguments);

// What the database has: the results that `best` speaks of, for the --device that the database knows.
BenchRun BenchStored(const Store& store, const Arguments& arguments);

void PrintBench(const BenchRun& bench, const Arguments& arguments);

// Every job of the peers in their order, with who does it here; then what no peer does. `jobs` says who does which.
void PrintBench(const BenchRun& bench, const Peers& peers, const std::vector<PeerJob>& jobs, const Arguments& arguments);

}  // namespace hone
