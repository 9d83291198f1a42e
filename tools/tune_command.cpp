// hone tune: measures variants, and stores every result as it comes.
#include <algorithm>
#include <cstdio>
#include <map>

#include "db/error.h"
#include "tools/command_list.h"
#include "tools/devices.h"
#include "tools/format.h"
#include "tools/interrupt.h"
#include "tools/kernels.h"
#include "tools/progress.h"
#include "tools/tune_options.h"
#include "tools/tune_report.h"
#include "tuner/tune.h"

namespace hone {
namespace {

// A bar for each kernel, problem and device, of which several may be searched at once: on a terminal they share a line, and
// each leaves its last state behind.
class TuneProgressBar {
 public:
  explicit TuneProgressBar(bool quiet) : quiet_(quiet) {}

  void Take(const TuneProgress& progress) {
    if (progress.stage == TuneProgress::Stage::kStart) return;
    const std::string what = progress.kernel + " " + progress.problem.ToText() + " on " + progress.device;
    const std::string place = "[" + std::to_string(progress.job + 1) + "/" + std::to_string(progress.jobs) + "] ";
    const auto style = quiet_ ? Progress::Style::kQuiet : Progress::Style::kAuto;
    Progress& bar = bars_.try_emplace(what, place + progress.kernel + " " + progress.problem.ToText(), style).first->second;
    std::string best = progress.best_ns > 0 ? FormatTime(progress.best_ns) + " " + progress.best : "";
    if (progress.stage == TuneProgress::Stage::kPlayoff) best += " (play-off)";
    const double left = progress.expected_seconds - progress.seconds;
    bar.Update(progress.done, progress.total, best, progress.expected_seconds > 0 ? std::max(left, 0.0) : -1);
    if (progress.stage == TuneProgress::Stage::kDone) bars_.erase(what);
  }

 private:
  bool quiet_;
  std::map<std::string, Progress> bars_;
};

// All kernels in one run, so that one worker does them all and they share --seconds.
TuneReport TuneAll(const std::vector<Kernel>& kernels, Store& store, const Arguments& arguments) {
  TuneOptions options = TuneOptionsFrom(arguments);
  std::vector<std::string> folders;
  for (const Kernel& kernel : kernels) {
    ProblemsFor(kernel, arguments);  // a wrong --problem: before anything is measured
    folders.push_back(kernel.folder);
  }
  ChosenDevices(options.devices);  // a wrong --device too
  options.problems = TypedProblems(arguments);
  TuneProgressBar bar(arguments.Flag("json"));
  return Tune(folders, store, options, [&](const TuneProgress& progress) { bar.Take(progress); });
}

int TuneAndPrint(const std::vector<Kernel>& kernels, const Arguments& arguments) {
  Store store = Store::Open(arguments.Text("db"), Store::Mode::kCreate);
  const Interrupt interrupt;
  const TuneReport report = TuneAll(kernels, store, arguments);
  if (arguments.Flag("dry-run")) {
    PrintDryRun(report, arguments.Flag("json"));
  } else {
    PrintTuneReport(report, arguments.Flag("profile"), arguments.Flag("json"));
  }
  if (report.interrupted) return kInterruptedStatus;
  return report.errors.empty() ? 0 : 1;
}

int RunTune(const Arguments& arguments) {
  if (!arguments.Has("db")) throw UsageError("option '--db' is missing: the database to write");
  return RunWithKernels(arguments, [&](const std::vector<Kernel>& kernels) { return TuneAndPrint(kernels, arguments); });
}

}  // namespace

Command TuneCommand() {
  return {.name = "tune",
          .summary = "Measures variants of kernels on this machine and stores every result; the same command continues",
          .example =
              "hone tune kernels --db tuned.db --seconds 60\n"
              "hone tune kernels/gemm --db tuned.db --problem m=512,n=512,k=512 --evals 200 --device 0",
          .positionals = {KernelsPositional()},
          .options = TuneCommandOptions(),
          .run = RunTune};
}

}  // namespace hone
