// hone check: are kernels right? Corners of their spaces and a sample, compared with their references.
#include <fmt/format.h>

#include <cstdio>
#include <memory>

#include "db/error.h"
#include "tools/command_list.h"
#include "tools/devices.h"
#include "tools/format.h"
#include "tools/interrupt.h"
#include "tools/kernels.h"
#include "tools/progress.h"
#include "tools/results.h"
#include "tuner/check.h"

namespace hone {
namespace {

class CheckProgressBar {
 public:
  explicit CheckProgressBar(bool quiet) : quiet_(quiet) {}

  void Take(const CheckProgress& progress) {
    const std::string what = progress.kernel + " " + progress.pattern;
    if (what != what_) {
      what_ = what;
      bar_ = std::make_unique<Progress>(what, quiet_ ? Progress::Style::kQuiet : Progress::Style::kAuto);
    }
    bar_->Update(static_cast<std::uint64_t>(progress.done), static_cast<std::uint64_t>(progress.total), "");
  }

 private:
  bool quiet_;
  std::string what_;
  std::unique_ptr<Progress> bar_;
};

Json ToJson(const CheckFailure& failure) {
  return {{"variant", ToText({failure.pattern, failure.point})},
          {"types", failure.types.ToText()},
          {"outcome", std::string(ToText(failure.outcome))},
          {"message", failure.message}};
}

Table ToTable(const CheckReport& report) {
  Table table({{"kernel", "kernel"},
               {"pattern", "pattern"},
               {"raw_points", "raw points", true},
               {"points", "legal", true},
               {"variants", "checked", true},
               {"runs", "runs", true},
               {"failures", "failures", true},
               {"skipped", "skipped"}});
  for (const CheckRow& row : report.rows) {
    Json failures = Json::array();
    for (const CheckFailure& failure : row.failures) failures.push_back(ToJson(failure));
    table.Add({row.kernel,
               row.pattern,
               {fmt::format("{:.0f}", row.raw_points), row.raw_points},
               CountCell(row.points),
               CountCell(row.variants),
               CountCell(row.runs),
               {std::to_string(row.failures.size()), failures},
               row.skipped});
  }
  return table;
}

void PrintFailures(const CheckReport& report) {
  for (const CheckRow& row : report.rows) {
    for (const CheckFailure& failure : row.failures) {
      const std::string types = failure.types.empty() ? "" : " " + failure.types.ToText();
      std::fprintf(stderr, "%s %s%s: %s: %s\n", row.kernel.c_str(), ToText({failure.pattern, failure.point}).c_str(),
                   types.c_str(), std::string(ToText(failure.outcome)).c_str(), failure.message.c_str());
    }
  }
}

int CheckAll(const Arguments& arguments, const std::vector<Kernel>& kernels) {
  std::vector<std::string> folders;
  for (const Kernel& kernel : kernels) folders.push_back(kernel.folder);
  CheckOptions options;
  options.device = arguments.Text("device");
  ChosenDevices(arguments.All("device"));  // a wrong one: in the same words as elsewhere
  options.samples = arguments.Int("samples");
  options.seed = arguments.Integer("seed", 1);
  options.include_dirs = arguments.All("include");
  options.stop = Interrupt::Requested;
  const Interrupt interrupt;
  CheckReport report;
  {
    CheckProgressBar bar(arguments.Flag("json"));
    report = Check(folders, options, [&](const CheckProgress& progress) { bar.Take(progress); });
  }
  ToTable(report).Print(arguments.Flag("json"));
  if (!arguments.Flag("json")) PrintFailures(report);
  if (Interrupt::Requested()) return kInterruptedStatus;
  if (report.ok()) return 0;
  std::size_t failures = 0;
  for (const CheckRow& row : report.rows) failures += row.failures.size();
  throw Error("check: " + FormatCount(static_cast<std::int64_t>(failures), "variant") + " failed");
}

int RunCheck(const Arguments& arguments) {
  return RunWithKernels(arguments, [&](const std::vector<Kernel>& kernels) { return CheckAll(arguments, kernels); });
}

}  // namespace

Command CheckCommand() {
  return {.name = "check",
          .summary = "Compares variants of kernels with their references: the corners of each space and a sample",
          .example = "hone check kernels\nhone check kernels/gemm --samples 100 --device 0",
          .positionals = {KernelsPositional()},
          .options = {{"device", "NAME", "a number or name of 'hone devices'; the best one without it"},
                      {"samples", "N", "variants of each pattern and element type, besides the corners", "20"},
                      {"seed", "N", "of that sample", "1"},
                      IncludeOption(),
                      JsonOption()},
          .run = RunCheck};
}

}  // namespace hone
