// Packing: the small database that ships. It holds the newest source of each kernel, the best variant of each problem
// on each device with its binary and its measurement, and for devices that were never tuned the portable variants and
// each kernel's default. With `within`, several problems and devices share a variant that is nearly the best for each:
// the measurements kept are then the table from problem and device to variant. Where the caller can freeze, no module has
// specialization constants any more: drivers cannot be relied on to unroll what they specialize.
//
// The file is sealed (db/seal.h): it never changes, needs no locks, and so may lie on a network file system or a
// read-only mount.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "db/kernel.h"
#include "db/store.h"

namespace hone {

// What ships of a module with specialization constants: one without, for that point (Freeze of compiler/optimize.h; db/ has no
// compiler). optimize: the pattern's or else the kernel's.
using ModuleFreezer =
    std::function<Module(const Module& module, const Values& point, const std::vector<std::string>& optimize)>;

struct PackOptions {
  std::vector<std::string> device_keys;  // empty: all
  bool pipeline_binaries = false;        // the driver's own binaries too
  std::string sign_with;                 // file of a secret key (MakeKeys); empty: not signed
  // 0.02: the fewest variants that are at most 2 % slower than the best in every case. 0: the best of each.
  double within = 0;
  // Empty: modules are packed as they are. What drivers made of a module that is frozen is left out.
  ModuleFreezer freeze = {};
  // Called with what is packed, before it is sealed: adds pipeline binaries.
  std::function<void(Store&)> finish = {};
};

struct PackResult {
  std::int64_t kernels = 0, winners = 0, binaries = 0, modules = 0;
  std::int64_t bytes = 0;  // of the file
  double slowest = 0;      // 0.018: what `within` costs where it costs most
  // "axpy T=float strided PER_LANE=4 WG=256: 0.93": the best on average where a device has what it needs, and its speed
  // relative to each best, as geometric mean (no result counts as the slowest there).
  std::vector<std::string> portable;
  std::vector<std::string> missing;  // "axpy T=float n=1024: strided PER_LANE=4 WG=256": winners with no binary stored
};

// Writes `out` whole or not at all, over an earlier pack only; `from` is only read. Errors: Error for unreadable input,
// an unwritable folder, an `out` that is something else, a bad key, and a database without any winner.
PackResult Pack(const std::string& from, const std::string& out, const PackOptions& options = {});

}  // namespace hone
