// The worker process: owns the device, does what the tuner asks over a socket, and may die of it.
//
// `hone worker --fd N` runs it; nobody types that. It leaves when the tuner's end of the socket closes, even while a shader
// hangs; it ignores SIGINT and SIGTERM, which are the tuner's to answer.
#pragma once

#include <functional>
#include <string>

#include "db/values.h"
#include "tuner/bench.h"

namespace hone {

struct WorkerHooks {
  // Called when a variant enters a phase, and with Phase::kIdle when its answer has been sent; tests make workers fail here.
  // Empty: nothing.
  std::function<void(int fd, Phase phase, const std::string& pattern, const Values& point)> before;
};

// Returns the process's exit status.
int WorkerMain(int fd, const WorkerHooks& hooks = {});

}  // namespace hone
