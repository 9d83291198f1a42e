// Walks over many measurements: the table that `hone show` opens with, and every row for exports and reports.
#include <algorithm>
#include <optional>

#include "db/error.h"
#include "db/measurement_row.h"
#include "db/store_impl.h"

namespace hone {
namespace {

// What is known of one problem on one device while its rows go by.
struct Group {
  std::int64_t problem = 0, device = 0;
  Coverage coverage;
  std::vector<double> medians;  // of ok results
  std::int64_t last_playoff = -1;
  struct Candidate {
    double median_ns;
    std::int64_t id, unix_ms;
    bool playoff;
  };
  std::vector<Candidate> candidates;

  void Add(const Statement& row) {
    const auto outcome = static_cast<Outcome>(row.Integer(5));
    ++coverage.variants;
    if (outcome == Outcome::kPending) ++coverage.pending;
    if (outcome != Outcome::kOk && outcome != Outcome::kPending) ++coverage.failed;
    if (outcome != Outcome::kOk) return;
    ++coverage.ok;
    const Candidate candidate{row.Real(7), row.Integer(2), row.Integer(4), row.View(6) == "playoff"};
    medians.push_back(candidate.median_ns);
    candidates.push_back(candidate);
    if (candidate.playoff) last_playoff = std::max(last_playoff, candidate.unix_ms);
  }

  // The ids of the fastest, several where times are equal. Who is asked: as the view `candidate` says.
  std::vector<std::int64_t> Fastest() const {
    std::vector<std::int64_t> ids;
    double least = 0;
    for (const Candidate& candidate : candidates) {
      if (!candidate.playoff && candidate.unix_ms <= last_playoff) continue;
      if (!ids.empty() && candidate.median_ns > least) continue;
      if (!ids.empty() && candidate.median_ns < least) ids.clear();
      ids.push_back(candidate.id);
      least = candidate.median_ns;
    }
    return ids;
  }
};

// As the view `best` chooses.
std::optional<Measurement> FirstByName(Database& database, const std::vector<std::int64_t>& ids) {
  std::optional<Measurement> first;
  for (const std::int64_t id : ids) {
    Statement row(database, MeasurementQuery(false) + " WHERE m.id = ?");
    if (!row.Bind(id).Step()) continue;
    Measurement one = MeasurementAt(row);
    const auto name = [](const Measurement& m) { return std::pair(m.pattern, m.point.ToText()); };
    if (!first || name(one) < name(*first)) first = std::move(one);
  }
  return first;
}

double MedianOf(std::vector<double>& values) {
  if (values.empty()) return 0;
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  if (values.size() % 2 == 1) return *middle;
  return (*middle + *std::max_element(values.begin(), middle)) / 2;
}

void Finish(Group& group, Database& database, std::vector<Coverage>& coverages) {
  if (group.coverage.variants == 0) return;
  Statement names(database, "SELECT pr.kernel, pr.text, d.key FROM problem pr, device d WHERE pr.id = ? AND d.id = ?");
  if (!names.Bind(group.problem, group.device).Step())
    throw Error(database.path() + ": damaged: a problem or device is missing");
  Coverage& coverage = group.coverage;
  coverage.kernel = names.Text(0);
  coverage.problem = Values::FromText(names.View(1));
  coverage.device_key = names.Text(2);
  coverage.median_of_ok_ns = MedianOf(group.medians);
  coverage.best = FirstByName(database, group.Fastest());
  coverages.push_back(std::move(coverage));
}

}  // namespace

std::vector<Coverage> Store::Summary(const std::string& kernel) const {
  Database& database = impl_->database;
  std::vector<Coverage> coverages;
  std::vector<bool> newest;  // by variant: of the newest source of its kernel
  {
    Statement variants(database,
                       "SELECT v.id FROM newest_kernel k JOIN pattern p ON p.kernel = k.id JOIN variant v ON v.pattern = p.id");
    while (variants.Step()) {
      const std::int64_t id = variants.Integer(0);
      if (id < 0 || id > (std::int64_t{1} << 31)) throw Error(impl_->path + ": damaged: a variant's number is out of range");
      if (static_cast<std::size_t>(id) >= newest.size()) newest.resize(static_cast<std::size_t>(id) + 1);
      newest[static_cast<std::size_t>(id)] = true;
    }
  }
  Statement rows(database,
                 "SELECT problem, device, id, variant, max(unix_ms), outcome, phase, median_ns FROM measurement " +
                     std::string(kernel.empty() ? "" : "WHERE problem IN (SELECT id FROM problem WHERE kernel = ?) ") +
                     "GROUP BY problem, device, variant");
  if (!kernel.empty()) rows.Bind(kernel);
  Group group;
  while (rows.Step()) {
    if (rows.Integer(0) != group.problem || rows.Integer(1) != group.device) {
      Finish(group, database, coverages);
      group = Group();
      group.problem = rows.Integer(0);
      group.device = rows.Integer(1);
    }
    const auto variant = static_cast<std::size_t>(rows.Integer(3));
    if (variant < newest.size() && newest[variant]) group.Add(rows);
  }
  Finish(group, database, coverages);
  std::sort(coverages.begin(), coverages.end(), [](const Coverage& a, const Coverage& b) {
    return std::tie(a.kernel, a.problem, a.device_key) < std::tie(b.kernel, b.problem, b.device_key);
  });
  return coverages;
}

void Store::ForEach(const Filter& filter, const std::function<bool(const Measurement&)>& body) const {
  std::string sql = MeasurementQuery(filter.with_samples) + " WHERE 1";
  if (filter.only_latest) sql += " AND m.id IN (SELECT id FROM latest)";
  if (filter.only_newest_source) sql += " AND p.kernel IN (SELECT id FROM newest_kernel)";
  sql += filter.kernel.empty() ? " AND ?1 = ''" : " AND pr.kernel = ?1";
  sql += filter.problem ? " AND pr.text = ?2" : " AND ?2 = ''";
  sql += filter.device_key.empty() ? " AND ?3 = ''" : " AND d.key = ?3";
  Statement select(impl_->database, sql + " ORDER BY m.id");
  select.Bind(filter.kernel, filter.problem ? filter.problem->ToText() : "", filter.device_key);
  while (select.Step()) {
    if (!body(MeasurementAt(select))) return;
  }
}

}  // namespace hone
