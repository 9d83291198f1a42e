// hone diff: what changed between two databases.
#include "db/diff.h"

#include <fmt/format.h>

#include <cstdio>

#include "tools/command_list.h"
#include "tools/format.h"
#include "tools/results.h"

namespace hone {
namespace {

Cell Side(const std::optional<Measurement>& measurement) {
  return measurement ? TimeCell(measurement->statistics.median_ns) : Cell("", nullptr);
}

Cell VariantCell(const std::optional<Measurement>& measurement) {
  return measurement ? Cell(ToText(VariantOf(*measurement))) : Cell("", nullptr);
}

// "+12.3 %", of the time.
Cell Change(const Difference& difference) {
  if (!difference.before || !difference.after) return {"", nullptr};
  return {fmt::format("{:+.1f} %", 100 * (difference.ratio - 1)), difference.ratio};
}

int RunDiff(const Arguments& arguments) {
  const Store before = Store::Open(arguments.Text("BEFORE.db"), Store::Mode::kReadOnly);
  const Store after = Store::Open(arguments.Text("AFTER.db"), Store::Mode::kReadOnly);
  Table table({{"change", "change"},
               {"kernel", "kernel"},
               {"problem", "problem"},
               {"device_before", ""},
               {"device_after", "device"},
               {"before_ns", "before", true},
               {"after_ns", "after", true},
               {"ratio", "time", true},
               {"before_variant", "variant before"},
               {"after_variant", "variant after"},
               {"source_changed", "source"}});
  std::size_t same = 0;
  const DiffOptions options{.least_change = arguments.Number("least", 1) / 100};
  for (const Difference& d : Diff(before, after, options)) {
    same += d.change == hone::Change::kSame;
    if (d.change == hone::Change::kSame && !arguments.Flag("all") && !arguments.Flag("json")) continue;
    const std::string device =
        d.device_after.empty() ? DeviceLabel(before, d.device_before) : DeviceLabel(after, d.device_after);
    table.Add({std::string(ToText(d.change)),
               d.kernel,
               d.problem.ToText(),
               d.device_before,
               {device, d.device_after},
               Side(d.before),
               Side(d.after),
               Change(d),
               VariantCell(d.before),
               VariantCell(d.after),
               {d.source_changed ? "changed" : "", d.source_changed}});
  }
  table.Print(arguments.Flag("json"));
  if (!arguments.Flag("json") && !arguments.Flag("all")) std::printf("%zu the same, within noise\n", same);
  return 0;
}

}  // namespace

Command DiffCommand() {
  return {.name = "diff",
          .summary = "Compares the best variants of two databases: faster, slower beyond noise, appeared, vanished",
          .example = "hone diff before.db after.db\nhone diff before.db after.db --least 5 --json",
          .positionals = {{"BEFORE.db"}, {"AFTER.db"}},
          .options = {{"least", "PERCENT", "least change that counts, besides intervals that do not meet", "1"},
                      {"all", "", "also what is the same"},
                      JsonOption()},
          .run = RunDiff};
}

}  // namespace hone
