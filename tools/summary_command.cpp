// hone summary: the best variant of everything tuned, in one table.
#include <map>

#include "tools/command_list.h"
#include "tools/format.h"
#include "tools/results.h"

namespace hone {
namespace {

std::vector<Cell> Row(const Store& store, const Kernel& kernel, const Coverage& coverage) {
  const double best_ns = coverage.best ? coverage.best->statistics.median_ns : 0;
  return {coverage.kernel,
          coverage.problem.ToText(),
          {DeviceLabel(store, coverage.device_key), coverage.device_key},
          coverage.best ? ToText(VariantOf(*coverage.best)) : "none worked",
          TimeCell(best_ns),
          RateCell(WorkOf(kernel, coverage.problem), best_ns),
          RatioCell(DefaultTime(store, kernel, coverage).value_or(0), best_ns),
          RatioCell(coverage.median_of_ok_ns, best_ns),
          {std::to_string(coverage.variants), coverage.variants},
          {coverage.failed == 0 ? "" : std::to_string(coverage.failed), coverage.failed}};
}

int RunSummary(const Arguments& arguments) {
  const Store store = Store::Open(arguments.Text("FILE.db"), Store::Mode::kReadOnly);
  Table table({{"kernel", "kernel"},
               {"problem", "problem"},
               {"device", "device"},
               {"best_variant", "best variant"},
               {"best_ns", "time", true},
               {"rate_per_s", "rate", true},
               {"over_default", "over default", true},
               {"over_median", "over median", true},
               {"variants", "variants", true},
               {"failed", "failed", true}});
  const std::vector<Coverage> selected = Select(store, "", arguments);
  RequireProblem(store, "", selected, arguments);
  std::map<std::string, Kernel> kernels;
  for (const Kernel& kernel : store.Kernels()) kernels.emplace(kernel.name, kernel);
  for (const Coverage& coverage : selected) table.Add(Row(store, kernels.at(coverage.kernel), coverage));
  PrintResults(table, store, arguments);
  return 0;
}

}  // namespace

Command SummaryCommand() {
  return {.name = "summary",
          .summary = "Prints the best variant of every kernel and problem, and what tuning gained",
          .example = "hone summary tuned.db\nhone summary tuned.db --device H100 --json",
          .positionals = {{"FILE.db"}},
          .options = {DeviceOption(), ProblemOption(), JsonOption()},
          .run = RunSummary};
}

}  // namespace hone
