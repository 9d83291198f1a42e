// The tuner's own small kernels (a check, a yardstick, a load): GLSL in the program, compiled when first needed.
#pragma once

#include <string>
#include <vector>

#include "db/kernel.h"

namespace hone {

struct OwnKernelSource {
  struct Scalar {
    std::string name, type;
  };
  std::string name;
  std::string glsl;                  // one pass
  std::vector<std::string> buffers;  // by binding; may be read and written
  std::vector<Scalar> push_constants;
  std::string groups;                    // a formula over the problem
  std::vector<ProblemInteger> integers;  // the problem
};

// Errors: Error when the source does not compile.
Binary OwnKernel(const OwnKernelSource& source);

}  // namespace hone
