#include "tools/tune_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <vector>

#include "tools/format.h"
#include "tools/results.h"

namespace hone {
namespace {

Cell Share(double share) { return {fmt::format("{:.1f} %", 100 * share), share}; }

Cell Factor(double ratio) { return ratio > 0 ? Cell(FormatRatio(ratio), ratio) : Cell("", nullptr); }

std::uint64_t FailedOf(const TuneRow& row) {
  std::uint64_t failed = 0;
  for (const auto& [outcome, count] : row.outcomes) failed += outcome == Outcome::kOk ? 0 : count;
  return failed;
}

Json OutcomesOf(const TuneRow& row) {
  Json json = Json::object();
  for (const auto& [outcome, count] : row.outcomes) json[std::string(ToText(outcome))] = count;
  return json;
}

Cell RateOf(const TuneRow& row) {
  if (!row.best) return {"", nullptr};
  return RateCell({row.gb_per_s * row.best->statistics.median_ns, row.tflop_per_s * 1e3 * row.best->statistics.median_ns},
                  row.best->statistics.median_ns);
}

bool SeveralDevices(const TuneReport& report) {
  std::set<std::string> keys;
  for (const TuneRow& row : report.rows) keys.insert(row.device_key);
  return keys.size() > 1;
}

void PrintLeftOut(const TuneReport& report) {
  for (const std::string& left_out : report.left_out) std::fprintf(stderr, "%s\n", left_out.c_str());
}

void PrintNotes(const TuneReport& report) {
  PrintLeftOut(report);
  for (const std::string& error : report.errors) std::fprintf(stderr, "hone: %s\n", error.c_str());
  for (const TuneRow& row : report.rows) {
    const std::string place = row.kernel + " " + row.problem.ToText();
    for (const std::string& note : row.notes) std::printf("%s: %s\n", place.c_str(), note.c_str());
    if (!row.tied.empty()) {
      std::printf("%s: %s cannot be told from the best, such as %s\n", place.c_str(),
                  FormatCount(std::ssize(row.tied), "variant").c_str(), row.tied.front().c_str());
    }
  }
  for (const PortableRow& row : report.portable) {
    std::printf("%s on %s: one variant for all: %s, %.1f %% of the best on average, %.1f %% at %s\n", row.kernel.c_str(),
                row.device.c_str(), row.variant.c_str(), 100 * row.mean_share, 100 * row.worst_share,
                row.worst_problem.ToText().c_str());
  }
}

Table FinalistTable(const TuneRow& row) {
  Table table({{"variant", "variant"},
               {"median_ns", "time", true},
               {"low_ns", ""},
               {"high_ns", ""},
               {"ratio", "over best", true},
               {"p_value", "p", true},
               {"tied", ""},
               {"chosen", "verdict"},
               {"won_before", "won before", true}});
  for (const Finalist& each : row.finalists) {
    table.Add({each.variant,
               TimeCell(each.statistics.median_ns),
               {"", each.statistics.low_ns},
               {"", each.statistics.high_ns},
               {fmt::format("{:.4f}×", each.ratio), each.ratio},
               {FormatDigits(each.p_value), each.p_value},
               {"", each.tied},
               {each.chosen ? "chosen"
                : each.tied ? "tied"
                            : "",
                each.chosen},
               {each.won_before > 0 ? std::to_string(each.won_before) : "", each.won_before}});
  }
  return table;
}

// Where nothing but a play-off was held, it is what was asked for.
void PrintPlayoffs(const TuneReport& report) {
  for (const TuneRow& row : report.rows) {
    if (row.measured > 0 || row.finalists.empty()) continue;
    std::printf("\n%s %s: timed in turns\n", row.kernel.c_str(), row.problem.ToText().c_str());
    FinalistTable(row).Print(false);
    std::vector<double> won;
    for (const Finalist& each : row.finalists)
      if (each.won_before > 0) won.push_back(each.ratio);
    if (won.size() > 1) {
      const auto [least, most] = std::ranges::minmax(won);
      std::printf("the %zu that won before lie within %.2f %% of each other\n", won.size(), 100 * (most / least - 1));
    }
  }
}

Table ResultTable(const TuneReport& report) {
  Table table({{"kernel", "kernel"},
               {"problem", "problem"},
               {"device", SeveralDevices(report) ? "device" : ""},
               {"device_key", ""},
               {"points", "legal", true},
               {"measured", "measured", true},
               {"reused", "known", true},
               {"failed", "failed", true},
               {"outcomes", ""},
               {"best_variant", "best variant"},
               {"best_ns", "time", true},
               {"rate_per_s", "rate", true},
               {"over_default", "over default", true},
               {"over_median", "over median", true},
               {"tied", ""},
               {"finalists", ""},
               {"stopped", ""},
               {"notes", ""}});
  for (const TuneRow& row : report.rows) {
    table.Add({row.kernel,
               row.problem.ToText(),
               row.device,
               row.device_key,
               CountCell(row.points),
               CountCell(row.measured),
               CountCell(row.reused),
               CountCell(FailedOf(row)),
               {"", OutcomesOf(row)},
               row.best ? ToText(VariantOf(*row.best)) : "none worked",
               row.best ? TimeCell(row.best->statistics.median_ns) : Cell("", nullptr),
               RateOf(row),
               Factor(row.speedup_over_default),
               Factor(row.speedup_over_median),
               {"", row.tied},
               {"", FinalistTable(row).ToJson()},
               {"", row.stopped},
               {"", row.notes}});
  }
  return table;
}

struct ProfilePart {
  const char* key;
  const char* name;
  double ms;
};

std::vector<ProfilePart> PartsOf(const TuneProfile& profile) {
  return {{"start_ms", "start of the worker", profile.start_ms},
          {"prepare_ms", "kernels and problems", profile.prepare_ms},
          {"strategy_ms", "strategy", profile.strategy_ms},
          {"compile_ms", "waiting for SPIR-V", profile.compile_ms},
          {"pipeline_ms", "waiting for the driver's compiler", profile.pipeline_ms},
          {"turn_ms", "waiting for the device", profile.turn_ms},
          {"check_ms", "check", profile.check_ms},
          {"timing_ms", "warm-up and timing", profile.timing_ms},
          {"playoff_ms", "play-off", profile.playoff_ms},
          {"store_ms", "database", profile.store_ms},
          {"other_ms", "talking to the worker", profile.other_ms},
          {"rest_ms", "the rest", profile.RestMs()}};
}

Json ProfileJson(const TuneProfile& profile) {
  Json json{{"total_ms", profile.total_ms}};
  for (const auto& [key, name, ms] : PartsOf(profile)) json[key] = ms;
  json["compiled_meanwhile_ms"] = profile.compiled_ms;
  json["useful_share"] = profile.UsefulShare();
  return json;
}

void PrintProfile(const TuneProfile& profile) {
  Table table({{"part", "where the time went"}, {"ms", "time", true}, {"share", "share", true}});
  for (const auto& [key, name, ms] : PartsOf(profile))
    table.Add({name, {FormatDuration(ms / 1e3), ms}, Share(ms / profile.total_ms)});
  std::puts("");
  table.Print(false);
  if (profile.compiled_ms > 0)
    std::printf("SPIR-V compiled on threads meanwhile: %s, of which %.0f %% was waited for\n",
                FormatDuration(profile.compiled_ms / 1e3).c_str(), 100 * profile.compile_ms / profile.compiled_ms);
  std::printf("measuring, warming up or waiting for the driver's compiler: %.0f %% of the time after start\n",
              100 * profile.UsefulShare());
}

}  // namespace

void PrintTuneReport(const TuneReport& report, bool with_profile, bool json) {
  const Table table = ResultTable(report);
  if (json) {
    Json whole{{"results", table.ToJson()},
               {"left_out", report.left_out},
               {"errors", report.errors},
               {"interrupted", report.interrupted}};
    if (with_profile) whole["profile"] = ProfileJson(report.profile);
    PrintJson(whole);
    return;
  }
  table.Print(false);
  PrintNotes(report);
  PrintPlayoffs(report);
  if (with_profile) PrintProfile(report.profile);
}

void PrintDryRun(const TuneReport& report, bool json) {
  Table table({{"kernel", "kernel"},
               {"problem", "problem"},
               {"device", "device"},
               {"raw_points", "raw", true},
               {"points", "legal", true},
               {"known", "known", true},
               {"to_measure", "to measure", true},
               {"expected_seconds", "about", true}});
  double seconds = 0;
  for (const TuneRow& row : report.rows) {
    seconds += row.expected_seconds;
    table.Add({row.kernel,
               row.problem.ToText(),
               {row.device, row.device_key},
               {fmt::format("{:.0f}", row.raw_points), row.raw_points},
               CountCell(row.points),
               CountCell(row.reused),
               CountCell(row.measured),
               {FormatDuration(row.expected_seconds), row.expected_seconds}});
  }
  table.Print(json);
  PrintLeftOut(report);
  if (!json) std::printf("in all about %s\n", FormatDuration(seconds).c_str());
}

}  // namespace hone
