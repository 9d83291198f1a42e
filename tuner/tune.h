// Tunes kernels on devices: the whole of `hone tune`.
//
// For each device a worker process (tuner/worker.h), for each kernel and problem a job (tuner/job.h). Every result is stored as
// it comes, so that the run may end at any moment; the same call continues it, and visits the same variants in the same order.
#pragma once

#include <string>
#include <vector>

#include "db/store.h"
#include "tuner/options.h"
#include "tuner/report.h"

namespace hone {

// kernel_dirs: folders with a kernel.toml, or folders of such folders.
// Errors: Error for manifests, devices and databases that someone must mend, for a worker that dies at start-up three times,
// and for a goal that this machine cannot measure. What was measured before stays stored.
TuneReport Tune(const std::vector<std::string>& kernel_dirs, Store& store, const TuneOptions& options,
                const TuneCallback& callback = {});

}  // namespace hone
