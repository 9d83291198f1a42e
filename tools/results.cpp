#include "tools/results.h"

#include <fmt/format.h>

#include <cmath>
#include <cstdio>
#include <set>

#include "db/error.h"
#include "db/formula.h"
#include "tools/devices.h"
#include "tools/format.h"

namespace hone {
namespace {

double EvaluateOr0(const std::string& formula, const Values& problem) {
  if (formula.empty()) return 0;
  try {
    return Formula::Parse(formula).Evaluate(LookupIn({problem}));
  } catch (const Error&) {
    return 0;  // a formula that needs more than the problem says nothing here
  }
}

bool Has(const Values& problem, const Values& wanted) {
  for (const auto& [name, value] : wanted.items()) {
    const Value* found = problem.Find(name);
    if (found == nullptr || *found != value) return false;
  }
  return true;
}

bool MeansProblem(const std::vector<std::string>& wanted, const Values& problem) {
  for (const std::string& text : wanted) {
    if (Has(problem, Values::FromText(text))) return true;
  }
  return wanted.empty();
}

}  // namespace

std::string ToText(const VariantName& variant) {
  return variant.point.empty() ? variant.pattern : variant.pattern + " " + variant.point.ToText();
}

VariantName VariantFromText(const std::string& text) {
  const std::size_t space = text.find(' ');
  const std::string pattern = text.substr(0, space);
  if (pattern.empty() || pattern.find('=') != std::string::npos) {
    throw Error("variant '" + text + "': no pattern (write it as 'hone show' does: PATTERN NAME=VALUE ...)");
  }
  return {pattern, space == std::string::npos ? Values() : Values::FromText(text.substr(space + 1))};
}

VariantName VariantOf(const Measurement& measurement) { return {measurement.pattern, measurement.point}; }

VariantName DefaultVariant(const Kernel& kernel) {
  if (kernel.patterns.empty()) return {};
  return {kernel.patterns.front().name, kernel.patterns.front().default_point};
}

Work WorkOf(const Kernel& kernel, const Values& problem) {
  return {EvaluateOr0(kernel.bytes, problem), EvaluateOr0(kernel.flops, problem)};
}

Cell TimeCell(double ns) {
  if (!(ns > 0) || !std::isfinite(ns)) return {"", nullptr};
  return {FormatTime(ns), ns};
}

Cell RateCell(const Work& work, double ns) {
  if (!(ns > 0) || !std::isfinite(ns)) return {"", nullptr};
  // A kernel that does less than four operations a byte is bound by memory on every device.
  if (work.flops > 4 * work.bytes) return {FormatFlops(work.flops / ns * 1e9), work.flops / ns * 1e9};
  if (work.bytes > 0) return {FormatBandwidth(work.bytes / ns * 1e9), work.bytes / ns * 1e9};
  return {"", nullptr};
}

Cell RatioCell(double numerator, double denominator) {
  const double ratio = numerator / denominator;
  if (!(ratio > 0) || !std::isfinite(ratio)) return {"", nullptr};
  return {FormatRatio(ratio), ratio};
}

Cell DateCell(std::int64_t unix_ms) {
  if (unix_ms == 0) return {"", nullptr};
  return {FormatLocalDate(unix_ms), unix_ms};
}

std::string DeviceKey(const Store& store, const std::string& typed) {
  const std::vector<DeviceInfo> devices = store.Devices();
  return devices[FindDevice(devices, typed, store.path())].Key();
}

Kernel RequireKernel(const Store& store, const std::string& name) {
  if (std::optional<Kernel> kernel = store.FindKernel(name)) return *kernel;
  std::vector<std::string> names;
  for (const Kernel& kernel : store.Kernels()) names.push_back(kernel.name);
  throw Error(store.path() + ": no kernel '" + name + "'" + DidYouMean(name, names));
}

std::vector<Coverage> Select(const Store& store, const std::string& kernel, const Arguments& arguments) {
  const std::string device_key = arguments.Has("device") ? DeviceKey(store, arguments.Text("device")) : "";
  std::vector<Coverage> chosen;
  for (Coverage& coverage : store.Summary(kernel)) {
    if (!device_key.empty() && coverage.device_key != device_key) continue;
    if (MeansProblem(arguments.All("problem"), coverage.problem)) chosen.push_back(std::move(coverage));
  }
  return chosen;
}

void RequireProblem(const Store& store, const std::string& kernel, const std::vector<Coverage>& selected,
                    const Arguments& arguments) {
  if (!selected.empty() || !arguments.Has("problem")) return;
  constexpr std::size_t kListed = 8;
  std::set<std::string> measured;
  for (const Coverage& coverage : store.Summary(kernel)) measured.insert(coverage.problem.ToText());
  std::string list;
  std::size_t listed = 0;
  for (const std::string& problem : measured) {
    if (listed++ == kListed) break;
    list += (list.empty() ? "'" : ", '") + problem + "'";
  }
  if (measured.size() > kListed) list += fmt::format(" and {} more", measured.size() - kListed);
  throw Error(fmt::format("{}: no results{} for --problem {} ({})", store.path(), kernel.empty() ? "" : " of " + kernel,
                          arguments.Text("problem"), list.empty() ? "nothing is measured yet" : "there are " + list));
}

std::optional<double> DefaultTime(const Store& store, const Kernel& kernel, const Coverage& coverage) {
  const VariantName wanted = DefaultVariant(kernel);
  std::optional<double> time;
  store.ForEach({.kernel = coverage.kernel, .problem = coverage.problem, .device_key = coverage.device_key},
                [&](const Measurement& measurement) {
                  if (VariantOf(measurement) != wanted) return true;
                  if (measurement.outcome == Outcome::kOk) time = measurement.statistics.median_ns;
                  return false;
                });
  return time;
}

void PrintResults(const Table& table, const Store& store, const Arguments& arguments) {
  if (table.empty() && !arguments.Flag("json")) {
    std::printf("%s: nothing is tuned yet ('hone tune' does it)\n", store.path().c_str());
  }
  table.Print(arguments.Flag("json"));
}

std::string DeviceLabel(const Store& store, const std::string& device_key) {
  const std::vector<DeviceInfo> devices = store.Devices();
  std::string name = device_key;
  int same = 0;
  for (const DeviceInfo& device : devices) {
    if (device.Key() == device_key) name = device.name;
  }
  for (const DeviceInfo& device : devices) same += device.name == name;
  return same > 1 ? device_key : name;
}

}  // namespace hone
