// A kernel with a known answer, run after a risky variant: some drivers stop doing work without saying so.
#pragma once

#include "runtime/context.h"

namespace hone {

class Sentinel {
 public:
  explicit Sentinel(Context& context);  // Errors: as Context::CreatePipeline
  bool Alive();                         // runs it; false when the answer is wrong or the device gave up

 private:
  Context& context_;
  Pipeline pipeline_;
  GpuBuffer buffer_;
};

}  // namespace hone
