#include "tuner/recording.h"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <limits>
#include <set>

#include "db/error.h"
#include "tuner/json_scan.h"
#include "tuner/read_file.h"
#include "tuner/recording_database.h"

namespace hone {
namespace {

constexpr double kUnknownSeconds = std::numeric_limits<double>::quiet_NaN();

// Integers stay integers; everything else becomes a word of letters, digits and '_'.
Value ReadValue(JsonScan& json) {
  std::string word;
  switch (json.Peek()) {
    case JsonScan::Kind::kString: word = json.String(); break;
    case JsonScan::Kind::kWord: {
      word = json.Word();
      if (word == "true") return std::int64_t{1};
      if (word == "false") return std::int64_t{0};
      break;
    }
    default: {
      const std::string text(json.Raw());
      const double number = std::strtod(text.c_str(), nullptr);
      if (std::abs(number) < 1e15 && number == std::floor(number)) return static_cast<std::int64_t>(number);
      word = text;
    }
  }
  for (char& c : word) {
    if (!std::isalnum(static_cast<unsigned char>(c))) c = '_';
  }
  const bool named = !word.empty() && std::isalpha(static_cast<unsigned char>(word.front()));
  return named ? word : "v" + word;
}

Observation MakeObservation(double cost, double milliseconds) {
  Observation seen;
  seen.seconds = milliseconds / 1000;
  if (std::isfinite(cost) && cost > 0) {
    seen.cost = cost;
  } else {
    seen.outcome = Outcome::kDriverError;
  }
  return seen;
}

bool IsNumber(JsonScan& json) { return json.Peek() == JsonScan::Kind::kNumber; }

Outcome OutcomeOf(const std::string& failure) {
  if (failure.find("ompil") != std::string::npos) return Outcome::kCompileError;
  if (failure.find("untime") != std::string::npos) return Outcome::kDriverError;
  if (failure.find("imeout") != std::string::npos) return Outcome::kTimeout;
  if (failure.find("orrect") != std::string::npos) return Outcome::kWrongResult;
  return Outcome::kOverLimit;
}

bool IsTime(const std::string& key) {
  return key == "compile_time" || key == "verification_time" || key == "benchmark_time" || key == "strategy_time" ||
         key == "framework_time";
}

// One entry of a Kernel Tuner cache.
RecordedRow ReadCacheEntry(JsonScan& json, const std::vector<std::string>& names) {
  RecordedRow row;
  double cost = kFailed, spent = 0;
  bool timed = false;
  std::string failure;
  json.Object([&](const std::string& key) {
    if (std::find(names.begin(), names.end(), key) != names.end()) {
      row.point.values.Set(key, ReadValue(json));
    } else if (key == "time" && IsNumber(json)) {
      cost = json.Number();
    } else if (key == "time" && json.Peek() == JsonScan::Kind::kString) {
      failure = json.String();
    } else if (IsTime(key) && IsNumber(json)) {
      spent += json.Number();
      timed = true;
    } else {
      json.Skip();
    }
  });
  row.seen = MakeObservation(cost, timed ? spent : kUnknownSeconds);
  if (!failure.empty()) row.seen.outcome = OutcomeOf(failure);
  return row;
}

// One result of a T4 file.
RecordedRow ReadT4Result(JsonScan& json) {
  RecordedRow row;
  double cost = kFailed, spent = 0;
  std::string invalidity = "correct";
  const auto measurement = [&] {
    std::string name;
    double value = kFailed;
    json.Object([&](const std::string& key) {
      if (key == "name") {
        name = json.String();
      } else if (key == "value" && IsNumber(json)) {
        value = json.Number();
      } else {
        json.Skip();
      }
    });
    if (name == "time") cost = value;
  };
  json.Object([&](const std::string& key) {
    if (key == "configuration") {
      json.Object([&](const std::string& name) { row.point.values.Set(name, ReadValue(json)); });
    } else if (key == "times") {
      json.Object([&](const std::string&) {
        if (IsNumber(json)) {
          spent += json.Number();
        } else if (json.Peek() == JsonScan::Kind::kArray) {
          json.Array([&] { IsNumber(json) ? void(spent += json.Number()) : json.Skip(); });
        } else {
          json.Skip();
        }
      });
    } else if (key == "invalidity") {
      invalidity = json.String();
    } else if (key == "measurements") {
      json.Array(measurement);
    } else {
      json.Skip();
    }
  });
  row.seen = MakeObservation(invalidity == "correct" ? cost : kFailed, spent);
  if (!row.seen.ok()) row.seen.outcome = OutcomeOf(invalidity);
  return row;
}

// hone writes a pattern as a parameter of that name, and 0 for what a pattern does not have: a point gets its pattern back,
// and keeps what is not 0 in all of that pattern's points.
void SplitPatterns(std::vector<RecordedRow>& rows) {
  std::set<std::pair<std::string, std::string>> had;  // pattern, name
  for (RecordedRow& row : rows) {
    const Value* pattern = row.point.values.Find("pattern");
    if (!pattern || !std::holds_alternative<std::string>(*pattern)) return;
    row.point.pattern = std::get<std::string>(*pattern);
    for (const auto& [name, value] : row.point.values.items()) {
      if (name != "pattern" && value != Value(std::int64_t{0})) had.emplace(row.point.pattern, name);
    }
  }
  for (RecordedRow& row : rows) {
    Values kept;
    for (const auto& [name, value] : row.point.values.items()) {
      if (had.contains({row.point.pattern, name})) kept.Set(name, value);
    }
    row.point.values = std::move(kept);
  }
}

}  // namespace

Recording RecordingFromKernelTuner(std::string_view text, const std::string& name) {
  JsonScan json(text);
  std::vector<RecordedRow> rows;
  std::vector<std::string> names;
  std::string kernel, device;
  try {
    json.Object([&](const std::string& key) {
      if (key == "tune_params_keys") {
        json.Array([&] { names.push_back(json.String()); });
      } else if (key == "kernel_name") {
        kernel = json.String();
      } else if (key == "device_name") {
        device = json.String();
      } else if (key == "cache") {
        json.Object([&](const std::string&) { rows.push_back(ReadCacheEntry(json, names)); });
      } else {
        json.Skip();
      }
    });
  } catch (const JsonCut&) {  // an interrupted run: its complete entries count
  }
  SplitPatterns(rows);
  Recording recording = MakeRecording(name, rows);
  recording.kernel = kernel;
  recording.device = device;
  return recording;
}

Recording RecordingFromT4(std::string_view text, const std::string& name) {
  JsonScan json(text);
  std::vector<RecordedRow> rows;
  try {
    json.Object([&](const std::string& key) {
      if (key == "results") {
        json.Array([&] { rows.push_back(ReadT4Result(json)); });
      } else {
        json.Skip();
      }
    });
  } catch (const JsonCut&) {
  }
  SplitPatterns(rows);
  return MakeRecording(name, rows);
}

Recording MakeRecording(std::string name, const std::vector<RecordedRow>& rows) {
  if (rows.empty()) throw Error("no recorded points in it");
  std::vector<RecordedPoint> points;
  for (const RecordedRow& row : rows) points.push_back(row.point);
  Recording recording{.name = std::move(name), .space = Space::FromPoints(points)};
  recording.seen.resize(recording.space.Count());
  for (const RecordedRow& row : rows) recording.seen[*recording.space.Find(row.point.pattern, row.point.values)] = row.seen;
  return recording;
}

std::vector<Recording> LoadRecordings(const std::filesystem::path& file, std::size_t min_points) {
  std::string name = file.filename().string();
  for (const char* suffix : {".gz", ".json"}) {
    if (name.ends_with(suffix)) name.resize(name.size() - std::string_view(suffix).size());
  }
  const std::string text = ReadFile(file);
  if (text.starts_with("SQLite format 3")) return RecordingsFromDatabase(file, min_points);
  std::vector<Recording> recordings;
  try {
    const bool cache = text.find("\"cache\"") < text.find("\"results\"");
    recordings.push_back(cache ? RecordingFromKernelTuner(text, name) : RecordingFromT4(text, name));
  } catch (const JsonCut&) {
    throw Error(file.string() + ": no recorded points in it (is it a Kernel Tuner cache, a T4 file or a hone database?)");
  } catch (const Error& error) {
    throw Error(file.string() + ": " + error.what());
  }
  return recordings;
}

RecordedObjective::RecordedObjective(const Recording& recording) : recording_(recording) {
  std::vector<double> seconds;
  for (const Observation& seen : recording.seen) {
    if (std::isfinite(seen.seconds)) seconds.push_back(seen.seconds);
  }
  if (seconds.empty()) return;
  const auto middle = seconds.begin() + static_cast<std::ptrdiff_t>(seconds.size() / 2);
  std::nth_element(seconds.begin(), middle, seconds.end());
  typical_seconds_ = *middle;
}

Observation RecordedObjective::Measure(PointId point) {
  Observation seen = recording_.seen[point];
  if (!std::isfinite(seen.seconds)) seen.seconds = typical_seconds_;
  return seen;
}

Prior PriorFrom(const Recording& recording, const Space& space, std::size_t most) {
  std::vector<std::pair<double, PointId>> order;
  for (PointId p = 0; p < recording.seen.size(); ++p) {
    if (recording.seen[p].ok()) order.emplace_back(recording.seen[p].cost, p);
  }
  std::sort(order.begin(), order.end());
  Prior prior{.label = recording.device.empty() ? recording.name : recording.device};
  for (const auto& [cost, point] : order) {
    if (prior.costs.size() >= most) break;
    const auto here = space.Find(recording.space.PatternOf(point), recording.space.PointOf(point));
    if (here) prior.costs.emplace_back(*here, cost);
  }
  return prior;
}

}  // namespace hone
