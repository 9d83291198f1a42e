// hone prune: forgets what is no longer wanted.
#include "db/prune.h"

#include <cstdio>

#include "db/error.h"
#include "db/store.h"
#include "tools/command_list.h"
#include "tools/format.h"
#include "tools/results.h"
#include "tools/table.h"

namespace hone {
namespace {

PruneOptions PruneOptionsFrom(const std::string& path, const Arguments& arguments) {
  PruneOptions options{.superseded = arguments.Flag("superseded"),
                       .failed = arguments.Flag("failed"),
                       .old_sources = arguments.Flag("old-sources")};
  if (arguments.Has("keep-device")) {
    const Store store = Store::Open(path, Store::Mode::kReadOnly);
    for (const std::string& typed : arguments.All("keep-device")) options.keep_devices.push_back(DeviceKey(store, typed));
  }
  const bool nothing = !options.superseded && !options.failed && !options.old_sources && options.keep_devices.empty();
  if (nothing) throw UsageError("say what may go: --superseded, --failed, --old-sources or --keep-device");
  return options;
}

int RunPrune(const Arguments& arguments) {
  const std::string path = arguments.Text("FILE.db");
  const PruneResult result = Prune(path, PruneOptionsFrom(path, arguments));
  if (arguments.Flag("json")) {
    PrintJson({{"file", path},
               {"measurements", result.measurements},
               {"variants", result.variants},
               {"modules", result.modules},
               {"bytes_before", result.bytes_before},
               {"bytes_after", result.bytes_after}});
    return 0;
  }
  std::printf("%s: removed %s, %s, %s; %s, was %s\n", path.c_str(), FormatCount(result.measurements, "measurement").c_str(),
              FormatCount(result.variants, "variant").c_str(), FormatCount(result.modules, "module").c_str(),
              FormatBytes(static_cast<double>(result.bytes_after)).c_str(),
              FormatBytes(static_cast<double>(result.bytes_before)).c_str());
  return 0;
}

}  // namespace

Command PruneCommand() {
  return {.name = "prune",
          .summary = "Removes from a database what is no longer wanted, and makes the file smaller",
          .example = "hone prune tuned.db --superseded --old-sources\nhone prune tuned.db --keep-device H100",
          .positionals = {{"FILE.db"}},
          .options = {{"superseded", "", "results of variants that have a later one"},
                      {"failed", "", "results that are not ok; the tuner will try those variants again"},
                      {"old-sources", "", "kernels as older sources said, with their results"},
                      {"keep-device", "NAME", "results of every other device", "", true},
                      JsonOption()},
          .run = RunPrune};
}

}  // namespace hone
