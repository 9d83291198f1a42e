// What readers ask. Nothing here trusts what it reads: texts are parsed strictly, blobs are held against their hashes.
#include <algorithm>

#include "db/blob.h"
#include "db/error.h"
#include "db/json_object.h"
#include "db/measurement_row.h"
#include "db/module_row.h"
#include "db/store_impl.h"

namespace hone {
namespace {

Kernel KernelAt(const Statement& row, const std::string& path) {
  if (HashOf(row.View(0)) != row.HashAt(1)) throw Error(path + ": damaged: a kernel's contract does not have its hash");
  return KernelFromJson(row.View(0));
}

std::int64_t ProblemRow(Database& database, const std::string& kernel, const Values& problem) {
  Statement select(database, "SELECT id FROM problem WHERE kernel = ? AND text = ?");
  return select.Bind(kernel, problem.ToText()).Step() ? select.Integer(0) : 0;
}

// 0: unknown; -1: any.
std::int64_t DeviceRow(Database& database, const std::string& key) {
  if (key.empty()) return -1;
  Statement select(database, "SELECT id FROM device WHERE key = ?");
  return select.Bind(key).Step() ? select.Integer(0) : 0;
}

}  // namespace

std::vector<Kernel> Store::Kernels() const {
  std::vector<Kernel> kernels;
  Statement select(impl_->database,
                   "SELECT k.contract, k.contract_hash FROM newest_kernel n JOIN kernel k USING (id) ORDER BY k.name");
  while (select.Step()) kernels.push_back(KernelAt(select, impl_->path));
  return kernels;
}

std::vector<TransferTime> Store::BestTransfers(const std::string& device_key) const {
  Statement select(
      impl_->database,
      "SELECT direction, bytes, way, median_ns, unix_ms FROM best_transfer WHERE device = ? ORDER BY direction, bytes");
  select.Bind(device_key);
  std::vector<TransferTime> best;
  while (select.Step()) {
    const std::int64_t bytes = select.Integer(1);
    if (bytes <= 0) throw Error(path() + ": damaged: a transfer of no size");
    best.push_back({select.Text(0), static_cast<std::uint64_t>(bytes), select.Text(2), select.Real(3), select.Integer(4)});
  }
  return best;
}

std::optional<Kernel> Store::FindKernel(const std::string& name) const {
  Statement select(impl_->database,
                   "SELECT contract, contract_hash FROM kernel WHERE name = ? ORDER BY seen_ms DESC, source_hash DESC LIMIT 1");
  if (!select.Bind(name).Step()) return std::nullopt;
  return KernelAt(select, impl_->path);
}

std::vector<DeviceInfo> Store::Devices() const {
  std::vector<DeviceInfo> devices;
  Statement select(impl_->database, "SELECT info FROM device ORDER BY key");
  while (select.Step()) devices.push_back(DeviceFromJson(select.View(0)));
  return devices;
}

std::vector<Values> Store::Problems(const std::string& kernel) const {
  std::vector<Values> problems;
  Statement select(impl_->database,
                   "SELECT text FROM problem p WHERE kernel = ? AND EXISTS (SELECT 1 FROM measurement WHERE problem = p.id)");
  select.Bind(kernel);
  while (select.Step()) problems.push_back(Values::FromText(select.View(0)));
  std::sort(problems.begin(), problems.end());
  return problems;
}

std::vector<Measurement> Store::Results(const std::string& kernel, const Values& problem, const std::string& device_key) const {
  std::vector<Measurement> results;
  Database& database = impl_->database;
  const std::int64_t problem_row = ProblemRow(database, kernel, problem), device_row = DeviceRow(database, device_key);
  if (!problem_row || !device_row) return results;
  const std::string of_device = device_row < 0 ? "?2 = -1" : "device = ?2";
  Statement select(database,
                   MeasurementQuery(true) +
                       " WHERE m.id IN (SELECT id FROM (SELECT id, max(unix_ms) FROM measurement WHERE problem = ?1 AND " +
                       of_device + " GROUP BY device, variant)) AND p.kernel = ?3 ORDER BY m.median_ns, p.name, v.point");
  select.Bind(problem_row, device_row, impl_->KernelId(kernel));
  while (select.Step()) results.push_back(MeasurementAt(select));
  return results;
}

std::optional<Measurement> Store::Best(const std::string& kernel, const Values& problem, const std::string& device_key) const {
  Database& database = impl_->database;
  const std::int64_t problem_row = ProblemRow(database, kernel, problem), device_row = DeviceRow(database, device_key);
  if (!problem_row || !device_row) return std::nullopt;
  // As the view `best`, for one problem.
  const std::string of_device = device_row < 0 ? "?2 = -1" : "device = ?2";
  Statement select(database,
                   "WITH last AS MATERIALIZED (SELECT id, device, variant, max(unix_ms) AS unix_ms, outcome, phase, "
                   "median_ns FROM measurement "
                   "WHERE problem = ?1 AND " +
                       of_device +
                       " GROUP BY device, variant), ok AS MATERIALIZED (SELECT last.*, p.name, v.point FROM last "
                       "JOIN variant v ON v.id = last.variant "
                       "JOIN pattern p ON p.id = v.pattern WHERE last.outcome = 0 AND p.kernel = ?3), "
                       "playoff AS MATERIALIZED (SELECT device, max(unix_ms) AS unix_ms FROM ok WHERE phase = "
                       "'playoff' GROUP BY device) "
                       "SELECT ok.id FROM ok LEFT JOIN playoff USING (device) "
                       "WHERE ok.phase = 'playoff' OR playoff.unix_ms IS NULL OR ok.unix_ms > playoff.unix_ms "
                       "ORDER BY ok.median_ns, ok.name, ok.point LIMIT 1");
  if (!select.Bind(problem_row, device_row, impl_->KernelId(kernel)).Step()) return std::nullopt;
  Statement row(database, MeasurementQuery(true) + " WHERE m.id = ?");
  if (!row.Bind(select.Integer(0)).Step()) return std::nullopt;
  return MeasurementAt(row);
}

std::int64_t Store::Impl::BinaryId(const std::string& kernel, const std::string& pattern, const Values& point,
                                   const Values& types) {
  Statement select(database,
                   "SELECT b.id FROM pattern p JOIN variant v ON v.pattern = p.id JOIN binary b ON b.variant = v.id "
                   "WHERE p.kernel = ? AND p.name = ? AND v.point = ? AND b.types = ?");
  return select.Bind(KernelId(kernel), pattern, point.ToText(), types.ToText()).Step() ? select.Integer(0) : 0;
}

std::optional<Binary> Store::LoadBinary(const std::string& kernel, const std::string& pattern, const Values& point,
                                        const Values& types) const {
  if (!impl_->BinaryId(kernel, pattern, point, types)) return std::nullopt;
  Statement contract(impl_->database, "SELECT contract, contract_hash FROM kernel WHERE id = ?");
  if (!contract.Bind(impl_->KernelId(kernel)).Step()) return std::nullopt;
  return LoadBinary(std::make_shared<const Kernel>(KernelAt(contract, impl_->path)), pattern, point, types);
}

std::optional<Binary> Store::LoadBinary(std::shared_ptr<const Kernel> kernel, const std::string& pattern, const Values& point,
                                        const Values& types) const {
  const std::int64_t id = impl_->BinaryId(kernel->name, pattern, point, types);
  if (!id) return std::nullopt;
  Binary binary{.kernel = std::move(kernel), .pattern = pattern, .point = point, .types = types};
  Statement modules(impl_->database,
                    "SELECT m.hash, m.size_bytes, m.spirv, m.interface, m.interface_hash FROM binary_module b "
                    "JOIN module m ON m.id = b.module WHERE b.binary = ? ORDER BY b.pass");
  modules.Bind(id);
  while (modules.Step()) binary.modules.push_back(ModuleAt(modules, impl_->path));
  if (binary.modules.size() != binary.GetPattern().passes.size()) {
    throw Error(impl_->path + ": damaged: a binary of kernel '" + binary.kernel->name + "' has not one module a pass");
  }
  return binary;
}

std::shared_ptr<const Module> Store::FindCompiled(const Hash& key) const {
  Statement select(impl_->database,
                   "SELECT m.hash, m.size_bytes, m.spirv, m.interface, m.interface_hash FROM compiled c "
                   "JOIN module m ON m.id = c.module WHERE c.key = ?");
  return select.Bind(key).Step() ? ModuleAt(select, impl_->path) : nullptr;
}

bool Store::IsBuilt(const Kernel& kernel, const Hash& key) const {
  Statement select(impl_->database,
                   "SELECT 1 FROM newest_kernel k JOIN built b ON b.kernel = k.id "
                   "WHERE k.name = ? AND k.source_hash = ? AND b.key = ?");
  return select.Bind(kernel.name, kernel.source_hash, key).Step();
}

std::map<std::string, std::string> Store::PipelineBinaries(const DeviceInfo& device, const Binary& binary, int pass) const {
  std::map<std::string, std::string> found;
  Statement select(impl_->database,
                   "SELECT key, hash, size_bytes, data FROM pipeline_binary WHERE binary = ? AND pass = ? AND device = ?");
  select.Bind(impl_->BinaryId(binary.kernel->name, binary.pattern, binary.point, binary.types), pass, impl_->DeviceId(device));
  while (select.Step()) {
    std::string data = Decompress(select.Blob(3), static_cast<std::size_t>(std::max<std::int64_t>(0, select.Integer(2))));
    if (HashOf(std::string_view(data)) != select.HashAt(1)) {
      throw Error(impl_->path + ": damaged: a pipeline binary does not have its hash");
    }
    const auto key = select.Blob(0);
    found[std::string(reinterpret_cast<const char*>(key.data()), key.size())] = std::move(data);
  }
  return found;
}

std::int64_t Store::CountMeasurements() const {
  return impl_->database.Integer("SELECT count(*) FROM measurement WHERE outcome <> 10");
}

std::vector<StoredRun> Store::Runs() const {
  std::vector<StoredRun> runs;
  Statement select(impl_->database,
                   "SELECT r.id, d.key, r.command, r.version, r.strategy, r.seed, r.started_ms, r.ended_ms FROM run r "
                   "JOIN device d ON d.id = r.device ORDER BY r.started_ms, r.id");
  while (select.Step()) {
    StoredRun run;
    run.id = select.Integer(0);
    run.device_key = select.Text(1);
    run.command = select.Text(2);
    run.version = select.Text(3);
    run.strategy = select.Text(4);
    run.seed = static_cast<std::uint64_t>(select.Integer(5));
    run.started_ms = select.Integer(6);
    if (!select.IsNull(7)) run.ended_ms = select.Integer(7);
    runs.push_back(std::move(run));
  }
  return runs;
}

}  // namespace hone
