#include "db/exchange.h"

#include <algorithm>

#include "db/error.h"
#include "db/exchange_impl.h"
#include "db/measurement_row.h"
#include "db/store_impl.h"

namespace hone {

const std::vector<std::string>& FormatNames() {
  static const std::vector<std::string> names{"text", "json", "csv", "t4", "kernel-tuner"};
  return names;
}

std::optional<Format> FormatFromText(std::string_view name) {
  const auto& names = FormatNames();
  const auto found = std::find(names.begin(), names.end(), name);
  if (found == names.end()) return std::nullopt;
  return static_cast<Format>(found - names.begin());
}

void Export(const Store& store, Format format, std::ostream& out, const ExportOptions& options) {
  switch (format) {
    case Format::kText: return ExportText(store, out, options);
    case Format::kJson: return ExportJson(store, out, options);
    case Format::kCsv: return ExportCsv(store, out, options);
    case Format::kT4: return ExportT4(store, out, options);
    case Format::kKernelTuner: return ExportKernelTuner(store, out, options);
  }
}

ImportResult Import(Store& store, Format format, std::string_view text, const ImportOptions& options) {
  if (text.starts_with("\x1f\x8b")) throw Error(options.source + ": compressed; unpack it first (gunzip)");
  ImportResult result;
  const std::int64_t before = store.CountMeasurements();
  store.Transaction([&] {
    try {
      switch (format) {
        case Format::kText: ImportText(store, text, options); break;
        case Format::kJson: ImportJson(store, text, options); break;
        case Format::kT4: ImportT4(store, text, options); break;
        case Format::kKernelTuner: result.repaired = ImportKernelTuner(store, text, options); break;
        case Format::kCsv: throw Error("csv does not say enough to be imported; use text or json");
      }
    } catch (const Error& failure) {
      const std::string what = failure.what();
      throw Error(
          what.starts_with(options.source + ":") || what.starts_with(store.path() + ":") ? what : options.source + ": " + what);
    }
  });
  result.added = store.CountMeasurements() - before;
  return result;
}

std::vector<Measurement> Chosen(const Store& store, const ExportOptions& options) {
  Database& database = store.impl().database;
  std::string sql = MeasurementQuery(options.samples) + " JOIN kernel k ON k.id = p.kernel JOIN run r ON r.id = m.run WHERE 1";
  if (options.only_best) sql += " AND m.id IN (SELECT measurement FROM best)";
  sql += options.kernel.empty() ? " AND ?1 = ''" : " AND pr.kernel = ?1";
  sql += options.problem ? " AND pr.text = ?2" : " AND ?2 = ''";
  sql += options.device_key.empty() ? " AND ?3 = ''" : " AND d.key = ?3";
  Statement select(database, sql + " ORDER BY pr.kernel, pr.text, d.key, k.source_hash, p.name, v.point, m.unix_ms, r.uuid, " +
                                 "m.phase, m.outcome, m.median_ns");
  select.Bind(options.kernel, options.problem ? options.problem->ToText() : "", options.device_key);
  std::vector<Measurement> chosen;
  while (select.Step()) chosen.push_back(MeasurementAt(select));
  return chosen;
}

std::vector<Measurement> ChosenOfOne(const Store& store, const ExportOptions& options, std::string_view format) {
  std::vector<Measurement> chosen = Chosen(store, options);
  std::erase_if(chosen, [](const Measurement& m) { return m.outcome == Outcome::kPending; });
  if (chosen.empty()) throw Error(store.path() + ": nothing to export");
  const Measurement& first = chosen.front();
  for (const Measurement& m : chosen) {
    if (m.kernel == first.kernel && m.problem == first.problem && m.device_key == first.device_key) continue;
    throw Error(store.path() + ": a " + std::string(format) + " file holds one kernel, problem and device; choose between '" +
                first.kernel + " " + first.problem.ToText() + "' on " + first.device_key + " and '" + m.kernel + " " +
                m.problem.ToText() + "' on " + m.device_key);
  }
  return chosen;
}

}  // namespace hone
