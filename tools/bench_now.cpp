#include <algorithm>
#include <map>

#include "db/error.h"
#include "runtime/plan.h"
#include "tools/bench.h"
#include "tools/interrupt.h"
#include "tools/progress.h"
#include "tools/results.h"
#include "tuner/client.h"
#include "tuner/clock.h"
#include "tuner/contract.h"

namespace hone {
namespace {

// One problem's contestants. The first is the best; default and median may be the same variant as another.
struct Contest {
  std::vector<BenchRequest> requests;
  std::map<std::string, std::size_t> places;  // "best", "default", "median": into requests
};

VariantName MedianVariant(const Store& store, const Coverage& coverage) {
  std::vector<Measurement> results = store.Results(coverage.kernel, coverage.problem, coverage.device_key);
  std::erase_if(results, [](const Measurement& m) { return m.outcome != Outcome::kOk; });
  return results.empty() ? VariantName() : VariantOf(results[(results.size() - 1) / 2]);
}

// A default or median variant of elsewhere may be beyond this device's limits, or beyond the problem's size.
bool RunsOn(const DeviceInfo& device, const Binary& binary, const Values& problem) {
  try {
    MakePlan(binary, problem, device);
    return true;
  } catch (const DeviceError&) {
    return false;
  }
}

Contest MakeContest(const Store& store, const Kernel& kernel, const Coverage& coverage, const DeviceInfo& device) {
  Contest contest;
  std::map<std::string, std::size_t> known;  // variant -> request
  const auto add = [&](const std::string& role, const VariantName& variant) {
    const auto [place, is_new] = known.emplace(ToText(variant), contest.requests.size());
    if (is_new) {
      const auto binary = store.LoadBinary(kernel.name, variant.pattern, variant.point, TypesOf(kernel, coverage.problem));
      if (!binary || !RunsOn(device, *binary, coverage.problem)) {
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
std::optional<Ratio> RatioOf(const std::vector<double>& other, const std::vector<double>& best) {
  std::vector<double> ratios;
  for (std::size_t i = 0; i < std::min(other.size(), best.size()); ++i) ratios.push_back(other[i] / best[i]);
  if (ratios.empty()) return std::nullopt;
  const Statistics ratio = Summarize(ratios);
  return Ratio{ratio.median_ns, ratio.low_ns, ratio.high_ns};
}

void TimeNow(Client& client, const Store& store, int rounds, BenchResult& result) {
  const Coverage& coverage = result.coverage;
  const Contest contest = MakeContest(store, result.kernel, coverage, client.Start());
  if (!contest.places.contains("best")) {
    result.message = "the best one's SPIR-V is not stored ('hone compile' does it), or this device cannot run it";
    return;
  }
  client.SetKernel({contest.requests.front().binary.kernel, TypesOf(result.kernel, coverage.problem), std::nullopt});
  const Client::PlayoffResult timed = client.Playoff(contest.requests, rounds);
  const auto times = [&](const std::string& role) {
    const auto place = contest.places.find(role);
    return place == contest.places.end() ? std::vector<double>() : timed.times_ns[place->second];
  };
  result.best = Summarize(times("best"));
  result.over_default = RatioOf(times("default"), times("best"));
  result.over_median = RatioOf(times("median"), times("best"));
  result.rounds = times("best").size();
  result.message = timed.message;
}

BenchResult TimeNow(Client& client, const Store& store, int rounds, const Coverage& coverage) {
  BenchResult result{.coverage = coverage, .kernel = RequireKernel(store, coverage.kernel)};
  try {
    if (coverage.best) {
      TimeNow(client, store, rounds, result);
    } else {
      result.message = "none worked";
    }
  } catch (const WorkerFailed& failure) {
    result.message = failure.what();
  }
  return result;
}

// The device that the worker has; those of the same name where the database knows it by other drivers only.
std::vector<DeviceInfo> StoredAs(const Store& store, const DeviceInfo& device) {
  std::vector<DeviceInfo> same_name;
  for (const DeviceInfo& stored : store.Devices()) {
    if (stored.Key() == device.Key()) return {stored};
    if (stored.name == device.name) same_name.push_back(stored);
  }
  if (same_name.empty()) {
    throw Error(store.path() + ": nothing was measured on '" + device.name + "' (--stored shows what the database has)");
  }
  return same_name;
}

std::vector<Coverage> CoveragesOn(const Store& store, const std::vector<DeviceInfo>& devices, const Arguments& arguments) {
  std::vector<Coverage> all = store.Summary(arguments.Text("KERNEL"));
  std::erase_if(all, [&](const Coverage& coverage) {
    return std::none_of(devices.begin(), devices.end(),
                        [&](const DeviceInfo& device) { return device.Key() == coverage.device_key; });
  });
  return all;
}

}  // namespace

BenchRun BenchNow(const Store& store, const Arguments& arguments) {
  BenchRun bench;
  Progress progress("bench", arguments.Flag("json") ? Progress::Style::kQuiet : Progress::Style::kAuto);
  try {
    Client client({.command = {"/proc/self/exe", "worker"}, .device = arguments.Text("device"), .stop = Interrupt::Requested});
    bench.devices = StoredAs(store, client.Start());
    const std::vector<Coverage> coverages = CoveragesOn(store, bench.devices, arguments);
    for (const Coverage& coverage : coverages) {
      progress.Update(bench.results.size(), coverages.size(), coverage.kernel + " " + coverage.problem.ToText());
      bench.results.push_back(TimeNow(client, store, arguments.Int("rounds"), coverage));
    }
    progress.Update(bench.results.size(), coverages.size(), "");
  } catch (const Interrupted&) {  // what is timed so far is printed
  }
  bench.unix_ms = UnixMilliseconds();
  return bench;
}

}  // namespace hone
