// What builds and tuners write. Every function is one short transaction, or part of the caller's.
#include <chrono>
#include <cmath>
#include <limits>
#include <random>

#include "db/blob.h"
#include "db/error.h"
#include "db/facts.h"
#include "db/json_object.h"
#include "db/module_row.h"
#include "db/store_impl.h"

namespace hone {
namespace {

Hash RandomHash() {
  std::random_device random;
  Hash hash;
  for (std::uint8_t& byte : hash.bytes) byte = static_cast<std::uint8_t>(random());
  return hash;
}

std::int64_t OnlyId(Statement& select) { return select.Step() ? select.Integer(0) : 0; }

std::string PropertiesText(const std::map<std::string, double>& properties) {
  nlohmann::json object = nlohmann::json::object();
  for (const auto& [name, number] : properties) {
    if (std::isfinite(number)) object[name] = number;
  }
  return DumpJson(object);
}

}  // namespace

std::int64_t NowMs() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::milliseconds>(now).count();
}

void Store::Impl::Write(const std::function<void()>& body) {
  if (read_only) throw Error(path + ": opened for reading only");
  if (transaction_depth > 0) return body();
  WriteTransaction transaction(database);
  ++transaction_depth;
  try {
    body();
    transaction.Commit();
  } catch (...) {
    --transaction_depth;
    kernels.clear();  // what they name may just have been rolled back
    throw;
  }
  --transaction_depth;
}

std::int64_t Store::Impl::KernelId(const std::string& name) {
  if (const auto known = kernels.find(name); known != kernels.end()) return known->second.id;
  Statement newest(database, "SELECT id FROM kernel WHERE name = ? ORDER BY seen_ms DESC, source_hash DESC LIMIT 1");
  return OnlyId(newest.Bind(name));
}

std::int64_t Store::Impl::PatternId(std::int64_t kernel, const std::string& pattern) {
  Statement known(database, "SELECT id FROM pattern WHERE kernel = ? AND name = ?");
  if (const std::int64_t id = OnlyId(known.Bind(kernel, pattern))) return id;
  Statement insert(database, "INSERT INTO pattern (kernel, name) VALUES (?, ?)");
  insert.Bind(kernel, pattern).Run();
  return database.LastId();
}

std::int64_t Store::Impl::VariantId(std::int64_t pattern, const Values& point) {
  const std::string text = point.ToText();
  Statement known(database, "SELECT id FROM variant WHERE pattern = ? AND point = ?");
  if (const std::int64_t id = OnlyId(known.Bind(pattern, text))) return id;
  Statement insert(database, "INSERT INTO variant (pattern, point) VALUES (?, ?)");
  insert.Bind(pattern, text).Run();
  return database.LastId();
}

std::int64_t Store::Impl::ProblemId(const std::string& kernel, const Values& problem) {
  const std::string text = problem.ToText();
  Statement known(database, "SELECT id FROM problem WHERE kernel = ? AND text = ?");
  if (const std::int64_t id = OnlyId(known.Bind(kernel, text))) return id;
  Statement insert(database, "INSERT INTO problem (kernel, text) VALUES (?, ?)");
  insert.Bind(kernel, text).Run();
  return database.LastId();
}

std::int64_t Store::Impl::DeviceId(const DeviceInfo& device) {
  Statement known(database, "SELECT id FROM device WHERE key = ?");
  const std::int64_t id = OnlyId(known.Bind(device.Key()));
  return id;
}

std::int64_t Store::PutKernel(const Kernel& kernel) { return impl_->PutKernel(kernel); }

std::int64_t Store::Impl::PutKernel(const Kernel& kernel) {
  std::int64_t id = 0;
  Write([&] {
    const std::string contract = KernelToJson(kernel);
    Statement others(database, "SELECT ifnull(max(seen_ms), 0) FROM kernel WHERE name = ? AND source_hash <> ?");
    others.Bind(kernel.name, kernel.source_hash).Step();
    const std::int64_t seen = std::max(NowMs(), others.Integer(0) + 1);  // the last one put is the newest, whatever the clock
    Statement put(database,
                  "INSERT INTO kernel (name, source_hash, contract, contract_hash, seen_ms) VALUES (?, ?, ?, ?, ?) "
                  "ON CONFLICT (name, source_hash) DO UPDATE SET contract = excluded.contract, "
                  "contract_hash = excluded.contract_hash, seen_ms = max(seen_ms, excluded.seen_ms) RETURNING id");
    put.Bind(kernel.name, kernel.source_hash, contract, HashOf(std::string_view(contract)), seen).Step();
    id = put.Integer(0);
  });
  kernels[kernel.name] = {kernel.source_hash, id};
  return id;
}

std::int64_t Store::PutDevice(const DeviceInfo& device) {
  Database& database = impl_->database;
  std::int64_t id = 0;
  impl_->Write([&] {
    Statement put(
        database,
        "INSERT INTO device (key, name, vendor_id, device_id, type, driver_name, driver_info, driver_version, info, "
        "seen_ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) "
        "ON CONFLICT (key) DO UPDATE SET info = excluded.info, seen_ms = max(seen_ms, excluded.seen_ms) RETURNING id");
    put.Bind(device.Key(), device.name, device.vendor_id, device.device_id, device.type, device.driver_name, device.driver_info,
             device.driver_version, DeviceToJson(device), NowMs())
        .Step();
    id = put.Integer(0);
  });
  return id;
}

void Store::PutTransfers(const DeviceInfo& device, const std::vector<TransferTime>& timed) {
  impl_->Write([&] {
    const std::int64_t row = PutDevice(device), now = NowMs();
    FactWriter facts(impl_->database);
    for (const TransferTime& one : timed) {
      facts.Transfer(
          {row, one.direction, static_cast<std::int64_t>(one.bytes), one.unix_ms ? one.unix_ms : now, one.way, one.median_ns});
    }
  });
}

void Store::PutBinary(const Binary& binary) {
  impl_->PutBinary(binary, [&](std::size_t pass) { return PutModule(impl_->database, *binary.modules[pass]); });
}

void Store::PutBinary(const Binary& binary, const std::vector<CompressedModule>& compressed) {
  impl_->PutBinary(binary, [&](std::size_t pass) { return PutModule(impl_->database, compressed.at(pass)); });
}

void Store::Impl::PutBinary(const Binary& binary, const std::function<std::int64_t(std::size_t pass)>& put_module) {
  if (binary.modules.size() != binary.GetPattern().passes.size()) {
    throw Error("a binary of kernel '" + binary.kernel->name + "' has not one module a pass");
  }
  Write([&] {
    const auto known = kernels.find(binary.kernel->name);
    const bool is_put = known != kernels.end() && known->second.hash == binary.kernel->source_hash;
    const std::int64_t kernel = is_put ? known->second.id : PutKernel(*binary.kernel);
    const std::int64_t variant = VariantId(PatternId(kernel, binary.pattern), binary.point);
    Statement put(database,
                  "INSERT INTO binary (variant, types) VALUES (?, ?) "
                  "ON CONFLICT (variant, types) DO UPDATE SET types = types RETURNING id");
    put.Bind(variant, binary.types.ToText()).Step();
    const std::int64_t id = put.Integer(0);
    Statement pass(database,
                   "INSERT INTO binary_module (binary, pass, module) VALUES (?, ?, ?) "
                   "ON CONFLICT (binary, pass) DO UPDATE SET module = excluded.module");
    for (std::size_t i = 0; i < binary.modules.size(); ++i) {
      pass.Bind(id, static_cast<std::int64_t>(i), put_module(i)).Run();
    }
  });
}

void Store::PutCompiled(const Hash& key, const Module& module) {
  impl_->Write([&] {
    Statement put(impl_->database,
                  "INSERT INTO compiled (key, module) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET module = excluded.module");
    put.Bind(key, PutModule(impl_->database, module)).Run();
  });
}

void Store::PutBuilt(const Kernel& kernel, const Hash& key) {
  impl_->Write([&] {
    Statement put(impl_->database,
                  "INSERT INTO built (kernel, key) VALUES (?, ?) ON CONFLICT (kernel) DO UPDATE SET key = excluded.key");
    put.Bind(PutKernel(kernel), key).Run();
  });
}

std::int64_t Store::BeginRun(const Run& run, const DeviceInfo& device) {
  Database& database = impl_->database;
  std::int64_t id = 0;
  impl_->Write([&] {
    Statement insert(
        database, "INSERT INTO run (uuid, device, command, version, strategy, seed, started_ms) VALUES (?, ?, ?, ?, ?, ?, ?)");
    insert
        .Bind(RandomHash(), PutDevice(device), run.command, run.version, run.strategy, static_cast<std::int64_t>(run.seed),
              NowMs())
        .Run();
    id = database.LastId();
  });
  return id;
}

void Store::EndRun(std::int64_t run) {
  impl_->Write([&] {
    Statement update(impl_->database, "UPDATE run SET ended_ms = ? WHERE id = ?");
    update.Bind(NowMs(), run).Run();
  });
}

void Store::Impl::PutMeasurementOf(std::int64_t kernel, std::int64_t device, std::int64_t run, const Measurement& m) {
  const bool ok = m.outcome == Outcome::kOk;
  if (ok && !(m.statistics.median_ns >= 0 && std::isfinite(m.statistics.median_ns))) {
    throw Error("a measurement of kernel '" + m.kernel + "' is ok and has no time");
  }
  const std::int64_t problem = ProblemId(m.kernel, m.problem);
  const std::int64_t variant = VariantId(PatternId(kernel, m.pattern), m.point);
  Statement settle(database, "DELETE FROM measurement WHERE outcome = 10 AND variant = ? AND problem = ? AND device = ?");
  settle.Bind(variant, problem, device).Run();
  Statement insert(database,
                   "INSERT INTO measurement (problem, device, variant, unix_ms, run, outcome, phase, median_ns, mad_ns, "
                   "min_ns, p95_ns, low_ns, high_ns, cold, samples, compile_ms, pipeline_ms, check_ms, bench_ms, message, "
                   "properties) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING");
  const std::string samples = ok ? PackSamples(m.samples_ns) : "";
  const Statistics s = ok ? m.statistics : Statistics{};
  insert
      .Bind(problem, device, variant, m.unix_ms ? m.unix_ms : NowMs(), run, static_cast<int>(m.outcome), m.phase,
            ok ? s.median_ns : std::numeric_limits<double>::infinity(), s.mad_ns, s.min_ns, s.p95_ns, s.low_ns, s.high_ns,
            m.cold ? 1 : 0, std::as_bytes(std::span(samples)), m.compile_ms, m.pipeline_ms, m.check_ms, m.bench_ms, m.message,
            PropertiesText(m.properties))
      .Run();
}

void Store::PutMeasurement(std::int64_t run, const DeviceInfo& device, const Measurement& m) {
  impl_->Write([&] {
    const std::int64_t kernel = impl_->KernelId(m.kernel);
    if (!kernel) throw Error(impl_->path + ": holds no kernel '" + m.kernel + "'");
    const std::int64_t known = impl_->DeviceId(device);
    impl_->PutMeasurementOf(kernel, known ? known : PutDevice(device), run, m);
  });
}

void Store::MarkPending(std::int64_t run, const DeviceInfo& device, const Measurement& about_to_run) {
  Measurement pending = about_to_run;
  pending.outcome = Outcome::kPending;
  pending.samples_ns.clear();
  PutMeasurement(run, device, pending);
}

void Store::Transaction(const std::function<void()>& body) { impl_->Write(body); }

void Store::PutPipelineBinary(const DeviceInfo& device, const Binary& binary, int pass, const std::string& key,
                              const std::string& data) {
  impl_->Write([&] {
    const std::int64_t row = impl_->BinaryId(binary.kernel->name, binary.pattern, binary.point, binary.types);
    if (!row) throw Error(impl_->path + ": does not hold the variant of kernel '" + binary.kernel->name + "'");
    const std::int64_t known = impl_->DeviceId(device);
    const std::string frame = Compress(data);
    Statement put(impl_->database,
                  "INSERT OR REPLACE INTO pipeline_binary (binary, pass, device, key, hash, size_bytes, data) "
                  "VALUES (?, ?, ?, ?, ?, ?, ?)");
    put.Bind(row, pass, known ? known : PutDevice(device), std::as_bytes(std::span(key)), HashOf(std::string_view(data)),
             static_cast<std::int64_t>(data.size()), std::as_bytes(std::span(frame)))
        .Run();
  });
}

}  // namespace hone
