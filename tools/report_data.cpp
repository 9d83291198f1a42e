#include "tools/report_data.h"

#include <cmath>
#include <ctime>
#include <filesystem>
#include <map>
#include <optional>

#include "tools/devices.h"
#include "tools/format.h"
#include "tools/results.h"

namespace hone {
namespace {

// A tenth of a nanosecond is finer than any clock, and shorter to write.
double Rounded(double ns) { return std::isfinite(ns) ? std::round(ns * 10) / 10 : 0; }

// Texts in the order they were first seen.
class Dictionary {
 public:
  int IndexOf(const std::string& text) {
    const auto [place, is_new] = indices_.emplace(text, static_cast<int>(texts_.size()));
    if (is_new) texts_.push_back(text);
    return place->second;
  }
  const std::vector<std::string>& texts() const { return texts_; }

 private:
  std::map<std::string, int> indices_;
  std::vector<std::string> texts_;
};

struct KernelEntry {
  std::string name, summary, source;
  Dictionary parameter_names;
  std::vector<Dictionary> values;

  explicit KernelEntry(const Kernel& kernel) : name(kernel.name), summary(kernel.summary), source(kernel.source) {
    for (const Pattern& pattern : kernel.patterns) {
      Index("pattern", pattern.name);
      for (const Parameter& parameter : pattern.parameters) {
        for (const Value& value : parameter.values) Index(parameter.name, ToText(value));
      }
    }
  }

  // The parameter's place and its value's. What the manifest does not list (another version's values) is added.
  std::pair<std::size_t, int> Index(const std::string& parameter, const std::string& value) {
    const auto place = static_cast<std::size_t>(parameter_names.IndexOf(parameter));
    if (place == values.size()) values.emplace_back();
    return {place, values[place].IndexOf(value)};
  }

  Json ToJson() const {
    Json parameters = Json::array();
    for (std::size_t p = 0; p < values.size(); ++p) {
      parameters.push_back({{"name", parameter_names.texts()[p]}, {"values", values[p].texts()}});
    }
    return {{"name", name}, {"summary", summary}, {"source", source}, {"parameters", parameters}};
  }
};

struct Group {
  std::size_t kernel = 0;
  int device = 0;
  Values problem;
  Work work;
  std::optional<VariantName> best_variant;
  VariantName default_variant;
  int best = -1, standard = -1, rows = 0;
  std::vector<std::vector<int>> values;  // Shape: [parameter][row]; short ones end in -1s
  std::vector<double> median_ns, low_ns, high_ns;
  std::vector<int> outcome, message;

  void Add(const Measurement& m, KernelEntry& entry, Dictionary& messages) {
    const auto put = [&](const std::string& parameter, const std::string& value) {
      const auto [place, index] = entry.Index(parameter, value);
      if (values.size() <= place) values.resize(place + 1);
      values[place].resize(static_cast<std::size_t>(rows), -1);
      values[place].push_back(index);
    };
    put("pattern", m.pattern);
    for (const auto& [name, value] : m.point.items()) put(name, ToText(value));
    const bool ok = m.outcome == Outcome::kOk;
    if (ok && best_variant && VariantOf(m) == *best_variant) best = rows;
    if (VariantOf(m) == default_variant) standard = rows;
    median_ns.push_back(ok ? Rounded(m.statistics.median_ns) : 0);
    low_ns.push_back(ok ? Rounded(m.statistics.low_ns) : 0);
    high_ns.push_back(ok ? Rounded(m.statistics.high_ns) : 0);
    outcome.push_back(static_cast<int>(m.outcome));
    message.push_back(ok || m.message.empty() ? -1 : messages.IndexOf(m.message.substr(0, 400)));
    ++rows;
  }

  Json ToJson(std::size_t parameters) {
    values.resize(parameters);
    for (auto& column : values) column.resize(static_cast<std::size_t>(rows), -1);
    return {{"kernel", kernel},       {"device", device}, {"problem", problem.ToText()}, {"bytes", work.bytes},
            {"flops", work.flops},    {"best", best},     {"default", standard},         {"values", values},
            {"median_ns", median_ns}, {"low_ns", low_ns}, {"high_ns", high_ns},          {"outcome", outcome},
            {"message", message}};
  }
};

class Builder {
 public:
  void Add(const std::string& path) {
    const Store store = Store::Open(path, Store::Mode::kReadOnly);
    const int database = static_cast<int>(databases_.size());
    databases_.push_back(std::filesystem::path(path).filename().string());
    device_of_.clear();
    group_of_.clear();
    for (const DeviceInfo& device : store.Devices()) AddDevice(device, database);
    for (const Kernel& kernel : store.Kernels()) AddGroups(store, kernel);
    store.ForEach({}, [&](const Measurement& m) {
      if (Group* group = Find(m)) group->Add(m, kernels_[group->kernel], messages_);
      return true;
    });
    AddRuns(store);
  }

  std::string Finish() {
    Json kernels = Json::array(), groups = Json::array(), outcomes = Json::array();
    for (Group& group : groups_) groups.push_back(group.ToJson(kernels_[group.kernel].values.size()));
    for (const KernelEntry& kernel : kernels_) kernels.push_back(kernel.ToJson());
    for (int number = 0; number <= static_cast<int>(Outcome::kTooSlow); ++number) {
      outcomes.push_back(std::string(ToText(static_cast<Outcome>(number))));
    }
    const Json page = {{"hone", HONE_VERSION},
                       {"made", FormatUtcDate(std::int64_t{std::time(nullptr)} * 1000)},
                       {"databases", databases_},
                       {"devices", devices_},
                       {"kernels", kernels},
                       {"outcomes", outcomes},
                       {"messages", messages_.texts()},
                       {"groups", groups},
                       {"runs", runs_}};
    return page.dump(-1, ' ', false, Json::error_handler_t::replace);
  }

 private:
  void AddDevice(const DeviceInfo& device, int database) {
    device_of_[device.Key()] = static_cast<int>(devices_.size());
    devices_.push_back({{"name", device.name}, {"driver", DriverText(device)}, {"type", device.type}, {"database", database}});
  }

  void AddGroups(const Store& store, const Kernel& kernel) {
    std::size_t place = 0;
    while (place < kernels_.size() && kernels_[place].name != kernel.name) ++place;
    if (place == kernels_.size()) kernels_.emplace_back(kernel);
    for (const Coverage& coverage : store.Summary(kernel.name)) {
      Group group{.kernel = place, .device = device_of_[coverage.device_key], .problem = coverage.problem};
      group.work = WorkOf(kernel, coverage.problem);
      group.default_variant = DefaultVariant(kernel);
      if (coverage.best) group.best_variant = VariantOf(*coverage.best);
      group_of_[{kernel.name, group.device, coverage.problem}] = groups_.size();
      groups_.push_back(std::move(group));
    }
  }

  Group* Find(const Measurement& m) {
    const auto device = device_of_.find(m.device_key);
    if (device == device_of_.end()) return nullptr;
    const auto group = group_of_.find({m.kernel, device->second, m.problem});
    return group == group_of_.end() ? nullptr : &groups_[group->second];
  }

  void AddRuns(const Store& store) {
    struct Columns {
      std::vector<std::size_t> group;
      std::vector<double> seconds, median_ns;
    };
    std::map<std::int64_t, StoredRun> runs;
    std::map<std::int64_t, Columns> columns;
    for (const StoredRun& run : store.Runs()) runs[run.id] = run;
    store.ForEach({.only_latest = false}, [&](const Measurement& m) {
      const Group* group = Find(m);
      if (group == nullptr || m.phase != "search" || m.outcome == Outcome::kPending || runs.count(m.run) == 0) return true;
      Columns& run = columns[m.run];
      run.group.push_back(static_cast<std::size_t>(group - groups_.data()));
      run.seconds.push_back(static_cast<double>(m.unix_ms - runs[m.run].started_ms) / 1000);
      run.median_ns.push_back(m.outcome == Outcome::kOk ? Rounded(m.statistics.median_ns) : 0);
      return true;
    });
    for (const auto& [id, column] : columns) {
      const StoredRun& run = runs[id];
      runs_.push_back({{"id", id},
                       {"device", device_of_[run.device_key]},
                       {"strategy", run.strategy},
                       {"seed", std::to_string(run.seed)},
                       {"command", run.command},
                       {"group", column.group},
                       {"seconds", column.seconds},
                       {"median_ns", column.median_ns}});
    }
  }

  std::vector<std::string> databases_;
  Json devices_ = Json::array(), runs_ = Json::array();
  std::vector<KernelEntry> kernels_;
  std::vector<Group> groups_;
  Dictionary messages_;
  std::map<std::string, int> device_of_;                                  // of the database that is being read
  std::map<std::tuple<std::string, int, Values>, std::size_t> group_of_;  // likewise
};

}  // namespace

std::string ReportData(const std::vector<std::string>& databases) {
  Builder builder;
  for (const std::string& path : databases) builder.Add(path);
  return builder.Finish();
}

}  // namespace hone
