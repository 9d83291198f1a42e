// What readers ask. Nothing here trusts what it reads: texts are parsed strictly, blobs are held against their hashes.
#include <algorithm>
#include <tuple>

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
  impl_->NeedViews();
  Statement select(impl_->database,
                   "SELECT k.contract, k.contract_hash FROM newest_kernel n JOIN kernel k USING (id) ORDER BY k.name");
  while (select.Step()) kernels.push_back(KernelAt(select, impl_->path));
  return kernels;
}

std::vector<TransferTime> Store::BestTransfers(const std::string& device_key) const {
  impl_->NeedViews();
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
  const auto best = FindBest(kernel, problem, device_key);
  if (!best) return std::nullopt;
  Statement row(impl_->database, MeasurementQuery(true) + " WHERE m.id = ?");
  if (!row.Bind(best->measurement).Step()) return std::nullopt;
  return MeasurementAt(row);
}

namespace {

// The last result of a variant on a device.
struct Last {
  std::int64_t device = 0, variant = 0, unix_ms = 0, measurement = 0;
  double median_ns = 0;
  std::string pattern, point;
  bool ok = false, won = false;  // won: a play-off
};

// One of each variant of the kernel on each device, in one reading of the index that they are unique by.
std::vector<Last> LastResults(Database& database, std::int64_t kernel, std::int64_t problem, std::int64_t device) {
  Statement select(
      database, std::string("SELECT m.id, m.device, m.variant, m.unix_ms, m.outcome, m.phase, m.median_ns, p.name, v.point "
                            "FROM measurement m CROSS JOIN variant v ON v.id = m.variant "
                            "CROSS JOIN pattern p ON p.id = v.pattern WHERE m.problem = ?1 AND ") +
                    (device < 0 ? "?2 = -1" : "m.device = ?2") + " AND p.kernel = ?3 ORDER BY m.device, m.variant, m.unix_ms");
  select.Bind(problem, device, kernel);
  std::vector<Last> all;
  while (select.Step()) {
    const Last one{.device = select.Integer(1),
                   .variant = select.Integer(2),
                   .unix_ms = select.Integer(3),
                   .measurement = select.Integer(0),
                   .median_ns = select.Real(6),
                   .pattern = select.Text(7),
                   .point = select.Text(8),
                   .ok = select.Integer(4) == 0,
                   .won = select.View(5) == "playoff"};
    const bool is_same = !all.empty() && all.back().device == one.device && all.back().variant == one.variant;
    if (!is_same) {
      all.push_back(one);
    } else if (all.back().unix_ms != one.unix_ms) {
      all.back() = one;
    }
  }
  return all;
}

}  // namespace

// As the view `best`, for one problem.
std::optional<BestVariant> Store::FindBest(const std::string& kernel, const Values& problem,
                                           const std::string& device_key) const {
  Database& database = impl_->database;
  const std::int64_t problem_row = ProblemRow(database, kernel, problem), device_row = DeviceRow(database, device_key);
  if (!problem_row || !device_row) return std::nullopt;
  std::vector<Last> all = LastResults(database, impl_->KernelId(kernel), problem_row, device_row);
  std::erase_if(all, [](const Last& one) { return !one.ok; });
  std::map<std::int64_t, std::int64_t> playoffs;  // the last of each device
  for (const Last& one : all) {
    if (one.won) playoffs[one.device] = std::max(playoffs[one.device], one.unix_ms);
  }
  std::erase_if(all, [&](const Last& one) {  // a play-off had the chance to look at it
    const auto playoff = playoffs.find(one.device);
    return !one.won && playoff != playoffs.end() && one.unix_ms <= playoff->second;
  });
  if (all.empty()) return std::nullopt;
  const auto order = [](const Last& one) { return std::tie(one.median_ns, one.pattern, one.point); };
  const Last& best = *std::ranges::min_element(all, {}, order);
  return BestVariant{best.measurement, best.pattern, Values::FromText(best.point), best.median_ns};
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
