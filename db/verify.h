// Verifying: everything about a file that can be checked without a device.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "db/kernel.h"
#include "db/seal.h"

namespace hone {

struct VerifyResult {
  bool packed = false, is_signed = false;
  std::int64_t kernels = 0, modules = 0, measurements = 0;
  std::vector<std::string> problems;  // empty: all is well; at most 100
};

// Looks at one module: what is wrong with it, or "". db/ checks hashes; the SPIR-V validator lives elsewhere.
using ModuleCheck = std::function<std::string(const Module&)>;

// Integrity of the file, references, the seal and its signature (where a key is given), and every hash, text, formula
// and sample. Errors: never for a damaged file (that is a problem in the result).
VerifyResult Verify(const std::string& path, const ModuleCheck& check = {}, const std::optional<PublicKey>& key = {});

}  // namespace hone
