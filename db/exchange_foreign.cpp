// What the forms of other tuners share.
#include <cmath>
#include <cstdint>
#include <cstdio>

#include "db/error.h"
#include "db/exchange_impl.h"
#include "db/facts.h"
#include "db/store_impl.h"

namespace hone {
namespace {

// Days since 1970-01-01 in the Gregorian calendar. Source: H. Hinnant, "chrono-Compatible Low-Level Date Algorithms".
std::int64_t DaysOf(std::int64_t year, unsigned month, unsigned day) {
  year -= month <= 2;
  const std::int64_t era = (year >= 0 ? year : year - 399) / 400;
  const unsigned year_of_era = static_cast<unsigned>(year - era * 400);
  const unsigned day_of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
  const unsigned day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
  return era * 146097 + static_cast<std::int64_t>(day_of_era) - 719468;
}

Kernel KernelOf(const ForeignResults& results) {
  Kernel kernel;
  kernel.name = results.kernel;
  kernel.summary = "results of " + results.tuner + "; not a kernel of hone's";
  kernel.source = results.tuner;
  for (const auto& [name, value] : results.problem.items()) {
    if (std::holds_alternative<std::int64_t>(value)) kernel.integers.push_back({name, 0, std::int64_t{1} << 62});
  }
  Pattern pattern;
  pattern.name = "imported";
  std::string space;
  for (const auto& [name, values] : results.parameters) {
    pattern.parameters.push_back({name, values, false, {}});
    space += name + "=";
    for (const Value& value : values) space += ToText(value) + ",";
    space += ";";
  }
  kernel.patterns.push_back(std::move(pattern));
  kernel.source_hash = HashOf(results.tuner + "\n" + results.kernel + "\n" + space);
  return kernel;
}

DeviceInfo DeviceOf(const ForeignResults& results) {
  DeviceInfo device;
  device.name = results.device;
  device.type = "other";
  device.driver_name = results.tuner;
  return device;
}

}  // namespace

void StoreForeign(Store& store, ForeignResults results, std::string_view text, const ImportOptions& options) {
  if (!options.kernel.empty()) results.kernel = options.kernel;
  if (!options.device.empty()) results.device = options.device;
  if (options.problem) results.problem = *options.problem;
  if (results.kernel.empty()) results.kernel = "imported";
  if (results.device.empty()) results.device = "unknown";
  results.kernel = ForeignName(results.kernel);
  std::int64_t seen = 0;
  for (const Measurement& m : results.measurements) seen = std::max(seen, m.unix_ms);

  FactWriter facts(store.impl().database);
  const std::int64_t device = facts.Device(DeviceToJson(DeviceOf(results)), seen);
  const std::int64_t kernel = facts.Kernel(KernelToJson(KernelOf(results)), seen);
  const std::string command = "import " + options.source;
  RunFact run;
  run.uuid = HashOf(text);  // the same file again is the same run
  run.device = device;
  run.command = command;
  run.version = results.tuner;
  run.strategy = "imported";
  run.started_ms = seen;
  run.ended_ms = seen;
  const std::int64_t run_row = facts.Run(run);
  for (Measurement& m : results.measurements) {
    m.kernel = results.kernel;
    m.pattern = "imported";
    m.problem = results.problem;
    m.phase = "import";
    if (m.unix_ms == 0) m.unix_ms = 1;
    m.statistics = Summarize(m.samples_ns);
    store.impl().PutMeasurementOf(kernel, device, run_row, m);
  }
}

Value ForeignValue(const nlohmann::json& json, const std::string& name) {
  if (json.is_boolean()) return std::int64_t{json.get<bool>() ? 1 : 0};
  const bool fits = !json.is_number_unsigned() || json.get<std::uint64_t>() <= std::uint64_t{INT64_MAX};
  if (json.is_number_integer() && fits) return json.get<std::int64_t>();
  if (json.is_number_float()) {
    const double number = json.get<double>();
    if (number == std::floor(number) && std::fabs(number) < 1e15) return static_cast<std::int64_t>(number);
  }
  if (json.is_string()) {
    try {
      return ValueFromText(json.get_ref<const std::string&>());
    } catch (const Error&) {
    }
  }
  throw Error("parameter '" + name + "': " + json.dump().substr(0, 60) + " is neither an integer of 64 bits nor a word");
}

double ForeignMs(const JsonObject& object, std::string_view key) {
  const nlohmann::json* value = object.Find(key);
  if (!value || !value->is_number()) return 0;
  const double ms = value->get<double>();
  return ms >= 0 && std::isfinite(ms) ? ms : 0;
}

std::int64_t ParseTimestamp(std::string_view text) {
  int year = 0, hour = 0, minute = 0;
  unsigned month = 0, day = 0;
  double second = 0;
  const std::string copy(text.substr(0, 40));
  char separator = 0;
  if (std::sscanf(copy.c_str(), "%4d-%2u-%2u%c%2d:%2d:%lf", &year, &month, &day, &separator, &hour, &minute, &second) != 7)
    return 0;
  if (year < 1970 || year > 9999 || month < 1 || month > 12 || day < 1 || day > 31 || !(second >= 0 && second < 61)) return 0;
  return DaysOf(year, month, day) * 86400000 + (hour * 60 + minute) * 60000 + std::llround(second * 1000);
}

std::string FormatTimestamp(std::int64_t unix_ms) {
  const std::time_t seconds = unix_ms / 1000;
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  char text[64];
  std::snprintf(text, sizeof text, "%04d-%02d-%02d %02d:%02d:%02d.%03d+00:00", parts.tm_year + 1900, parts.tm_mon + 1,
                parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec, static_cast<int>(unix_ms % 1000));
  return text;
}

std::string ForeignName(std::string_view text) {
  std::string name(text.substr(0, 128));
  for (char& c : name) {
    if (!IsPlainName(std::string_view(&c, 1))) c = '_';
  }
  return name.empty() ? "imported" : name;
}

}  // namespace hone
