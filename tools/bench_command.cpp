// hone bench: the stored best against the default and the median variant, timed again here and now, in turns.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "db/error.h"
#include "tools/command_list.h"
#include "tools/interrupt.h"
#include "tools/progress.h"
#include "tools/results.h"
#include "tuner/client.h"
#include "tuner/contract.h"

namespace hone {
namespace {

// One problem's contestants. The first is the best; default and median may be the same variant as another.
struct Contest {
  Coverage coverage;
  std::vector<BenchRequest> requests;
  std::map<std::string, std::size_t> places;  // "best", "default", "median": into requests
};

VariantName MedianVariant(const Store& store, const Coverage& coverage) {
  std::vector<Measurement> results = store.Results(coverage.kernel, coverage.problem, coverage.device_key);
  std::erase_if(results, [](const Measurement& m) { return m.outcome != Outcome::kOk; });
  return results.empty() ? VariantName() : VariantOf(results[(results.size() - 1) / 2]);
}

Contest MakeContest(const Store& store, const Kernel& kernel, const Coverage& coverage) {
  Contest contest{.coverage = coverage};
  std::map<std::string, std::size_t> known;  // variant -> request
  const auto add = [&](const std::string& role, const VariantName& variant) {
    const auto [place, is_new] = known.emplace(ToText(variant), contest.requests.size());
    if (is_new) {
      const auto binary =
          store.LoadBinary(kernel.name, variant.pattern, variant.point, TypesOf(kernel, coverage.problem));
      if (!binary) {
        known.erase(place);
        return;
      }
      contest.requests.push_back({.binary = *binary, .problem = coverage.problem});
    }
    contest.places[role] = place->second;
  };
  add("best", VariantOf(*coverage.best));
  add("default", DefaultVariant(kernel));
  add("median", MedianVariant(store, coverage));
  return contest;
}

// other / best, round by round: its median and the 95 % interval of that.
Statistics Ratios(const std::vector<double>& other, const std::vector<double>& best) {
  std::vector<double> ratios;
  for (std::size_t i = 0; i < std::min(other.size(), best.size()); ++i) ratios.push_back(other[i] / best[i]);
  return Summarize(ratios);
}

Cell RatioWithInterval(const Statistics& ratio, bool known) {
  if (!known || ratio.median_ns <= 0) return {"", nullptr};
  return {fmt::format("{:.2f}× ({:.2f} to {:.2f})", ratio.median_ns, ratio.low_ns, ratio.high_ns),
          Json{{"median", ratio.median_ns}, {"low", ratio.low_ns}, {"high", ratio.high_ns}}};
}

std::vector<Cell> Row(const Store& store, const Kernel& kernel, const Contest& contest,
                      const Client::PlayoffResult& result) {
  const auto times = [&](const std::string& role) {
    const auto place = contest.places.find(role);
    return place == contest.places.end() ? std::vector<double>() : result.times_ns[place->second];
  };
  const std::vector<double> best = times("best");
  const Statistics now = Summarize(best);
  const double stored_ns = contest.coverage.best->statistics.median_ns;
  return {contest.coverage.kernel,
          contest.coverage.problem.ToText(),
          {DeviceLabel(store, contest.coverage.device_key), contest.coverage.device_key},
          ToText(VariantOf(*contest.coverage.best)),
          TimeCell(now.median_ns),
          TimeCell(stored_ns),
          RateCell(WorkOf(kernel, contest.coverage.problem), now.median_ns),
          RatioWithInterval(Ratios(times("default"), best), contest.places.contains("default")),
          RatioWithInterval(Ratios(times("median"), best), contest.places.contains("median")),
          {"", best.size()},
          result.message};
}

int RunBench(const Arguments& arguments) {
  const Store store = Store::Open(arguments.Text("FILE.db"), Store::Mode::kReadOnly);
  if (arguments.Has("KERNEL")) RequireKernel(store, arguments.Text("KERNEL"));
  const Interrupt interrupt;
  Client client(
      {.command = {"/proc/self/exe", "worker"}, .device = arguments.Text("device"), .stop = Interrupt::Requested});
  const std::string device_name = client.Start().name;
  std::set<std::string> keys;
  for (const DeviceInfo& device : store.Devices()) {
    if (device.name == device_name) keys.insert(device.Key());
  }
  if (keys.empty()) throw Error(store.path() + ": nothing was measured on '" + device_name + "'");
  Table table({{"kernel", "kernel"},
               {"problem", "problem"},
               {"device", keys.size() > 1 ? "device" : ""},
               {"best_variant", "best variant"},
               {"best_ns", "now", true},
               {"stored_ns", "stored", true},
               {"rate_per_s", "rate", true},
               {"over_default", "over default", true},
               {"over_median", "over median", true},
               {"rounds", ""},
               {"message", "note"}});
  Progress progress("bench", arguments.Flag("json") ? Progress::Style::kQuiet : Progress::Style::kAuto);
  const std::vector<Coverage> coverages = [&] {
    std::vector<Coverage> all;
    for (Coverage& coverage : store.Summary(arguments.Text("KERNEL"))) {
      if (keys.contains(coverage.device_key) && coverage.best) all.push_back(std::move(coverage));
    }
    return all;
  }();
  for (std::size_t i = 0; i < coverages.size() && !Interrupt::Requested(); ++i) {
    const Kernel kernel = RequireKernel(store, coverages[i].kernel);
    const Contest contest = MakeContest(store, kernel, coverages[i]);
    if (!contest.places.contains("best")) continue;  // its SPIR-V is not stored
    client.SetKernel({contest.requests.front().binary.kernel, TypesOf(kernel, coverages[i].problem), std::nullopt});
    const auto result = client.Playoff(contest.requests, static_cast<int>(arguments.Integer("rounds", 21)));
    table.Add(Row(store, kernel, contest, result));
    progress.Update(i + 1, coverages.size(), "");
  }
  table.Print(arguments.Flag("json"));
  return Interrupt::Requested() ? kInterruptedStatus : 0;
}

}  // namespace

Command BenchCommand() {
  return {.name = "bench",
          .summary = "Times the stored best against the default and the median variant again, here and now, in turns",
          .example = "hone bench tuned.db\nhone bench tuned.db gemm --rounds 51 --json",
          .positionals = {{"FILE.db"}, {"KERNEL", 0, 1}},
          .options = {{"device", "NAME", "a number or name of 'hone devices'; the best one without it"},
                      {"rounds", "N", "times each variant is timed", "21"},
                      JsonOption()},
          .run = RunBench};
}

}  // namespace hone
