// hone show, the deeper levels: the variants of a problem, the measurements of a variant.
#include <fmt/format.h>

#include <algorithm>
#include <cstdio>

#include "db/error.h"
#include "db/formula.h"
#include "tools/format.h"
#include "tools/show.h"

namespace hone {
namespace {

constexpr std::uint64_t kTextRows = 30;  // without --limit; JSON has them all

// Answers --where for one measurement: parameters, problem integers, and the measurement's own numbers.
class Condition {
 public:
  Condition(const std::string& text, const Kernel& kernel) {
    if (text.empty()) return;
    std::vector<std::string> known = {"ok", "median_ns", "low_ns", "high_ns", "min_ns", "p95_ns"};
    for (const ProblemInteger& integer : kernel.integers) known.push_back(integer.name);
    for (const Pattern& pattern : kernel.patterns) {
      for (const Parameter& parameter : pattern.parameters) known.push_back(parameter.name);
    }
    try {
      formula_ = Formula::Parse(text, known);
    } catch (const FormulaError& error) {
      throw Error(fmt::format("--where:{}: {}", error.column, error.what()));
    }
  }

  // A pattern that has no such parameter does not meet the condition.
  bool Holds(const Measurement& m) const {
    if (!formula_) return true;
    bool known = true;
    const Lookup values = LookupIn({m.problem, m.point}, [&](std::string_view name) { return Number(m, name); });
    for (const std::string& name : formula_->names()) known = known && values(name).has_value();
    return known && formula_->Evaluate(values) != 0;
  }

 private:
  static std::optional<double> Number(const Measurement& m, std::string_view name) {
    const Statistics& s = m.statistics;
    if (name == "ok") return m.outcome == Outcome::kOk;
    if (m.outcome != Outcome::kOk) return std::nullopt;
    if (name == "median_ns") return s.median_ns;
    if (name == "low_ns") return s.low_ns;
    if (name == "high_ns") return s.high_ns;
    if (name == "min_ns") return s.min_ns;
    if (name == "p95_ns") return s.p95_ns;
    return std::nullopt;
  }

  std::optional<Formula> formula_;
};

void Sort(std::vector<Measurement>& results, const std::string& by) {
  std::stable_sort(results.begin(), results.end(), [&](const Measurement& a, const Measurement& b) {
    if (by == "variant") return std::tie(a.pattern, a.point) < std::tie(b.pattern, b.point);
    if (by == "date") return a.unix_ms < b.unix_ms;
    const bool a_failed = a.outcome != Outcome::kOk, b_failed = b.outcome != Outcome::kOk;
    return std::tie(a_failed, a.statistics.median_ns) < std::tie(b_failed, b.statistics.median_ns);
  });
}

// "best", "default", both or neither.
std::string RoleOf(const Measurement& m, const Kernel& kernel, const Coverage& coverage) {
  const bool best = coverage.best && VariantOf(m) == VariantOf(*coverage.best);
  const bool standard = VariantOf(m) == DefaultVariant(kernel);
  return best ? (standard ? "best, default" : "best") : standard ? "default" : "";
}

std::vector<Cell> ResultRow(const Measurement& m, const Work& work, const std::string& device, const std::string& role) {
  const bool ok = m.outcome == Outcome::kOk;
  const Statistics& s = m.statistics;
  const double half_width = ok ? (s.high_ns - s.low_ns) / 2 / s.median_ns : 0;
  return {m.problem.ToText(),
          {device, m.device_key},
          ToText(VariantOf(m)),
          role,
          std::string(ToText(m.outcome)),
          ok ? TimeCell(s.median_ns) : Cell("", nullptr),
          ok ? Cell(fmt::format("±{:.1f} %", 100 * half_width), half_width) : Cell("", nullptr),
          ok ? Cell("", s.low_ns) : Cell("", nullptr),
          ok ? Cell("", s.high_ns) : Cell("", nullptr),
          ok ? RateCell(work, s.median_ns) : Cell("", nullptr),
          {"", m.phase},
          {"", m.unix_ms},
          {FirstColumns(m.message, 100), m.message}};
}

}  // namespace

int ShowVariants(const Store& store, const Kernel& kernel, const std::vector<Coverage>& coverages, const Arguments& arguments) {
  const bool json = arguments.Flag("json");
  const Condition condition(arguments.Text("where"), kernel);
  Table table({{"problem", coverages.size() > 1 ? "problem" : ""},
               {"device", coverages.size() > 1 ? "device" : ""},
               {"variant", "variant"},
               {"role", "role"},
               {"outcome", "outcome"},
               {"median_ns", "time", true},
               {"half_width", "interval", true},
               {"low_ns", ""},
               {"high_ns", ""},
               {"rate_per_s", "rate", true},
               {"phase", ""},
               {"unix_ms", ""},
               {"message", "message"}});
  const std::uint64_t limit = arguments.Integer("limit", json ? 0 : kTextRows);
  std::size_t left_out = 0;
  for (const Coverage& coverage : coverages) {
    std::vector<Measurement> results;
    store.ForEach({.kernel = kernel.name, .problem = coverage.problem, .device_key = coverage.device_key},
                  [&](const Measurement& m) {
                    if (condition.Holds(m)) results.push_back(m);
                    return true;
                  });
    Sort(results, arguments.Text("sort"));
    const Work work = WorkOf(kernel, coverage.problem);
    const std::string device = DeviceLabel(store, coverage.device_key);
    for (std::size_t i = 0; i < results.size(); ++i) {
      if (limit != 0 && i >= limit) {
        left_out += results.size() - i;
        break;
      }
      table.Add(ResultRow(results[i], work, device, RoleOf(results[i], kernel, coverage)));
    }
  }
  table.Print(json);
  if (left_out > 0 && !json) std::printf("… and %zu more (--limit 0 shows all)\n", left_out);
  if (table.empty() && !json) std::puts("no such results");
  return 0;
}

namespace {

Json Numbers(const std::map<std::string, double>& numbers) {
  Json json = Json::object();
  for (const auto& [name, value] : numbers) json[name] = value;
  return json;
}

Json ToJson(const Measurement& m) {
  const Statistics& s = m.statistics;
  const bool ok = m.outcome == Outcome::kOk;
  Json json = {{"kernel", m.kernel},
               {"problem", m.problem.ToText()},
               {"device", m.device_key},
               {"variant", ToText(VariantOf(m))},
               {"outcome", std::string(ToText(m.outcome))},
               {"message", m.message},
               {"phase", m.phase},
               {"cold", m.cold},
               {"unix_ms", m.unix_ms},
               {"run", m.run},
               {"compile_ms", m.compile_ms},
               {"pipeline_ms", m.pipeline_ms},
               {"check_ms", m.check_ms},
               {"bench_ms", m.bench_ms},
               {"properties", Numbers(m.properties)},
               {"samples_ns", m.samples_ns}};
  const std::pair<const char*, double> statistics[] = {{"median_ns", s.median_ns}, {"mad_ns", s.mad_ns},
                                                       {"min_ns", s.min_ns},       {"p95_ns", s.p95_ns},
                                                       {"low_ns", s.low_ns},       {"high_ns", s.high_ns}};
  for (const auto& [name, value] : statistics) json[name] = ok ? Json(value) : Json(nullptr);
  return json;
}

void PrintMeasurement(const Measurement& m, const Work& work) {
  const Statistics& s = m.statistics;
  std::printf("%s, %s on %s\n", ToText(VariantOf(m)).c_str(), m.problem.ToText().c_str(), m.device_key.c_str());
  std::printf("  %s, %s, %s%s, run %lld\n", DateCell(m.unix_ms).text.c_str(), std::string(ToText(m.outcome)).c_str(),
              m.phase.c_str(), m.cold ? ", cold caches" : "", static_cast<long long>(m.run));
  if (!m.message.empty()) std::printf("  %s\n", m.message.c_str());
  if (m.phase == "search") {  // a play-off repeats none of it
    std::printf("  compile %s, pipeline %s, check %s, timing %s\n", FormatTime(m.compile_ms * 1e6).c_str(),
                FormatTime(m.pipeline_ms * 1e6).c_str(), FormatTime(m.check_ms * 1e6).c_str(),
                FormatTime(m.bench_ms * 1e6).c_str());
  }
  for (const auto& [name, value] : m.properties) std::printf("  %s %s\n", name.c_str(), fmt::format("{}", value).c_str());
  if (m.outcome != Outcome::kOk) return;
  std::printf("  median %s (%s to %s), %s; least %s, p95 %s, deviation %s\n", FormatTime(s.median_ns).c_str(),
              FormatTime(s.low_ns).c_str(), FormatTime(s.high_ns).c_str(), RateCell(work, s.median_ns).text.c_str(),
              FormatTime(s.min_ns).c_str(), FormatTime(s.p95_ns).c_str(), FormatTime(s.mad_ns).c_str());
  std::printf("  %zu samples:", m.samples_ns.size());
  for (std::size_t i = 0; i < std::min<std::size_t>(m.samples_ns.size(), 24); ++i)
    std::printf(" %s", FormatTime(m.samples_ns[i]).c_str());
  std::puts(m.samples_ns.size() > 24 ? " … (--json has all)" : "");
}

}  // namespace

int ShowMeasurements(const Store& store, const Kernel& kernel, const std::vector<Coverage>& coverages,
                     const Arguments& arguments) {
  const VariantName wanted = VariantFromText(arguments.Text("variant"));
  Json all = Json::array();
  std::size_t count = 0;
  for (const Coverage& coverage : coverages) {
    const Work work = WorkOf(kernel, coverage.problem);
    store.ForEach({.kernel = kernel.name,
                   .problem = coverage.problem,
                   .device_key = coverage.device_key,
                   .only_latest = false,
                   .with_samples = true},
                  [&](const Measurement& m) {
                    if (VariantOf(m) != wanted) return true;
                    ++count;
                    if (arguments.Flag("json")) {
                      all.push_back(ToJson(m));
                    } else {
                      PrintMeasurement(m, work);
                    }
                    return true;
                  });
  }
  if (arguments.Flag("json")) PrintJson(all);
  if (count == 0) throw Error(store.path() + ": no result of " + kernel.name + " " + ToText(wanted));
  return 0;
}

}  // namespace hone
