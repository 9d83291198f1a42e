// Kernel Tuner's cache files: one JSON object with the space and, under "cache", one object a configuration, times in
// milliseconds. While it runs, Kernel Tuner appends entries and leaves the object open; such a file is closed here
// before it is read.
#include <algorithm>
#include <ostream>
#include <set>

#include "db/error.h"
#include "db/exchange_impl.h"

namespace hone {
namespace {

using nlohmann::json;

bool IsComplete(std::string_view text) {
  const std::size_t last = text.find_last_not_of(" \t\r\n");
  if (last == std::string_view::npos || text[last] != '}') return false;
  return json::accept(text.begin(), text.end());
}

// Cuts after the last whole entry and closes the two objects.
std::string Closed(std::string_view text) {
  const std::size_t last = text.find_last_not_of(" \t\r\n,");
  const std::string_view trimmed = text.substr(0, last == std::string_view::npos ? 0 : last + 1);
  for (const std::string& candidate : {std::string(trimmed) + "}}", std::string(trimmed) + "}"}) {
    if (json::accept(candidate)) return candidate;
  }
  const std::size_t entry = std::max(text.rfind("},\n") + 1, text.rfind("},\r\n") + 1);  // npos + 1 is 0
  if (entry == 0) throw Error("not a Kernel Tuner cache, and cut short before its first entry");
  return std::string(text.substr(0, entry)) + "}}";
}

Outcome OutcomeOf(const std::string& failure) {
  if (failure == "CompilationFailedConfig") return Outcome::kCompileError;
  if (failure == "InvalidConfig") return Outcome::kOverLimit;
  if (failure == "VerificationFailedConfig" || failure == "CorrectnessFailedConfig") return Outcome::kWrongResult;
  return Outcome::kDriverError;
}

std::string FailureOf(Outcome outcome) {
  switch (outcome) {
    case Outcome::kCompileError: return "CompilationFailedConfig";
    case Outcome::kOverLimit: return "InvalidConfig";
    case Outcome::kWrongResult: return "CorrectnessFailedConfig";
    default: return "RuntimeFailedConfig";
  }
}

Measurement MeasurementOf(const json& entry, const std::set<std::string>& parameters, const std::string& place) {
  if (!entry.is_object()) throw Error(place + ": not a JSON object");
  Measurement m;
  for (const std::string& name : parameters) {
    const auto value = entry.find(name);
    if (value == entry.end()) throw Error(place + ": '" + name + "' is missing");
    m.point.Set(name, ForeignValue(*value, name));
  }
  const auto time = entry.find("time");
  if (time == entry.end()) throw Error(place + ": 'time' is missing");
  if (const auto times = entry.find("times"); time->is_number() && times != entry.end() && times->is_array()) {
    for (const json& sample : *times) {
      if (!sample.is_number()) throw Error(place + ".times: not a number");
      m.samples_ns.push_back(sample.get<double>() * 1e6);
    }
  }
  if (time->is_number() && m.samples_ns.empty()) m.samples_ns = {time->get<double>() * 1e6};
  if (!time->is_number()) {
    m.message = time->is_string() ? time->get<std::string>() : "";
    m.outcome = OutcomeOf(m.message);
  }
  const auto ms = [&](const char* key) {
    const auto found = entry.find(key);
    return found != entry.end() && found->is_number() ? std::max(0.0, found->get<double>()) : 0.0;
  };
  m.compile_ms = ms("compile_time");
  m.check_ms = ms("verification_time");
  m.bench_ms = ms("benchmark_time");
  if (const auto at = entry.find("timestamp"); at != entry.end() && at->is_string()) {
    m.unix_ms = ParseTimestamp(at->get_ref<const std::string&>());
  }
  return m;
}

Values ProblemOf(const json& size) {
  static constexpr const char* kAxes[] = {"x", "y", "z"};
  Values problem;
  if (size.is_number_integer()) problem.Set("x", size.get<std::int64_t>());
  if (!size.is_array()) return problem;
  for (std::size_t i = 0; i < std::min<std::size_t>(size.size(), 3); ++i) {
    if (size[i].is_number_integer()) problem.Set(kAxes[i], size[i].get<std::int64_t>());
  }
  return problem;
}

std::string TextIn(const json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>() : "";
}

json ToJson(const Value& value) {
  if (const auto* integer = std::get_if<std::int64_t>(&value)) return *integer;
  return std::get<std::string>(value);
}

}  // namespace

bool ImportKernelTuner(Store& store, std::string_view text, const ImportOptions& options) {
  const bool complete = IsComplete(text);
  const json file = ParseJson(complete ? std::string(text) : Closed(text), "a Kernel Tuner cache");
  if (!file.is_object() || !file.contains("cache") || !file["cache"].is_object() || !file.contains("tune_params") ||
      !file["tune_params"].is_object()) {
    throw Error("not a Kernel Tuner cache: no 'tune_params' and 'cache'");
  }
  ForeignResults results;
  results.tuner = "kernel-tuner";
  results.kernel = TextIn(file, "kernel_name");
  results.device = TextIn(file, "device_name");
  if (file.contains("problem_size")) results.problem = ProblemOf(file["problem_size"]);
  std::set<std::string> names;
  for (const auto& [name, values] : file["tune_params"].items()) {
    names.insert(name);
    if (!values.is_array()) throw Error("tune_params." + name + ": not a list");
    for (const json& value : values) results.parameters[name].push_back(ForeignValue(value, name));
  }
  for (const auto& [key, entry] : file["cache"].items()) {
    results.measurements.push_back(MeasurementOf(entry, names, "cache['" + key.substr(0, 80) + "']"));
  }
  StoreForeign(store, std::move(results), text, options);
  return !complete;
}

void ExportKernelTuner(const Store& store, std::ostream& out, const ExportOptions& options) {
  const std::vector<Measurement> chosen = ChosenOfOne(store, options, "Kernel Tuner cache");
  // "pattern" is the first parameter; one that a pattern does not have is 0 there.
  std::map<std::string, std::set<Value>> values;
  for (const Measurement& m : chosen) {
    values["pattern"].insert(m.pattern);
    for (const auto& [name, value] : m.point.items()) values[name].insert(value);
  }
  for (const Measurement& m : chosen) {
    for (auto& [name, list] : values) {
      if (name != "pattern" && !m.point.Find(name)) list.insert(std::int64_t{0});
    }
  }
  json names = json::array({"pattern"}), space = json::object();
  for (const auto& [name, list] : values) {
    if (name != "pattern") names.push_back(name);
    for (const Value& value : list) space[name].push_back(ToJson(value));
  }
  json size = json::array();
  for (const auto& [name, value] : chosen.front().problem.items()) {
    if (std::holds_alternative<std::int64_t>(value)) size.push_back(std::get<std::int64_t>(value));
  }
  const std::vector<DeviceInfo> devices = store.Devices();
  const auto device = std::find_if(devices.begin(), devices.end(),
                                   [&](const DeviceInfo& info) { return info.Key() == chosen.front().device_key; });
  out << "{\n\"device_name\": " << DumpJson(device == devices.end() ? chosen.front().device_key : device->name)
      << ",\n\"kernel_name\": " << DumpJson(chosen.front().kernel) << ",\n\"problem_size\": " << DumpJson(size)
      << ",\n\"tune_params_keys\": " << DumpJson(names) << ",\n\"tune_params\": " << DumpJson(space)
      << ",\n\"objective\": \"time\",\n\"cache\": {";
  std::map<std::string, const Measurement*> last;  // a cache has one entry a configuration: the last one
  std::vector<std::string> order;
  for (const Measurement& m : chosen) {
    std::string key = m.pattern;
    for (const auto& name : names) {
      if (name == "pattern") continue;
      const Value* value = m.point.Find(name.get_ref<const std::string&>());
      key += "," + (value ? ToText(*value) : "0");
    }
    const auto [at, is_new] = last.emplace(key, &m);
    if (is_new) order.push_back(key);
    if (m.unix_ms >= at->second->unix_ms) at->second = &m;
  }
  bool first = true;
  for (const std::string& key : order) {
    const Measurement& m = *last[key];
    json entry{{"pattern", m.pattern}};
    for (const auto& [name, list] : values) {
      if (name == "pattern") continue;
      const Value* value = m.point.Find(name);
      entry[name] = value ? ToJson(*value) : json(0);
    }
    if (m.outcome == Outcome::kOk) {
      entry["time"] = m.statistics.median_ns / 1e6;
      entry["times"] = json::array();
      for (const double sample : m.samples_ns) entry["times"].push_back(sample / 1e6);
    } else {
      entry["time"] = FailureOf(m.outcome);
    }
    entry["compile_time"] = m.compile_ms + m.pipeline_ms;
    entry["verification_time"] = m.check_ms;
    entry["benchmark_time"] = m.bench_ms;
    entry["strategy_time"] = 0;
    entry["framework_time"] = 0;
    entry["timestamp"] = FormatTimestamp(m.unix_ms);
    out << (first ? "\n" : ",\n") << DumpJson(key) << ": " << DumpJson(entry);
    first = false;
  }
  out << "}\n}\n";
}

}  // namespace hone
