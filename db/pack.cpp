#include "db/pack.h"

#include <sys/stat.h>

#include <algorithm>

#include "db/error.h"
#include "db/merge_copy.h"
#include "db/new_file.h"
#include "db/seal.h"
#include "db/store_impl.h"

namespace hone {
namespace {

class Packer {
 public:
  Packer(Store& store, const PackOptions& options) : store_(store), from_(store.impl().database), options_(options) {}

  void Select() {
    selection.pipeline_binaries = options_.pipeline_binaries;
    for (const Kernel& kernel : store_.Kernels()) SelectDefault(kernel);
    Statement best(
        from_,
        "SELECT m.id, m.problem, m.device, m.variant, m.run, v.pattern, p.kernel, b.kernel, b.problem, b.pattern, "
        "b.point, b.device FROM best b JOIN measurement m ON m.id = b.measurement JOIN variant v ON v.id = m.variant "
        "JOIN pattern p ON p.id = v.pattern");
    while (best.Step()) SelectWinner(best);
  }

  Selection selection;
  PackResult result;

 private:
  bool IsWanted(const std::string& device) const {
    const auto& keys = options_.device_keys;
    return keys.empty() || std::find(keys.begin(), keys.end(), device) != keys.end();
  }

  bool SelectBinaries(std::int64_t variant, const std::string* types) {
    Statement binaries(from_, "SELECT id FROM binary WHERE variant = ?1 AND (?2 IS NULL OR types = ?2)");
    types ? binaries.Bind(variant, *types) : binaries.Bind(variant, nullptr);
    bool found = false;
    while (binaries.Step()) {
      found = true;
      selection.binaries.insert(binaries.Integer(0));
      Statement modules(from_, "SELECT module FROM binary_module WHERE binary = ?");
      modules.Bind(binaries.Integer(0));
      while (modules.Step()) selection.modules.insert(modules.Integer(0));
    }
    return found;
  }

  void SelectDefault(const Kernel& kernel) {
    const std::int64_t row = store_.impl().KernelId(kernel.name);
    selection.kernels.insert(row);
    kernels_.emplace(kernel.name, kernel);
    if (kernel.patterns.empty()) return;
    Statement variant(from_,
                      "SELECT p.id, v.id FROM pattern p JOIN variant v ON v.pattern = p.id "
                      "WHERE p.kernel = ? AND p.name = ? AND v.point = ?");
    const Pattern& pattern = kernel.patterns.front();
    if (!variant.Bind(row, pattern.name, pattern.default_point.ToText()).Step()) return;
    selection.patterns.insert(variant.Integer(0));
    selection.variants.insert(variant.Integer(1));
    SelectBinaries(variant.Integer(1), nullptr);
  }

  void SelectWinner(const Statement& row) {
    if (!IsWanted(row.Text(11))) return;
    ++result.winners;
    selection.measurements.insert(row.Integer(0));
    selection.problems.insert(row.Integer(1));
    selection.devices.insert(row.Integer(2));
    selection.variants.insert(row.Integer(3));
    selection.runs.insert(row.Integer(4));
    selection.patterns.insert(row.Integer(5));
    selection.kernels.insert(row.Integer(6));
    Statement run_device(from_, "SELECT device FROM run WHERE id = ?");
    if (run_device.Bind(row.Integer(4)).Step()) selection.devices.insert(run_device.Integer(0));
    const auto kernel = kernels_.find(row.Text(7));
    const std::string types =
        kernel == kernels_.end() ? "" : TypesOf(kernel->second, Values::FromText(row.View(8))).ToText();
    if (!SelectBinaries(row.Integer(3), &types)) {
      result.missing.push_back(row.Text(7) + " " + row.Text(8) + ": " + row.Text(9) + " " + row.Text(10));
    }
  }

  Store& store_;
  Database& from_;
  const PackOptions& options_;
  std::map<std::string, Kernel> kernels_;
};

}  // namespace

PackResult Pack(const std::string& from, const std::string& out, const PackOptions& options) {
  Store store = Store::Open(from, Store::Mode::kReadOnly);
  store.impl().database.Execute("BEGIN");  // one state of the file, while others may write
  Packer packer(store, options);
  packer.Select();
  if (packer.result.winners == 0)
    throw Error(from + ": nothing to pack: no correct result of a kernel's newest source; tune first");
  NewFile file(out, kSealBytes);
  WriteTransaction transaction(file.database());
  CopyFacts(store.impl().database, file.database(), &packer.selection);
  transaction.Commit();
  file.Close();
  WriteSeal(file.temporary(), options.sign_with);
  PackResult result = packer.result;
  result.kernels = static_cast<std::int64_t>(packer.selection.kernels.size());
  result.binaries = static_cast<std::int64_t>(packer.selection.binaries.size());
  result.modules = static_cast<std::int64_t>(packer.selection.modules.size());
  struct stat status {};
  if (stat(file.temporary().c_str(), &status) == 0) result.bytes = status.st_size;
  file.Publish();
  return result;
}

}  // namespace hone
