// Packing: the small database that ships. It holds the newest source of each kernel, the best variant of each problem
// on each device with its binary and its measurement, and each kernel's default variant for devices that were never
// tuned.
//
// The file is sealed (db/seal.h): it never changes, needs no locks, and so may lie on a network file system or a
// read-only mount.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace hone {

struct PackOptions {
  std::vector<std::string> device_keys;  // empty: all
  bool pipeline_binaries = false;        // the driver's own binaries too
  std::string sign_with;                 // file of a secret key (MakeKeys); empty: not signed
};

struct PackResult {
  std::int64_t kernels = 0, winners = 0, binaries = 0, modules = 0;
  std::int64_t bytes = 0;            // of the file
  std::vector<std::string> missing;  // "axpy T=float n=1024: strided PER_LANE=4 WG=256": winners with no binary stored
};

// Writes `out` whole or not at all; `from` is only read. Errors: Error for unreadable input, an unwritable folder, a
// bad key, and a database without any winner.
PackResult Pack(const std::string& from, const std::string& out, const PackOptions& options = {});

}  // namespace hone
