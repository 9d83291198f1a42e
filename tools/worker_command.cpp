// hone worker: the process that owns a device for `hone tune`. Nobody types it.
#include "tuner/worker.h"

#include "tools/command_list.h"

namespace hone {
namespace {

int RunWorker(const Arguments& arguments) { return WorkerMain(arguments.Int("fd")); }

}  // namespace

Command WorkerCommand() {
  return {.name = "worker",
          .summary = "Measures what 'hone tune' sends it (started by hone itself)",
          .example = "hone worker --fd 3",
          .options = {{"fd", "N", "the socket to the process that started it"}},
          .run = RunWorker,
          .hidden = true};
}

}  // namespace hone
