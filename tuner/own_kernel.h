// The tuner's own small kernels (a check, a yardstick, a load): one pass each, compiled when hone is built.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "db/kernel.h"

namespace hone {

struct OwnKernelDescription {
  struct Scalar {
    std::string name, type;
  };
  std::string name;                  // of its shader: own_kernels/NAME.comp
  std::vector<std::string> buffers;  // by binding; may be read and written
  std::vector<Scalar> push_constants;
  std::string groups;                    // a formula over the problem
  std::vector<ProblemInteger> integers;  // the problem
};

// Errors: Error when there is no such shader.
Binary OwnKernel(const OwnKernelDescription& description);

struct OwnModule {
  std::string shader;
  std::string interface;  // JSON
  std::vector<std::uint32_t> words;
};
const std::vector<OwnModule>& OwnModules();  // made by own_kernels/embed.cpp

}  // namespace hone
