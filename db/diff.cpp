#include "db/diff.h"

#include <algorithm>
#include <tuple>

namespace hone {
namespace {

// The part of a device's key before its driver.
std::string GpuOf(const std::string& key) { return key.substr(0, key.rfind(" driver ")); }

Change ChangeOf(const Measurement& before, const Measurement& after, const DiffOptions& options) {
  const Statistics &a = before.statistics, &b = after.statistics;
  if (b.high_ns < a.low_ns && b.median_ns < a.median_ns * (1 - options.least_change)) return Change::kFaster;
  if (b.low_ns > a.high_ns && b.median_ns > a.median_ns * (1 + options.least_change)) return Change::kSlower;
  return Change::kSame;
}

// The row of `rows` for the same problem on the same GPU that nobody has claimed yet.
Coverage* Match(std::vector<Coverage>& rows, std::vector<bool>& claimed, const Coverage& wanted, bool exact_driver) {
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (claimed[i] || rows[i].kernel != wanted.kernel || rows[i].problem != wanted.problem) continue;
    const bool same =
        exact_driver ? rows[i].device_key == wanted.device_key : GpuOf(rows[i].device_key) == GpuOf(wanted.device_key);
    if (!same) continue;
    claimed[i] = true;
    return &rows[i];
  }
  return nullptr;
}

bool SourceChanged(const Store& before, const Store& after, const std::string& kernel) {
  const auto a = before.FindKernel(kernel), b = after.FindKernel(kernel);
  return a && b && a->source_hash != b->source_hash;
}

Difference Both(const Coverage& before, const Coverage& after, const DiffOptions& options) {
  Difference d{before.kernel, before.problem, before.device_key, after.device_key, Change::kSame, 1, before.best,
               after.best,    false};
  d.change = ChangeOf(*before.best, *after.best, options);
  if (before.best->statistics.median_ns > 0) d.ratio = after.best->statistics.median_ns / before.best->statistics.median_ns;
  return d;
}

}  // namespace

std::string_view ToText(Change change) {
  switch (change) {
    case Change::kSame: return "same";
    case Change::kFaster: return "faster";
    case Change::kSlower: return "slower";
    case Change::kAppeared: return "appeared";
    case Change::kVanished: return "vanished";
  }
  return "";
}

std::vector<Difference> Diff(const Store& before, const Store& after, const DiffOptions& options) {
  const auto without_best = [](const Coverage& row) { return !row.best; };
  std::vector<Coverage> old_rows = before.Summary(), new_rows = after.Summary();
  std::erase_if(old_rows, without_best);
  std::erase_if(new_rows, without_best);
  std::vector<Difference> differences;
  std::vector<bool> matched(old_rows.size()), claimed(new_rows.size());
  for (const bool exact : {true, false}) {
    for (std::size_t i = 0; i < old_rows.size(); ++i) {
      if (matched[i]) continue;
      const Coverage* now = Match(new_rows, claimed, old_rows[i], exact);
      if (!now) continue;
      matched[i] = true;
      differences.push_back(Both(old_rows[i], *now, options));
    }
  }
  for (std::size_t i = 0; i < old_rows.size(); ++i) {
    const Coverage& row = old_rows[i];
    if (!matched[i])
      differences.push_back({row.kernel, row.problem, row.device_key, "", Change::kVanished, 1, row.best, {}, false});
  }
  for (std::size_t i = 0; i < new_rows.size(); ++i) {
    const Coverage& row = new_rows[i];
    if (!claimed[i])
      differences.push_back({row.kernel, row.problem, "", row.device_key, Change::kAppeared, 1, {}, row.best, false});
  }
  std::map<std::string, bool> changed;
  for (Difference& d : differences) {
    const auto [at, is_new] = changed.emplace(d.kernel, false);
    if (is_new) at->second = SourceChanged(before, after, d.kernel);
    d.source_changed = at->second;
  }
  std::sort(differences.begin(), differences.end(), [](const Difference& a, const Difference& b) {
    return std::tie(a.kernel, a.problem, a.device_before, a.device_after) <
           std::tie(b.kernel, b.problem, b.device_before, b.device_after);
  });
  return differences;
}

}  // namespace hone
