// The text form and its JSON twin: the same objects, one a line or in four lists.
#include <limits>
#include <ostream>

#include "db/blob.h"
#include "db/error.h"
#include "db/exchange_impl.h"
#include "db/facts.h"
#include "db/measurement_row.h"
#include "db/store_impl.h"

namespace hone {
namespace {

using nlohmann::json;

constexpr std::string_view kHeader = "hone-facts 1";

// --- out ---

json Durations(const MeasurementFact& m) {
  return {{"median", m.median_ns}, {"mad", m.mad_ns}, {"min", m.min_ns},
          {"p95", m.p95_ns},       {"low", m.low_ns}, {"high", m.high_ns}};
}

// What moving bytes takes on each device that is asked for.
template <typename Put>
void Transfers(Database& database, const ExportOptions& options, Put put) {
  const std::string every =
      "(SELECT d.key AS device, t.direction, t.bytes, t.way, t.median_ns, t.unix_ms FROM transfer t "
      "JOIN device d ON d.id = t.device)";
  Statement rows(database, "SELECT device, direction, bytes, way, median_ns, unix_ms FROM " +
                               (options.only_best ? "best_transfer" : every) +
                               " WHERE ?1 IN ('', device) ORDER BY device, direction, bytes, unix_ms, way");
  rows.Bind(options.device_key);
  while (rows.Step()) {
    put("transfer", json{{"device", rows.Text(0)},
                         {"direction", rows.Text(1)},
                         {"bytes", rows.Integer(2)},
                         {"way", rows.Text(3)},
                         {"median_ns", rows.Real(4)},
                         {"at", rows.Integer(5)}});
  }
}

// Calls put(kind, object) for every fact, in the canonical order.
template <typename Put>
void Facts(const Store& store, const ExportOptions& options, Put put) {
  Database& database = store.impl().database;
  std::string chosen =
      "SELECT m.id FROM measurement m JOIN problem pr ON pr.id = m.problem JOIN device d ON d.id = m.device WHERE 1";
  if (options.only_best) chosen += " AND m.id IN (SELECT measurement FROM best)";
  chosen += options.kernel.empty() ? " AND ?1 = ''" : " AND pr.kernel = ?1";
  chosen += options.problem ? " AND pr.text = ?2" : " AND ?2 = ''";
  chosen += options.device_key.empty() ? " AND ?3 = ''" : " AND d.key = ?3";
  const bool of_kernel = !options.kernel.empty() || options.problem;
  const bool all = !options.only_best && options.kernel.empty() && !options.problem && options.device_key.empty();
  const auto bind = [&](Statement& statement) {
    statement.Bind(options.kernel, options.problem ? options.problem->ToText() : "", options.device_key);
  };
  const std::string with = "WITH chosen AS MATERIALIZED (" + chosen + ") ";
  // A whole export keeps what no result speaks of, too.
  const auto only = [&](const std::string& condition) { return all ? std::string(" WHERE 1 ") : " WHERE " + condition + " "; };

  Statement kernels(database,
                    with + "SELECT contract, seen_ms FROM kernel k" +
                        only("id IN (SELECT p.kernel FROM chosen JOIN measurement m USING (id) JOIN variant v ON v.id = "
                             "m.variant JOIN pattern p ON p.id = v.pattern)") +
                        "ORDER BY name, source_hash");
  bind(kernels);
  while (kernels.Step()) {
    put("kernel", json{{"contract", ParseJson(kernels.View(0), "a kernel")}, {"seen_ms", kernels.Integer(1)}});
  }
  Statement devices(database,
                    with + "SELECT info, seen_ms FROM device" +
                        only("id IN (SELECT m.device FROM chosen JOIN measurement m USING (id)) OR id IN (SELECT r.device "
                             "FROM chosen JOIN measurement m USING (id) JOIN run r ON r.id = m.run)" +
                             std::string(of_kernel ? "" : " OR id IN (SELECT device FROM transfer) AND ?3 IN ('', key)")) +
                        "ORDER BY key");
  bind(devices);
  while (devices.Step()) {
    put("device", json{{"info", ParseJson(devices.View(0), "a device")}, {"seen_ms", devices.Integer(1)}});
  }
  Statement runs(
      database, with +
                    "SELECT r.uuid, d.key, r.command, r.version, r.strategy, r.seed, r.started_ms, r.ended_ms FROM run r "
                    "JOIN device d ON d.id = r.device" +
                    only("r.id IN (SELECT m.run FROM chosen JOIN measurement m USING (id))") + "ORDER BY r.started_ms, r.uuid");
  bind(runs);
  while (runs.Step()) {
    json run{{"uuid", runs.HashAt(0).ToHex()}, {"device", runs.Text(1)},
             {"command", runs.Text(2)},        {"version", runs.Text(3)},
             {"strategy", runs.Text(4)},       {"seed", static_cast<std::uint64_t>(runs.Integer(5))},
             {"started_ms", runs.Integer(6)}};
    if (!runs.IsNull(7)) run["ended_ms"] = runs.Integer(7);
    put("run", run);
  }
  Statement rows(
      database,
      with +
          "SELECT pr.kernel, k.source_hash, p.name, v.point, pr.text, d.key, r.uuid, rd.key, m.unix_ms, o.text, "
          "m.phase, "
          "m.median_ns, m.mad_ns, m.min_ns, m.p95_ns, m.low_ns, m.high_ns, m.cold, m.compile_ms, m.pipeline_ms, "
          "m.check_ms, m.bench_ms, m.message, m.properties, m.samples, m.outcome "
          "FROM chosen JOIN measurement m USING (id) JOIN problem pr ON pr.id = m.problem "
          "JOIN device d ON d.id = m.device JOIN variant v ON v.id = m.variant JOIN pattern p ON p.id = v.pattern "
          "JOIN kernel k ON k.id = p.kernel JOIN run r ON r.id = m.run JOIN device rd ON rd.id = r.device "
          "JOIN outcome o ON o.number = m.outcome "
          "ORDER BY pr.kernel, pr.text, d.key, k.source_hash, p.name, v.point, m.unix_ms, r.uuid, m.phase, m.outcome, "
          "m.median_ns");
  bind(rows);
  while (rows.Step()) {
    json result{{"kernel", rows.Text(0)}, {"source", rows.HashAt(1).ToHex()}, {"pattern", rows.Text(2)},
                {"point", rows.Text(3)},  {"problem", rows.Text(4)},          {"run", rows.HashAt(6).ToHex()},
                {"at", rows.Integer(8)},  {"outcome", rows.Text(9)},          {"phase", rows.Text(10)}};
    if (rows.View(5) != rows.View(7)) result["device"] = rows.Text(5);
    if (rows.Integer(25) == 0) {
      MeasurementFact m;
      m.median_ns = rows.Real(11);
      m.mad_ns = rows.Real(12);
      m.min_ns = rows.Real(13);
      m.p95_ns = rows.Real(14);
      m.low_ns = rows.Real(15);
      m.high_ns = rows.Real(16);
      result["ns"] = Durations(m);
    }
    if (rows.Integer(17) != 0) result["cold"] = true;
    const json ms{{"compile", rows.Real(18)}, {"pipeline", rows.Real(19)}, {"check", rows.Real(20)}, {"bench", rows.Real(21)}};
    if (rows.Real(18) + rows.Real(19) + rows.Real(20) + rows.Real(21) > 0) result["ms"] = ms;
    if (!rows.View(22).empty()) result["message"] = rows.Text(22);
    if (rows.View(23) != "{}") result["properties"] = ParseJson(rows.View(23), "a measurement's properties");
    if (options.samples) {
      json samples = json::array();
      for (const double sample : UnpackSamples(rows.Blob(24))) {
        // Whole nanoseconds without ".0": half of the file are samples.
        if (sample == static_cast<double>(static_cast<std::int64_t>(sample))) {
          samples.push_back(static_cast<std::int64_t>(sample));
        } else {
          samples.push_back(sample);
        }
      }
      if (!samples.empty()) result["samples"] = samples;
    }
    put("result", result);
  }
  if (!of_kernel) Transfers(database, options, put);
}

// --- in ---

class Reader {
 public:
  explicit Reader(Store& store) : facts_(store.impl().database) {}

  void Read(std::string_view kind, const json& value) {
    if (kind == "kernel") return Kernel(value);
    if (kind == "device") return Device(value);
    if (kind == "run") return Run(value);
    if (kind == "result") return Result(value);
    if (kind == "transfer") return Transfer(value);
    throw Error("unknown fact '" + std::string(kind.substr(0, 40)) + "'" +
                DidYouMean(kind, {"kernel", "device", "run", "result", "transfer"}));
  }

  void Finish() { facts_.DropSettledPending(); }

 private:
  static constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();

  void Kernel(const json& value) {
    const JsonObject object(value, "kernel", {"contract", "seen_ms"});
    const std::string contract = DumpJson(object.At("contract"));
    const std::int64_t row = facts_.Kernel(contract, object.Integer("seen_ms", 0, kMost));
    kernels_[object.At("contract").at("name").get<std::string>() + " " +
             object.At("contract").at("source_hash").get<std::string>()] = row;
  }

  void Device(const json& value) {
    const JsonObject object(value, "device", {"info", "seen_ms"});
    const std::string info = DumpJson(object.At("info"));
    devices_[DeviceFromJson(info).Key()] = facts_.Device(info, object.Integer("seen_ms", 0, kMost));
  }

  std::int64_t DeviceRow(const JsonObject& object) const {
    const auto found = devices_.find(object.Text("device"));
    if (found == devices_.end()) object.Bad("device", "no such device before this");
    return found->second;
  }

  void Run(const json& value) {
    const JsonObject object(value, "run",
                            {"uuid", "device", "command", "version", "strategy", "seed", "started_ms", "ended_ms"});
    const std::string command = object.Text("command"), version = object.Text("version"), strategy = object.Text("strategy");
    RunFact run;
    run.uuid = Hash::FromHex(object.Text("uuid"));
    run.device = DeviceRow(object);
    run.command = command;
    run.version = version;
    run.strategy = strategy;
    if (!object.At("seed").is_number_unsigned()) object.Bad("seed", "not an unsigned integer");
    run.seed = static_cast<std::int64_t>(object.At("seed").get<std::uint64_t>());
    run.started_ms = object.Integer("started_ms", 0, kMost);
    if (object.Find("ended_ms")) run.ended_ms = object.Integer("ended_ms", 0, kMost);
    runs_[run.uuid] = {facts_.Run(run), run.device};
  }

  // Rows of names repeat from line to line.
  std::int64_t Variant(const JsonObject& object) {
    const std::string kernel = object.Text("kernel") + " " + object.Text("source");
    const auto found = kernels_.find(kernel);
    if (found == kernels_.end()) object.Bad("kernel", "no such kernel of that source before this");
    return facts_.Variant(facts_.Pattern(found->second, object.Text("pattern")), object.Text("point"));
  }

  void Result(const json& value) {
    const JsonObject object(value, "result",
                            {"kernel", "source", "pattern", "point", "problem", "run", "at", "outcome", "phase", "device", "ns",
                             "cold", "ms", "message", "properties", "samples"});
    MeasurementFact m;
    const auto run = runs_.find(Hash::FromHex(object.Text("run")));
    if (run == runs_.end()) object.Bad("run", "no such run before this");
    m.run = run->second.row;
    m.device = object.Find("device") ? DeviceRow(object) : run->second.device;
    m.variant = Variant(object);
    m.problem = facts_.Problem(object.Name("kernel"), object.Text("problem"));
    m.unix_ms = object.Integer("at", 0, kMost);
    const std::string phase = object.Name("phase"), message = object.Find("message") ? object.Text("message") : "";
    const std::string properties = object.Find("properties") ? DumpJson(object.At("properties")) : "{}";
    m.phase = phase;
    m.message = message;
    m.properties = properties;
    m.cold = object.Find("cold") && object.Flag("cold") ? 1 : 0;
    const auto outcome = OutcomeFromText(object.Text("outcome"));
    if (!outcome) object.Bad("outcome", "unknown");
    m.outcome = static_cast<int>(*outcome);
    std::string samples;
    if (*outcome == Outcome::kOk) {
      const JsonObject ns(object.At("ns"), "result.ns", {"median", "mad", "min", "p95", "low", "high"});
      m.median_ns = ns.Number("median");
      m.mad_ns = ns.Number("mad");
      m.min_ns = ns.Number("min");
      m.p95_ns = ns.Number("p95");
      m.low_ns = ns.Number("low");
      m.high_ns = ns.Number("high");
      if (object.Find("samples")) samples = Samples(object);
    } else {
      m.median_ns = std::numeric_limits<double>::infinity();
    }
    m.samples = std::as_bytes(std::span(samples));
    if (const json* times = object.Find("ms")) {
      const JsonObject ms(*times, "result.ms", {"compile", "pipeline", "check", "bench"});
      m.compile_ms = ms.Number("compile");
      m.pipeline_ms = ms.Number("pipeline");
      m.check_ms = ms.Number("check");
      m.bench_ms = ms.Number("bench");
    }
    facts_.Measurement(m);
  }

  void Transfer(const json& value) {
    const JsonObject object(value, "transfer", {"device", "direction", "bytes", "way", "median_ns", "at"});
    const std::string direction = object.Text("direction"), way = object.Text("way");
    facts_.Transfer({DeviceRow(object), direction, object.Integer("bytes", 1, kMost), object.Integer("at", 0, kMost), way,
                     object.Number("median_ns")});
  }

  static std::string Samples(const JsonObject& object) {
    std::vector<double> samples;
    object.Each("samples", std::size_t{1} << 22, [&](const json& sample, const std::string& place) {
      if (!sample.is_number()) throw Error(place + ": not a number");
      samples.push_back(sample.get<double>());
    });
    return PackSamples(samples);
  }

  struct RunRow {
    std::int64_t row = 0, device = 0;
  };
  FactWriter facts_;
  std::map<std::string, std::int64_t> kernels_, devices_;
  std::map<Hash, RunRow> runs_;
};

}  // namespace

void ExportText(const Store& store, std::ostream& out, const ExportOptions& options) {
  out << kHeader << "\n";
  Facts(store, options, [&](const char* kind, const json& object) { out << kind << ' ' << DumpJson(object) << '\n'; });
}

void ExportJson(const Store& store, std::ostream& out, const ExportOptions& options) {
  out << "{\"format\":\"" << kHeader << "\"";
  std::string last;
  Facts(store, options, [&](const std::string& kind, const json& object) {
    out << (kind == last ? ",\n" : (last.empty() ? "" : "]") + std::string(",\n\"") + kind + "s\":[\n") << DumpJson(object);
    last = kind;
  });
  out << (last.empty() ? "}\n" : "]}\n");
}

void ImportText(Store& store, std::string_view text, const ImportOptions& options) {
  Reader reader(store);
  int line_number = 0;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    ++line_number;
    if (line.ends_with('\r')) line.remove_suffix(1);
    try {
      if (line_number == 1) {
        if (line != kHeader) throw Error("not hone's facts: the first line is not '" + std::string(kHeader) + "'");
        continue;
      }
      if (line.empty() || line.front() == '#') continue;
      const std::string_view kind = line.substr(0, line.find(' '));
      line.remove_prefix(std::min(kind.size() + 1, line.size()));
      reader.Read(kind, ParseJson(line, kind.substr(0, 40)));
    } catch (const Error& failure) {
      Fail({options.source, line_number, 0}, failure.what());
    }
  }
  if (line_number == 0) throw Error("not hone's facts: the file is empty");
  reader.Finish();
}

void ImportJson(Store& store, std::string_view text, const ImportOptions&) {
  const json value = ParseJson(text, "hone's facts");
  const JsonObject object(value, "facts", {"format", "kernels", "devices", "runs", "results", "transfers"});
  if (object.Text("format") != kHeader) object.Bad("format", "not '" + std::string(kHeader) + "'");
  Reader reader(store);
  for (const char* kind : {"kernel", "device", "run", "result", "transfer"}) {
    const std::string list = std::string(kind) + "s";
    if (!object.Find(list)) continue;
    object.Each(list, std::size_t{1} << 24, [&](const json& element, const std::string& place) {
      try {
        reader.Read(kind, element);
      } catch (const Error& failure) {
        throw Error(place + ": " + failure.what());
      }
    });
  }
  reader.Finish();
}

}  // namespace hone
