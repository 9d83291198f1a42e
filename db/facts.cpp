#include "db/facts.h"

#include <cmath>

#include "db/blob.h"
#include "db/error.h"
#include "db/json_object.h"
#include "db/kernel.h"
#include "db/outcome.h"

namespace hone {
namespace {

std::int64_t IdFrom(Statement& statement) {
  if (!statement.Step()) throw Error("a row was not stored");
  return statement.Integer(0);
}

std::string Canonical(std::string_view text) {
  std::string canonical = Values::FromText(text).ToText();
  if (canonical != text) throw Error("damaged: '" + std::string(text.substr(0, 80)) + "' is not sorted by name");
  return canonical;
}

bool IsDuration(double number) { return number >= 0 && std::isfinite(number); }

}  // namespace

std::int64_t FactWriter::Kernel(std::string_view contract, std::int64_t seen_ms) {
  const hone::Kernel kernel = KernelFromJson(contract);
  Statement put(database_,
                "INSERT INTO kernel (name, source_hash, contract, contract_hash, seen_ms) VALUES (?, ?, ?, ?, ?) "
                "ON CONFLICT (name, source_hash) DO UPDATE SET contract = excluded.contract, "
                "contract_hash = excluded.contract_hash, seen_ms = excluded.seen_ms "
                "WHERE (excluded.seen_ms, excluded.contract) > (seen_ms, contract)");
  put.Bind(kernel.name, kernel.source_hash, contract, HashOf(contract), seen_ms).Run();
  Statement select(database_, "SELECT id FROM kernel WHERE name = ? AND source_hash = ?");
  return IdFrom(select.Bind(kernel.name, kernel.source_hash));
}

std::int64_t FactWriter::Device(std::string_view info, std::int64_t seen_ms) {
  const DeviceInfo device = DeviceFromJson(info);
  Statement put(database_,
                "INSERT INTO device (key, name, vendor_id, device_id, type, driver_name, driver_info, driver_version, info, "
                "seen_ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) "
                "ON CONFLICT (key) DO UPDATE SET info = excluded.info, seen_ms = excluded.seen_ms "
                "WHERE (excluded.seen_ms, excluded.info) > (seen_ms, info)");
  put.Bind(device.Key(), device.name, device.vendor_id, device.device_id, device.type, device.driver_name, device.driver_info,
           device.driver_version, info, seen_ms)
      .Run();
  Statement select(database_, "SELECT id FROM device WHERE key = ?");
  return IdFrom(select.Bind(device.Key()));
}

std::int64_t FactWriter::Pattern(std::int64_t kernel, std::string_view name) {
  if (!IsPlainName(name)) throw Error("damaged: a pattern's name is none");
  Statement select(database_, "SELECT id FROM pattern WHERE kernel = ? AND name = ?");
  if (select.Bind(kernel, name).Step()) return select.Integer(0);
  Statement put(database_, "INSERT INTO pattern (kernel, name) VALUES (?, ?) RETURNING id");
  return IdFrom(put.Bind(kernel, name));
}

std::int64_t FactWriter::Variant(std::int64_t pattern, std::string_view point) {
  Statement select(database_, "SELECT id FROM variant WHERE pattern = ? AND point = ?");
  if (select.Bind(pattern, point).Step()) return select.Integer(0);
  Statement put(database_, "INSERT INTO variant (pattern, point) VALUES (?, ?) RETURNING id");
  return IdFrom(put.Bind(pattern, Canonical(point)));
}

std::int64_t FactWriter::Problem(std::string_view kernel, std::string_view text) {
  Statement select(database_, "SELECT id FROM problem WHERE kernel = ? AND text = ?");
  if (select.Bind(kernel, text).Step()) return select.Integer(0);
  Statement put(database_, "INSERT INTO problem (kernel, text) VALUES (?, ?) RETURNING id");
  return IdFrom(put.Bind(kernel, Canonical(text)));
}

std::int64_t FactWriter::Run(const RunFact& run) {
  Statement put(database_,
                "INSERT INTO run (uuid, device, command, version, strategy, seed, started_ms, ended_ms) "
                "VALUES (?, ?, ?, ?, ?, ?, ?, nullif(?, -1)) ON CONFLICT (uuid) DO UPDATE SET ended_ms = excluded.ended_ms "
                "WHERE ifnull(excluded.ended_ms, -1) > ifnull(ended_ms, -1)");
  put.Bind(run.uuid, run.device, run.command, run.version, run.strategy, run.seed, run.started_ms, run.ended_ms.value_or(-1))
      .Run();
  Statement select(database_, "SELECT id FROM run WHERE uuid = ?");
  return IdFrom(select.Bind(run.uuid));
}

void FactWriter::CheckProperties(std::string_view properties) {
  if (properties == good_properties_) return;
  const nlohmann::json object = ParseJson(properties, "a measurement's properties");
  if (!object.is_object()) throw Error("damaged: a measurement's properties are no object");
  for (const auto& [name, number] : object.items()) {
    if (!number.is_number()) throw Error("damaged: a measurement's property is not a number");
  }
  good_properties_ = properties;
}

void FactWriter::Measurement(const MeasurementFact& m) {
  const auto outcome = OutcomeFromNumber(m.outcome);
  if (!outcome) throw Error("damaged: outcome " + std::to_string(m.outcome) + " is unknown");
  const bool has_time = IsDuration(m.median_ns);
  if (has_time != (*outcome == Outcome::kOk) || (!has_time && m.median_ns != HUGE_VAL)) {
    throw Error("damaged: a measurement's time and outcome do not agree");
  }
  for (const double number :
       {m.mad_ns, m.min_ns, m.p95_ns, m.low_ns, m.high_ns, m.compile_ms, m.pipeline_ms, m.check_ms, m.bench_ms}) {
    if (!IsDuration(number)) throw Error("damaged: a measurement's statistics are no durations");
  }
  UnpackSamples(m.samples);
  CheckProperties(m.properties);
  Statement put(
      database_,
      "INSERT INTO measurement (problem, device, variant, unix_ms, run, outcome, phase, median_ns, mad_ns, min_ns, "
      "p95_ns, low_ns, high_ns, cold, samples, compile_ms, pipeline_ms, check_ms, bench_ms, message, properties) "
      "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) "
      "ON CONFLICT (problem, device, variant, unix_ms, run, outcome, phase, median_ns) DO UPDATE SET "
      "mad_ns = excluded.mad_ns, min_ns = excluded.min_ns, p95_ns = excluded.p95_ns, low_ns = excluded.low_ns, "
      "high_ns = excluded.high_ns, cold = excluded.cold, samples = excluded.samples, compile_ms = excluded.compile_ms, "
      "pipeline_ms = excluded.pipeline_ms, check_ms = excluded.check_ms, bench_ms = excluded.bench_ms, "
      "message = excluded.message, properties = excluded.properties "
      "WHERE (excluded.samples, excluded.message, excluded.properties, excluded.mad_ns, excluded.min_ns, "
      "excluded.p95_ns, excluded.low_ns, excluded.high_ns, excluded.cold, excluded.compile_ms, excluded.pipeline_ms, "
      "excluded.check_ms, excluded.bench_ms) > (samples, message, properties, mad_ns, min_ns, p95_ns, low_ns, high_ns, "
      "cold, compile_ms, pipeline_ms, check_ms, bench_ms)");
  put.Bind(m.problem, m.device, m.variant, m.unix_ms, m.run, m.outcome, m.phase, m.median_ns, m.mad_ns, m.min_ns, m.p95_ns,
           m.low_ns, m.high_ns, m.cold, m.samples, m.compile_ms, m.pipeline_ms, m.check_ms, m.bench_ms, m.message, m.properties)
      .Run();
}

void FactWriter::Transfer(const TransferFact& t) {
  if (t.direction != "upload" && t.direction != "download") throw Error("damaged: a transfer goes neither up nor down");
  if (t.bytes <= 0 || t.unix_ms < 0) throw Error("damaged: a transfer of no size or date");
  if (!IsPlainName(t.way)) throw Error("damaged: a transfer's way has no name");
  if (!IsDuration(t.median_ns) || t.median_ns == 0) throw Error("damaged: a transfer's time is no duration");
  Statement put(database_,
                "INSERT INTO transfer (device, direction, bytes, unix_ms, way, median_ns) VALUES (?, ?, ?, ?, ?, ?) "
                "ON CONFLICT (device, direction, bytes, unix_ms, way) DO UPDATE SET median_ns = excluded.median_ns "
                "WHERE excluded.median_ns > median_ns");
  put.Bind(t.device, t.direction, t.bytes, t.unix_ms, t.way, t.median_ns).Run();
}

void FactWriter::DropSettledPending() {
  database_.Execute(
      "DELETE FROM measurement AS m WHERE outcome = 10 AND EXISTS (SELECT 1 FROM measurement o WHERE o.problem = "
      "m.problem AND "
      "o.device = m.device AND o.variant = m.variant AND o.unix_ms >= m.unix_ms AND o.outcome <> 10)");
}

}  // namespace hone
