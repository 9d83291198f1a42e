#include "db/pack_freeze.h"

#include <map>

#include "db/error.h"
#include "db/module_row.h"

namespace hone {
namespace {

// A pass of a binary, and what ships for it.
struct Frozen {
  std::int64_t binary = 0, pass = 0;
  Module module;
};

const std::vector<std::string>& OptimizeOf(const Kernel& kernel, const std::string& pattern) {
  const Pattern* found = FindPattern(kernel, pattern);
  return found && !found->optimize.empty() ? found->optimize : kernel.optimize;
}

std::vector<Frozen> FreezeAll(Database& packed, const ModuleFreezer& freeze) {
  std::map<std::int64_t, Kernel> kernels;
  std::vector<Frozen> all;
  Statement rows(packed,
                 "SELECT m.hash, m.size_bytes, m.spirv, m.interface, m.interface_hash, b.id, bm.pass, v.point, p.name, k.id, "
                 "k.contract FROM binary_module bm JOIN module m ON m.id = bm.module JOIN binary b ON b.id = bm.binary "
                 "JOIN variant v ON v.id = b.variant JOIN pattern p ON p.id = v.pattern JOIN kernel k ON k.id = p.kernel "
                 "ORDER BY b.id, bm.pass");
  while (rows.Step()) {
    const auto module = ModuleAt(rows, packed.path());
    if (module->interface.spec_constants.empty()) continue;
    auto kernel = kernels.find(rows.Integer(9));
    if (kernel == kernels.end()) kernel = kernels.emplace(rows.Integer(9), KernelFromJson(rows.View(10))).first;
    all.push_back({rows.Integer(5), rows.Integer(6),
                   freeze(*module, Values::FromText(rows.View(7)), OptimizeOf(kernel->second, rows.Text(8)))});
  }
  return all;
}

}  // namespace

void FreezeModules(Database& packed, const ModuleFreezer& freeze) {
  const std::vector<Frozen> all = FreezeAll(packed, freeze);
  if (all.empty()) return;
  WriteTransaction transaction(packed);
  Statement pass(packed, "UPDATE binary_module SET module = ? WHERE binary = ? AND pass = ?");
  Statement made_of_it(packed, "DELETE FROM pipeline_binary WHERE binary = ? AND pass = ?");
  for (const Frozen& one : all) {
    pass.Bind(PutModule(packed, one.module), one.binary, one.pass).Run();
    made_of_it.Bind(one.binary, one.pass).Run();
  }
  packed.Execute("DELETE FROM module WHERE id NOT IN (SELECT module FROM binary_module)");
  transaction.Commit();
  packed.Vacuum();
}

}  // namespace hone
