#include "db/pack_select.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <map>
#include <optional>
#include <set>
#include <tuple>

#include "db/portfolio.h"
#include "db/store_impl.h"

namespace hone {
namespace {

// A correct result of one variant in one case.
struct Candidate {
  std::int64_t measurement = 0, variant = 0, pattern = 0, run = 0;
  double ns = 0;
};

// A problem on a device.
struct Case {
  std::int64_t problem = 0, device = 0;  // rows
  std::string text, device_key;
  Candidate best;
  std::vector<Candidate> all;  // by variant

  const Candidate* Find(std::int64_t variant) const {
    const auto found = std::ranges::lower_bound(all, variant, {}, &Candidate::variant);
    return found != all.end() && found->variant == variant ? &*found : nullptr;
  }
  double Slowest() const { return std::ranges::max_element(all, {}, &Candidate::ns)->ns; }
};

// What shares binaries: one kernel at one choice of element types.
struct Family {
  const Kernel* kernel = nullptr;
  std::string types;
  std::vector<Case> cases;
};

class Selector {
 public:
  Selector(Store& store, const PackOptions& options) : store_(store), from_(store.impl().database), options_(options) {}

  Packing Select() {
    packing_.rows.pipeline_binaries = options_.pipeline_binaries;
    for (const DeviceInfo& device : store_.Devices()) devices_.emplace(device.Key(), device);
    for (const Kernel& kernel : store_.Kernels()) SelectDefault(kernels_.emplace(kernel.name, kernel).first->second);
    ReadCases();
    for (Family& family : families_) {
      std::vector<Candidate> chosen = ChooseBest(family);
      if (options_.within > 0) chosen = ChoosePortfolio(family);
      for (std::size_t i = 0; i < chosen.size(); ++i) SelectWinner(family, family.cases[i], chosen[i]);
      SelectPortable(family, chosen);
    }
    SelectTransfers();
    PackResult& result = packing_.result;
    result.kernels = static_cast<std::int64_t>(packing_.rows.kernels.size());
    result.binaries = static_cast<std::int64_t>(packing_.rows.binaries.size());
    return std::move(packing_);
  }

 private:
  bool IsWanted(const std::string& device) const {
    const auto& keys = options_.device_keys;
    return keys.empty() || std::ranges::find(keys, device) != keys.end();
  }

  void ReadCases() {
    std::map<std::pair<std::int64_t, std::int64_t>, Case*> by_rows;
    std::map<std::pair<std::string, std::string>, std::size_t> by_types;
    Statement best(from_,
                   "SELECT m.id, m.variant, v.pattern, m.run, m.median_ns, m.problem, m.device, b.kernel, b.problem, "
                   "b.device FROM best b JOIN measurement m ON m.id = b.measurement JOIN variant v ON v.id = m.variant "
                   "ORDER BY b.kernel, b.problem, b.device");
    while (best.Step()) {
      const auto kernel = kernels_.find(best.Text(7));
      if (!IsWanted(best.Text(9)) || kernel == kernels_.end()) continue;
      const std::string types = TypesOf(kernel->second, Values::FromText(best.View(8))).ToText();
      const auto [family, is_new] = by_types.emplace(std::pair(kernel->first, types), families_.size());
      if (is_new) families_.push_back({&kernel->second, types, {}});
      families_[family->second].cases.push_back({.problem = best.Integer(5),
                                                 .device = best.Integer(6),
                                                 .text = best.Text(8),
                                                 .device_key = best.Text(9),
                                                 .best = CandidateAt(best),
                                                 .all = {}});
    }
    for (Family& family : families_) {
      for (Case& one : family.cases) by_rows[{one.problem, one.device}] = &one;
    }
    Statement results(from_,
                      "SELECT l.id, l.variant, v.pattern, l.run, l.median_ns, l.problem, l.device FROM latest l "
                      "JOIN variant v ON v.id = l.variant JOIN pattern p ON p.id = v.pattern "
                      "WHERE l.outcome = 0 AND l.median_ns > 0 AND p.kernel IN (SELECT id FROM newest_kernel) "
                      "ORDER BY l.variant");
    while (results.Step()) {
      const auto found = by_rows.find({results.Integer(5), results.Integer(6)});
      if (found != by_rows.end()) found->second->all.push_back(CandidateAt(results));
    }
  }

  static Candidate CandidateAt(const Statement& row) {
    return {row.Integer(0), row.Integer(1), row.Integer(2), row.Integer(3), row.Real(4)};
  }

  static std::vector<Candidate> ChooseBest(const Family& family) {
    std::vector<Candidate> chosen;
    for (const Case& one : family.cases) chosen.push_back(one.best);
    return chosen;
  }

  // For each case the fastest of the fewest variants; its best where that is among them.
  std::vector<Candidate> ChoosePortfolio(const Family& family) {
    std::vector<double> best_ns;
    std::vector<Timing> timings;
    for (const Case& one : family.cases) {
      best_ns.push_back(one.best.ns);
      for (const Candidate& candidate : one.all) {
        if (!HasBinary(candidate.variant, family.types)) continue;
        const double ns = candidate.variant == one.best.variant ? one.best.ns : candidate.ns;
        timings.push_back({static_cast<std::size_t>(candidate.variant), best_ns.size() - 1, ns});
      }
    }
    const Portfolio portfolio = FindPortfolio(best_ns, timings, options_.within);
    std::vector<Candidate> chosen;
    for (const Case& one : family.cases) {
      const Candidate* fastest = nullptr;
      for (const std::size_t variant : portfolio.variants) {
        const Candidate* candidate = one.Find(static_cast<std::int64_t>(variant));
        if (candidate && candidate->variant == one.best.variant) candidate = fastest = &one.best;
        if (fastest == &one.best) break;
        if (candidate && (!fastest || candidate->ns < fastest->ns)) fastest = candidate;
      }
      // No binary of any variant that is good enough: the best, which is then reported as missing.
      const bool good = fastest && fastest->ns <= one.best.ns * (1 + options_.within);
      chosen.push_back(good ? *fastest : one.best);
      if (good) packing_.result.slowest = std::max(packing_.result.slowest, fastest->ns / one.best.ns - 1);
    }
    return chosen;
  }

  void SelectWinner(const Family& family, const Case& one, const Candidate& chosen) {
    ++packing_.result.winners;
    SelectRow(one, chosen);
    if (SelectBinaries(chosen.variant, &family.types)) return;
    const auto [pattern, point] = NameOf(chosen.variant);
    packing_.result.missing.push_back(family.kernel->name + " " + one.text + ": " + pattern + " " + point);
  }

  void SelectRow(const Case& one, const Candidate& row) {
    Selection& rows = packing_.rows;
    rows.measurements.insert(row.measurement);
    rows.problems.insert(one.problem);
    rows.devices.insert(one.device);
    rows.variants.insert(row.variant);
    rows.patterns.insert(row.pattern);
    rows.runs.insert(row.run);
    Statement run_device(from_, "SELECT device FROM run WHERE id = ?");
    if (run_device.Bind(row.run).Step()) rows.devices.insert(run_device.Integer(0));
  }

  // For devices never tuned: of the variants that need no more than some other does, the best on the devices that have
  // it, of equally good ones one that is a winner. Its measurements are kept, so that whoever reads the packed file finds
  // the same.
  void SelectPortable(const Family& family, const std::vector<Candidate>& winners) {
    std::map<std::vector<std::string>, Requires> needed;
    std::map<std::int64_t, Requires> variants;
    for (const Case& one : family.cases) {
      for (const Candidate& candidate : one.all) {
        if (variants.contains(candidate.variant) || !HasBinary(candidate.variant, family.types)) continue;
        const Requires needs = NeedsOf(family, candidate.variant);
        variants.emplace(candidate.variant, needs);
        needed.emplace(Names(needs), needs);
      }
    }
    std::set<std::int64_t> winning, kept;
    for (const Candidate& winner : winners) winning.insert(winner.variant);
    for (const auto& [names, needs] : needed) {
      std::optional<std::tuple<double, bool, std::int64_t>> best;  // speed, wins somewhere, variant
      for (const auto& [variant, its] : variants) {
        if (!std::ranges::includes(names, Names(its))) continue;
        const auto speed = RelativeSpeed(family, variant, needs);
        const bool wins = winning.contains(variant);
        if (speed && (!best || std::tuple(*speed, wins, std::get<2>(*best)) > *best)) best = {*speed, wins, variant};
      }
      if (!best) continue;
      const auto [speed, wins, variant] = *best;
      if (kept.insert(variant).second) KeepPortable(family, winners, variant, speed);
    }
  }

  void KeepPortable(const Family& family, const std::vector<Candidate>& winners, std::int64_t variant, double speed) {
    const auto [pattern, point] = NameOf(variant);
    char relative[16];
    std::snprintf(relative, sizeof relative, ": %.3f", speed);
    packing_.result.portable.push_back(family.kernel->name + " " + family.types + (family.types.empty() ? "" : " ") + pattern +
                                       " " + point + relative);
    SelectBinaries(variant, &family.types);
    for (std::size_t i = 0; i < family.cases.size(); ++i) {
      const Candidate* row = family.cases[i].Find(variant);
      if (row && row->variant != winners[i].variant && row->ns > winners[i].ns) SelectRow(family.cases[i], *row);
    }
  }

  // Geometric mean over the cases on devices that meet `needs`; nullopt: there are none.
  std::optional<double> RelativeSpeed(const Family& family, std::int64_t variant, const Requires& needs) const {
    double sum = 0;
    int count = 0;
    for (const Case& one : family.cases) {
      const auto device = devices_.find(one.device_key);
      if (one.all.empty() || device == devices_.end() || !Meets(device->second, needs)) continue;
      const Candidate* result = one.Find(variant);
      sum += std::log(one.best.ns / (result ? std::max(result->ns, one.best.ns) : one.Slowest()));
      ++count;
    }
    if (count == 0) return std::nullopt;
    return std::exp(sum / count);
  }

  Requires NeedsOf(const Family& family, std::int64_t variant) {
    const auto [pattern, point] = NameOf(variant);
    const Pattern* found = FindPattern(*family.kernel, pattern);
    if (!found) return {};
    return hone::NeedsOf(*family.kernel, *found, Values::FromText(point), Values::FromText(family.types));
  }

  static std::vector<std::string> Names(const Requires& needs) {
    std::vector<std::string> names = needs.features;
    names.insert(names.end(), needs.extensions.begin(), needs.extensions.end());
    std::ranges::sort(names);
    names.erase(std::ranges::unique(names).begin(), names.end());
    return names;
  }

  std::pair<std::string, std::string> NameOf(std::int64_t variant) {
    Statement name(from_, "SELECT p.name, v.point FROM variant v JOIN pattern p ON p.id = v.pattern WHERE v.id = ?");
    if (!name.Bind(variant).Step()) return {};
    return {name.Text(0), name.Text(1)};
  }

  bool HasBinary(std::int64_t variant, const std::string& types) {
    Statement binary(from_, "SELECT 1 FROM binary WHERE variant = ? AND types = ?");
    return binary.Bind(variant, types).Step();
  }

  // With the variant itself. types: nullptr for all. False: none is stored.
  bool SelectBinaries(std::int64_t variant, const std::string* types) {
    Statement binaries(from_,
                       "SELECT b.id, v.pattern FROM binary b JOIN variant v ON v.id = b.variant "
                       "WHERE b.variant = ?1 AND (?2 IS NULL OR b.types = ?2)");
    types ? binaries.Bind(variant, *types) : binaries.Bind(variant, nullptr);
    bool found = false;
    while (binaries.Step()) {
      found = true;
      packing_.rows.variants.insert(variant);
      packing_.rows.patterns.insert(binaries.Integer(1));
      packing_.rows.binaries.insert(binaries.Integer(0));
      Statement modules(from_, "SELECT module FROM binary_module WHERE binary = ?");
      modules.Bind(binaries.Integer(0));
      while (modules.Step()) packing_.rows.modules.insert(modules.Integer(0));
    }
    return found;
  }

  void SelectTransfers() {
    Statement devices(from_, "SELECT DISTINCT d.id, d.key FROM transfer t JOIN device d ON d.id = t.device");
    while (devices.Step()) {
      if (IsWanted(devices.Text(1))) packing_.rows.devices.insert(devices.Integer(0));
    }
  }

  void SelectDefault(const Kernel& kernel) {
    const std::int64_t row = store_.impl().KernelId(kernel.name);
    packing_.rows.kernels.insert(row);
    if (kernel.patterns.empty()) return;
    Statement variant(from_,
                      "SELECT p.id, v.id FROM pattern p JOIN variant v ON v.pattern = p.id "
                      "WHERE p.kernel = ? AND p.name = ? AND v.point = ?");
    const Pattern& pattern = kernel.patterns.front();
    if (!variant.Bind(row, pattern.name, pattern.default_point.ToText()).Step()) return;
    packing_.rows.patterns.insert(variant.Integer(0));
    packing_.rows.variants.insert(variant.Integer(1));
    SelectBinaries(variant.Integer(1), nullptr);
  }

  Store& store_;
  Database& from_;
  const PackOptions& options_;
  std::map<std::string, Kernel> kernels_;
  std::map<std::string, DeviceInfo> devices_;  // by key
  std::vector<Family> families_;
  Packing packing_;
};

}  // namespace

Packing SelectForPack(Store& store, const PackOptions& options) { return Selector(store, options).Select(); }

}  // namespace hone
