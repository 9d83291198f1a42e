// T4, the auto-tuning community's results: a list of configurations with what became of them. Times are in the unit
// that metadata.timeunit names, milliseconds where it names none.
#include <algorithm>
#include <ostream>

#include "db/error.h"
#include "db/exchange_impl.h"

namespace hone {
namespace {

using nlohmann::json;

const char* InvalidityOf(Outcome outcome) {
  switch (outcome) {
    case Outcome::kOk: return "correct";
    case Outcome::kCompileError: return "compile";
    case Outcome::kOverLimit: return "constraints";
    case Outcome::kWrongResult: return "correctness";
    case Outcome::kTimeout:
    case Outcome::kTooSlow: return "timeout";
    default: return "runtime";
  }
}

Outcome OutcomeOfInvalidity(const std::string& invalidity) {
  if (invalidity == "correct") return Outcome::kOk;
  if (invalidity == "compile") return Outcome::kCompileError;
  if (invalidity == "constraints") return Outcome::kOverLimit;
  if (invalidity == "correctness") return Outcome::kWrongResult;
  if (invalidity == "timeout") return Outcome::kTimeout;
  if (invalidity == "runtime") return Outcome::kDriverError;
  throw Error("unknown invalidity '" + invalidity.substr(0, 40) + "'");
}

// Nanoseconds in one unit. The community's converter writes "miliseconds".
double NanosecondsOf(const json& file) {
  const auto metadata = file.find("metadata");
  if (metadata == file.end() || !metadata->is_object()) return 1e6;
  const auto unit = metadata->find("timeunit");
  if (unit == metadata->end() || !unit->is_string()) return 1e6;
  const std::string& name = unit->get_ref<const std::string&>();
  if (name == "miliseconds" || name == "milliseconds" || name == "ms") return 1e6;
  if (name == "seconds" || name == "s") return 1e9;
  if (name == "microseconds" || name == "us") return 1e3;
  if (name == "nanoseconds" || name == "ns") return 1;
  throw Error("metadata.timeunit: unknown unit '" + name.substr(0, 40) + "'");
}

Measurement MeasurementOf(const json& result, double ns, const std::string& place) {
  const JsonObject object(result, place,
                          {"timestamp", "configuration", "objectives", "times", "invalidity", "correctness", "measurements"});
  Measurement m;
  const json& configuration = object.At("configuration");
  if (!configuration.is_object()) object.Bad("configuration", "not an object");
  for (const auto& [name, value] : configuration.items()) m.point.Set(name, ForeignValue(value, name));
  try {
    m.outcome = OutcomeOfInvalidity(object.Text("invalidity"));
  } catch (const Error& failure) {
    object.Bad("invalidity", failure.what());
  }
  const json& times = object.At("times");
  if (!times.is_object()) object.Bad("times", "not an object");
  const auto ms = [&](const char* key) {
    const auto found = times.find(key);
    return found != times.end() && found->is_number() ? std::max(0.0, found->get<double>() * ns / 1e6) : 0.0;
  };
  m.compile_ms = ms("compilation_time") + ms("compilation");
  m.check_ms = ms("validation");
  if (m.outcome == Outcome::kOk && times.contains("runtimes") && times["runtimes"].is_array()) {
    for (const json& sample : times["runtimes"]) {
      if (!sample.is_number()) object.Bad("times.runtimes", "not a number");
      m.samples_ns.push_back(sample.get<double>() * ns);
    }
  }
  if (const json* list = object.Find("measurements"); list && list->is_array()) {
    for (const json& item : *list) {
      if (!item.is_object() || item.value("name", json()) != "time" || !item.contains("value")) continue;
      if (m.outcome == Outcome::kOk && m.samples_ns.empty() && item["value"].is_number()) {
        m.samples_ns.push_back(item["value"].get<double>() * ns);
      }
      if (item["value"].is_string()) m.message = item["value"].get<std::string>();
    }
  }
  if (m.outcome == Outcome::kOk && m.samples_ns.empty()) object.Bad("times", "correct, and no runtimes");
  if (object.Find("timestamp")) m.unix_ms = ParseTimestamp(object.Text("timestamp"));
  return m;
}

}  // namespace

void ImportT4(Store& store, std::string_view text, const ImportOptions& options) {
  const json file = ParseJson(text, "T4 results");
  if (!file.is_object() || !file.contains("results") || !file["results"].is_array()) {
    throw Error("not T4 results: no list 'results'");
  }
  ForeignResults results;
  results.tuner = "t4";
  if (const auto metadata = file.find("metadata"); metadata != file.end() && metadata->is_object()) {
    const auto word = [&](const char* key) {
      const auto found = metadata->find(key);
      return found != metadata->end() && found->is_string() ? found->get<std::string>() : "";
    };
    results.kernel = word("kernel");
    results.device = word("device");
    results.problem = Values::FromText(word("problem"));
  }
  const double ns = NanosecondsOf(file);
  std::map<std::string, std::set<Value>> seen;
  for (std::size_t i = 0; i < file["results"].size(); ++i) {
    results.measurements.push_back(MeasurementOf(file["results"][i], ns, "results[" + std::to_string(i) + "]"));
    for (const auto& [name, value] : results.measurements.back().point.items()) seen[name].insert(value);
  }
  for (const auto& [name, values] : seen) results.parameters[name].assign(values.begin(), values.end());
  StoreForeign(store, std::move(results), text, options);
}

void ExportT4(const Store& store, std::ostream& out, const ExportOptions& options) {
  const std::vector<Measurement> chosen = ChosenOfOne(store, options, "T4");
  const json metadata{{"timeunit", "milliseconds"},
                      {"kernel", chosen.front().kernel},
                      {"problem", chosen.front().problem.ToText()},
                      {"device", chosen.front().device_key}};
  out << "{\"schema_version\":\"1.0.0\",\"metadata\":" << DumpJson(metadata) << ",\"results\":[";
  bool first = true;
  for (const Measurement& m : chosen) {
    json configuration{{"pattern", m.pattern}};
    for (const auto& [name, value] : m.point.items()) {
      if (const auto* integer = std::get_if<std::int64_t>(&value)) {
        configuration[name] = *integer;
      } else {
        configuration[name] = std::get<std::string>(value);
      }
    }
    json times{{"compilation_time", m.compile_ms + m.pipeline_ms},
               {"framework", 0},
               {"search_algorithm", 0},
               {"validation", m.check_ms}};
    json value = m.message;
    if (m.outcome == Outcome::kOk) {
      times["runtimes"] = json::array();
      for (const double sample : m.samples_ns) times["runtimes"].push_back(sample / 1e6);
      value = m.statistics.median_ns / 1e6;
    }
    const json result{{"timestamp", FormatTimestamp(m.unix_ms)},
                      {"configuration", configuration},
                      {"times", times},
                      {"invalidity", InvalidityOf(m.outcome)},
                      {"correctness", m.outcome == Outcome::kOk ? 1 : 0},
                      {"measurements", json::array({json{{"name", "time"}, {"value", value}, {"unit", "ms"}}})},
                      {"objectives", json::array({"time"})}};
    out << (first ? "\n" : ",\n") << DumpJson(result);
    first = false;
  }
  out << "\n]}\n";
}

}  // namespace hone
