#include "runtime/choose.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <map>
#include <set>

namespace hone {
namespace {

std::string Duration(double nanoseconds) {
  static constexpr std::pair<double, const char*> kUnits[] = {{1e9, "s"}, {1e6, "ms"}, {1e3, "us"}, {1, "ns"}};
  char text[32];
  for (auto [unit, name] : kUnits) {
    if (nanoseconds < unit && unit > 1) continue;
    std::snprintf(text, sizeof(text), "%.3g %s", nanoseconds / unit, name);
    break;
  }
  return text;
}

bool SameCard(const DeviceInfo& one, const DeviceInfo& other) {
  return one.vendor_id == other.vendor_id && one.device_id == other.device_id && one.name == other.name;
}

double Limit(const DeviceInfo& device, const char* name) {
  const auto found = device.limits.find(name);
  return found == device.limits.end() ? 0 : found->second;
}

// How unlike two devices are, for a variant's speed: kind and subgroup size first, then size by cores, memory and
// shared memory.
double Unlikeness(const DeviceInfo& one, const DeviceInfo& other) {
  double sum = one.type == other.type ? 0 : 100;
  if (Limit(one, "subgroupSize") != Limit(other, "subgroupSize")) sum += 100;
  for (const char* name : {"shaderCoreCount", "deviceLocalBytes", "maxComputeSharedMemorySize"}) {
    sum += std::abs(std::log2(Limit(one, name) + 1) - std::log2(Limit(other, name) + 1));
  }
  return sum;
}

// What a device has of all that some variant of the kernel asks for.
Requires UsefulOf(const Kernel& kernel, const DeviceInfo& device) {
  Requires useful = NeedsOfAny(kernel);
  std::erase_if(useful.features, [&](const auto& name) { return !device.features.contains(name); });
  std::erase_if(useful.extensions, [&](const auto& name) { return !device.extensions.contains(name); });
  return useful;
}

class Ladder {
 public:
  Ladder(const Store& store, const Kernel& kernel, const Values& problem, const DeviceInfo& device,
         const std::function<bool(const Candidate&)>& consider)
      : store_(store), kernel_(kernel), problem_(problem), device_(device), consider_(consider) {}

  bool Climb() {
    const std::string key = device_.Key();
    if (OfferResults(problem_, key, Match::kExact, device_)) return true;
    SortProblems();
    if (OfferNearest(key, Match::kNearestProblem, device_)) return true;
    const auto devices = store_.Devices();
    return OfferOtherDrivers(devices) || OfferFamily(devices) || OfferPortable(devices) || OfferDefaults();
  }

 private:
  // The measured problems, nearest first.
  void SortProblems() {
    std::vector<std::pair<double, Values>> sorted;
    for (const auto& measured : store_.Problems(kernel_.name)) {
      if (const auto distance = Distance(problem_, measured)) sorted.emplace_back(*distance, measured);
    }
    std::ranges::sort(sorted);
    for (auto& [distance, measured] : sorted) problems_.push_back(std::move(measured));
  }

  bool Offer(const std::string& pattern, const Values& point, double ns, const Values& problem, Match match,
             const DeviceInfo& on) {
    return consider_({.pattern = pattern,
                      .point = point,
                      .match = match,
                      .reason = std::string(ToText(match)) + ": measured for " + problem.ToText() + " on " + on.name + " " +
                                on.driver_info + ", " + Duration(ns)});
  }

  // The best, which a play-off may have decided, then the others by time.
  bool OfferResults(const Values& problem, const std::string& key, Match match, const DeviceInfo& on) {
    const auto best = store_.FindBest(kernel_.name, problem, key);  // mostly all that is read
    if (!best) return false;
    if (Offer(best->pattern, best->point, best->median_ns, problem, match, on)) return true;
    return std::ranges::any_of(store_.Results(kernel_.name, problem, key), [&](const Measurement& measured) {
      return measured.outcome == Outcome::kOk &&
             Offer(measured.pattern, measured.point, measured.statistics.median_ns, problem, match, on);
    });
  }

  bool OfferNearest(const std::string& key, Match match, const DeviceInfo& on) {
    return std::ranges::any_of(problems_, [&](const Values& problem) { return OfferResults(problem, key, match, on); });
  }

  bool OfferOtherDrivers(const std::vector<DeviceInfo>& devices) {
    std::vector<DeviceInfo> same;
    for (const auto& other : devices) {
      if (SameCard(device_, other) && other.Key() != device_.Key()) same.push_back(other);
    }
    std::ranges::sort(same, std::greater{}, &DeviceInfo::driver_version);
    return std::ranges::any_of(same,
                               [&](const DeviceInfo& other) { return OfferNearest(other.Key(), Match::kOtherDriver, other); });
  }

  bool OfferFamily(const std::vector<DeviceInfo>& devices) {
    std::vector<std::pair<double, DeviceInfo>> family;
    for (const auto& other : devices) {
      if (other.vendor_id == device_.vendor_id && !SameCard(device_, other)) {
        family.emplace_back(Unlikeness(device_, other), other);
      }
    }
    std::ranges::sort(family, {}, [](const auto& entry) { return entry.first; });
    return std::ranges::any_of(
        family, [&](const auto& entry) { return OfferNearest(entry.second.Key(), Match::kSameFamily, entry.second); });
  }

  // What was measured on the devices that have whatever this one has of use to the kernel; where there are none, on
  // all.
  std::vector<std::vector<Measurement>> ResultsForPortable(const std::vector<DeviceInfo>& devices) {
    const Requires useful = UsefulOf(kernel_, device_);
    std::vector<std::vector<Measurement>> matching, others;
    for (const auto& device : devices) {
      auto results = NearestResults(device.Key());
      if (!results.empty()) (Meets(device, useful) ? matching : others).push_back(std::move(results));
    }
    return matching.empty() ? others : matching;
  }

  // Variants by the geometric mean, over devices, of their speed relative to that device's best at the nearest problem
  // that was measured there. Where a variant was not measured or failed it counts as that device's slowest, so that
  // breadth wins.
  bool OfferPortable(const std::vector<DeviceInfo>& devices) {
    using Variant = std::pair<std::string, Values>;
    struct Score {
      double log_sum = 0;
      int devices = 0;
    };
    std::map<Variant, Score> scores;
    double absent = 0;  // what a variant scores that no device measured
    int count = 0;
    for (const auto& results : ResultsForPortable(devices)) {
      const double best = results.front().statistics.median_ns, worst = results.back().statistics.median_ns;
      const double slowest = std::log(best / std::max(best, worst));
      absent += slowest;
      ++count;
      std::set<Variant> seen;
      for (const auto& measured : results) {
        if (!seen.emplace(measured.pattern, measured.point).second) continue;
        auto& score = scores[{measured.pattern, measured.point}];
        score.log_sum += std::log(best / measured.statistics.median_ns) - slowest;
        ++score.devices;
      }
    }
    std::vector<std::pair<double, Variant>> sorted;
    for (const auto& [variant, score] : scores) sorted.emplace_back(-score.log_sum, variant);
    std::ranges::sort(sorted);
    return std::ranges::any_of(sorted, [&](const auto& entry) {
      const double speed = std::exp((absent - entry.first) / std::max(count, 1));
      return consider_({.pattern = entry.second.first,
                        .point = entry.second.second,
                        .match = Match::kPortable,
                        .reason = std::string(ToText(Match::kPortable)) + ": " + std::to_string(int(speed * 100)) +
                                  " % of the best, geometric mean over " + std::to_string(count) + " measured devices"});
    });
  }

  // The device's results at the nearest problem that it measured with success, fastest first.
  std::vector<Measurement> NearestResults(const std::string& key) {
    for (const auto& problem : problems_) {
      auto results = store_.Results(kernel_.name, problem, key);
      std::erase_if(results, [](const auto& m) { return m.outcome != Outcome::kOk || m.statistics.median_ns <= 0; });
      if (!results.empty()) return results;
    }
    return {};
  }

  bool OfferDefaults() {
    std::string reason(ToText(Match::kManifestDefault));
    reason += ": nothing that fits was measured";
    return std::ranges::any_of(kernel_.patterns, [&](const Pattern& pattern) {
      return consider_({pattern.name, pattern.default_point, Match::kManifestDefault, reason});
    });
  }

  const Store& store_;
  const Kernel& kernel_;
  const Values& problem_;
  const DeviceInfo& device_;
  const std::function<bool(const Candidate&)>& consider_;
  std::vector<Values> problems_;
};

}  // namespace

std::string_view ToText(Match match) {
  static constexpr std::string_view kTexts[] = {"exact",       "nearest problem", "other driver",
                                                "same family", "portable",        "manifest default"};
  return kTexts[static_cast<int>(match)];
}

std::optional<double> Distance(const Values& one, const Values& other) {
  if (one.size() != other.size()) return std::nullopt;
  double sum = 0;
  int integers = 0;
  for (std::size_t i = 0; i < one.size(); ++i) {
    const auto& [name, value] = one.items()[i];
    const auto& [other_name, other_value] = other.items()[i];
    if (name != other_name || value.index() != other_value.index()) return std::nullopt;
    if (std::holds_alternative<std::string>(value)) {
      if (value != other_value) return std::nullopt;
      continue;
    }
    const auto scale = [](const Value& v) { return std::log2(std::max(0.0, double(std::get<std::int64_t>(v))) + 1); };
    const double difference = scale(value) - scale(other_value);
    sum += difference * difference;
    ++integers;
  }
  return integers ? std::sqrt(sum / integers) : 0;
}

bool Choose(const Store& store, const Kernel& kernel, const Values& problem, const DeviceInfo& device,
            const std::function<bool(const Candidate&)>& consider) {
  return Ladder(store, kernel, problem, device, consider).Climb();
}

}  // namespace hone
