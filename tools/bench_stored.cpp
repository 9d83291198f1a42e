#include <algorithm>

#include "tools/bench.h"
#include "tools/results.h"

namespace hone {
namespace {

std::optional<Ratio> RatioOf(std::optional<double> other_ns, double best_ns) {
  if (!other_ns || !(*other_ns > 0)) return std::nullopt;
  return Ratio{.median = *other_ns / best_ns};
}

BenchResult Stored(const Store& store, const Coverage& coverage) {
  BenchResult result{.coverage = coverage, .kernel = RequireKernel(store, coverage.kernel)};
  if (!coverage.best) {
    result.message = "none worked";
    return result;
  }
  result.best = coverage.best->statistics;
  result.over_default = RatioOf(DefaultTime(store, result.kernel, coverage), result.best.median_ns);
  result.over_median = RatioOf(coverage.median_of_ok_ns, result.best.median_ns);
  if (coverage.best->phase != "playoff") result.message = "no play-off yet";
  return result;
}

}  // namespace

BenchRun BenchStored(const Store& store, const Arguments& arguments) {
  BenchRun bench;
  for (const Coverage& coverage : Select(store, arguments.Text("KERNEL"), arguments)) {
    bench.results.push_back(Stored(store, coverage));
    if (coverage.best) bench.unix_ms = std::max(bench.unix_ms, coverage.best->unix_ms);
  }
  for (DeviceInfo& device : store.Devices()) {
    const bool used = std::any_of(bench.results.begin(), bench.results.end(),
                                  [&](const BenchResult& result) { return result.coverage.device_key == device.Key(); });
    if (used) bench.devices.push_back(std::move(device));
  }
  return bench;
}

}  // namespace hone
