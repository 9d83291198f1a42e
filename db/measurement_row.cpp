#include "db/measurement_row.h"

#include "db/blob.h"
#include "db/error.h"
#include "db/json_object.h"

namespace hone {

std::string MeasurementQuery(bool with_samples) {
  return std::string(
             "SELECT pr.kernel, p.name, v.point, pr.text, m.outcome, m.message, m.median_ns, m.mad_ns, m.min_ns, "
             "m.p95_ns, "
             "m.low_ns, m.high_ns, m.cold, m.phase, m.compile_ms, m.pipeline_ms, m.check_ms, m.bench_ms, m.properties, "
             "m.unix_ms, "
             "d.key, m.run, ") +
         (with_samples ? "m.samples" : "x''") +
         " FROM measurement m JOIN problem pr ON pr.id = m.problem JOIN variant v ON v.id = m.variant "
         "JOIN pattern p ON p.id = v.pattern JOIN device d ON d.id = m.device";
}

Measurement MeasurementAt(const Statement& row) {
  Measurement m;
  m.kernel = row.Text(0);
  m.pattern = row.Text(1);
  m.point = Values::FromText(row.View(2));
  m.problem = Values::FromText(row.View(3));
  const auto outcome = OutcomeFromNumber(row.Integer(4));
  if (!outcome) throw Error("damaged: outcome " + std::to_string(row.Integer(4)) + " is unknown");
  m.outcome = *outcome;
  m.message = row.Text(5);
  if (m.outcome == Outcome::kOk)
    m.statistics = {row.Real(6), row.Real(7), row.Real(8), row.Real(9), row.Real(10), row.Real(11)};
  m.cold = row.Integer(12) != 0;
  m.phase = row.Text(13);
  m.compile_ms = row.Real(14);
  m.pipeline_ms = row.Real(15);
  m.check_ms = row.Real(16);
  m.bench_ms = row.Real(17);
  if (const std::string_view properties = row.View(18); properties != "{}") {
    const nlohmann::json object = ParseJson(properties, "a measurement's properties");
    for (const auto& [name, number] : object.items()) {
      if (!number.is_number()) throw Error("damaged: a measurement's property is not a number");
      m.properties[name] = number.get<double>();
    }
  }
  m.unix_ms = row.Integer(19);
  m.device_key = row.Text(20);
  m.run = row.Integer(21);
  m.samples_ns = UnpackSamples(row.Blob(22));
  return m;
}

}  // namespace hone
