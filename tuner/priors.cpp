#include "tuner/priors.h"

#include <algorithm>
#include <map>
#include <set>

namespace hone {
namespace {

constexpr std::size_t kFewest = 3, kMostPoints = 500, kMostPriors = 4;

std::string Label(const std::string& device, const std::string& problem, bool device_here, bool problem_here) {
  if (device_here && problem_here) return "an older source";
  return device_here ? problem : device;
}

}  // namespace

std::vector<Prior> PriorsFrom(const Store& store, const Space& space, const std::string& kernel, const Values& problem,
                              const DeviceInfo& device, std::int64_t before_ms) {
  const std::string here = device.Key(), asked = problem.ToText();
  std::set<PointId> known;  // of this source, problem and device: the search has them as they are
  store.ForEach({.kernel = kernel, .problem = problem, .device_key = here, .only_latest = false}, [&](const Measurement& own) {
    if (own.unix_ms >= before_ms) return true;
    if (const auto point = space.Find(own.pattern, own.point)) known.insert(*point);
    return true;
  });
  std::map<std::string, std::map<PointId, double>> found;  // by label; of a point stored twice the last counts
  store.ForEach({.kernel = kernel, .only_latest = false, .only_newest_source = false}, [&](const Measurement& measured) {
    const std::string text = measured.problem.ToText();
    const bool device_here = measured.device_key == here, problem_here = text == asked;
    if (measured.unix_ms >= before_ms || (!device_here && !problem_here)) return true;
    const auto point = space.Find(measured.pattern, measured.point);
    if (!point || (device_here && problem_here && known.contains(*point))) return true;
    auto& costs = found[Label(measured.device_key, text, device_here, problem_here)];
    if (measured.outcome == Outcome::kOk)
      costs[*point] = measured.statistics.median_ns;
    else
      costs.erase(*point);
    return true;
  });
  std::vector<Prior> priors;
  for (const auto& [label, costs] : found) {
    if (costs.size() < kFewest) continue;
    Prior prior{.label = label, .costs = {costs.begin(), costs.end()}};
    std::sort(prior.costs.begin(), prior.costs.end(),
              [](const auto& a, const auto& b) { return a.second != b.second ? a.second < b.second : a.first < b.first; });
    if (prior.costs.size() > kMostPoints) prior.costs.resize(kMostPoints);
    priors.push_back(std::move(prior));
  }
  std::stable_sort(priors.begin(), priors.end(),
                   [](const Prior& a, const Prior& b) { return a.costs.size() > b.costs.size(); });
  if (priors.size() > kMostPriors) priors.resize(kMostPriors);
  return priors;
}

}  // namespace hone
