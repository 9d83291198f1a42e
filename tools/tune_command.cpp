// hone tune: measures variants, and stores every result as it comes.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <memory>

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

using Clock = std::chrono::steady_clock;

// A bar for each kernel, problem and device in turn.
class TuneProgressBar {
 public:
  TuneProgressBar(bool quiet, int jobs_before, int jobs) : quiet_(quiet), jobs_before_(jobs_before), jobs_(jobs) {}

  void Take(const TuneProgress& progress) {
    if (progress.stage == TuneProgress::Stage::kStart) return;
    const std::string what = progress.kernel + " " + progress.problem.ToText() + " on " + progress.device;
    if (what != what_) {
      what_ = what;
      const std::string place =
          "[" + std::to_string(jobs_before_ + progress.job + 1) + "/" + std::to_string(jobs_) + "] ";
      bar_ = std::make_unique<Progress>(place + progress.kernel + " " + progress.problem.ToText(),
                                        quiet_ ? Progress::Style::kQuiet : Progress::Style::kAuto);
    }
    std::string best = progress.best_ns > 0 ? FormatTime(progress.best_ns) + " " + progress.best : "";
    if (progress.stage == TuneProgress::Stage::kPlayoff) best += " (play-off)";
    const double left = progress.expected_seconds - progress.seconds;
    bar_->Update(progress.done, progress.total, best, progress.expected_seconds > 0 ? std::max(left, 0.0) : -1);
  }

 private:
  bool quiet_;
  int jobs_before_, jobs_;
  std::string what_;
  std::unique_ptr<Progress> bar_;
};

void Append(const TuneReport& part, TuneReport& whole) {
  whole.rows.insert(whole.rows.end(), part.rows.begin(), part.rows.end());
  whole.portable.insert(whole.portable.end(), part.portable.begin(), part.portable.end());
  whole.profile.Add(part.profile);
  whole.interrupted |= part.interrupted;
}

// The problems to tune; a manifest's own that do not fit every chosen device are left out, and said so.
std::vector<Values> FittingProblems(const Kernel& kernel, const std::vector<DeviceInfo>& devices,
                                    const Arguments& arguments) {
  std::vector<Values> problems = ProblemsFor(kernel, arguments);
  if (arguments.Has("problem")) return problems;
  std::erase_if(problems, [&](const Values& problem) {
    for (const DeviceInfo& device : devices) {
      const std::string why = WhyNotOn(device, kernel, problem);
      if (why.empty()) continue;
      std::fprintf(stderr, "%s %s: left out: %s\n", kernel.name.c_str(), problem.ToText().c_str(), why.c_str());
      return true;
    }
    return false;
  });
  return problems;
}

// Kernel by kernel, so that what one does not use of --seconds is there for the next.
TuneReport TuneAll(const std::vector<Kernel>& kernels, Store& store, const Arguments& arguments) {
  TuneOptions options = TuneOptionsFrom(arguments);
  const bool quiet = arguments.Flag("json");
  const auto start = Clock::now();
  const std::vector<DeviceInfo> devices = ChosenDevices(options.devices);
  std::vector<std::vector<Values>> problems;
  int jobs_left = 0;
  for (const Kernel& kernel : kernels) {
    problems.push_back(FittingProblems(kernel, devices, arguments));
    jobs_left += static_cast<int>(problems.back().size());
  }
  const int jobs = jobs_left;
  TuneReport report;
  for (std::size_t i = 0; i < kernels.size() && !report.interrupted; ++i) {
    if (arguments.Has("seconds")) {
      const double used = std::chrono::duration<double>(Clock::now() - start).count();
      options.budget.seconds = std::max(arguments.Number("seconds") - used, 0.001 * jobs_left) / jobs_left;
    }
    if (problems[i].empty()) continue;
    options.problems = problems[i];
    TuneProgressBar bar(quiet, jobs - jobs_left, jobs);
    Append(Tune({kernels[i].folder}, store, options, [&](const TuneProgress& progress) { bar.Take(progress); }),
           report);
    jobs_left -= static_cast<int>(problems[i].size());
  }
  return report;
}

int RunTune(const Arguments& arguments) {
  if (!arguments.Has("db")) throw UsageError("option '--db' is missing: the database to write");
  const std::vector<Kernel> kernels = LoadKernels(arguments);
  Store store = Store::Open(arguments.Text("db"), Store::Mode::kCreate);
  const Interrupt interrupt;
  const TuneReport report = TuneAll(kernels, store, arguments);
  if (arguments.Flag("dry-run")) {
    PrintDryRun(report, arguments.Flag("json"));
  } else {
    PrintTuneReport(report, arguments.Flag("json"));
  }
  if (arguments.Flag("profile") && !arguments.Flag("json")) PrintTuneProfile(report.profile);
  return report.interrupted ? kInterruptedStatus : 0;
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
