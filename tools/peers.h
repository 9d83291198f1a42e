// What other libraries take for the same work on the same card, and which of our kernels and problems do that work.
#pragma once

#include <string>
#include <vector>

#include "db/values.h"
#include "tools/table.h"

namespace hone {

struct PeerResult {
  std::string job;  // "softmax f32 16384x4096"
  double median_ns = 0;
  double rate_per_s = 0;  // bytes, operations or keys a second
  std::string unit;       // of the rate, as people read it: "GB/s", "TFLOP/s", "Gkey/s"
};

struct Peers {
  Json about;  // what measured them: {"device": …, "torch": …, …}; null when the file does not say
  std::string device;
  std::vector<PeerResult> results;
};

// JSON lines: first what measured, then a job a line, {"job", "median_us", "value", "unit"}.
// Errors: Error with file and line for anything else, and for a job that stands twice.
Peers ReadPeers(const std::string& path);

// "2963 GB/s": a rate in the peer's unit.
Cell PeerRateCell(const PeerResult& peer, double rate_per_s);

// A job and the kernel that does it at `problem` (as its author wrote it: types may be left out).
struct PeerJob {
  std::string job, kernel;
  Values problem;
};

// TOML, as kernels/peers.toml. Errors: ManifestError with every mistake, Error when the file cannot be read.
std::vector<PeerJob> ReadPeerJobs(const std::string& path);

}  // namespace hone
