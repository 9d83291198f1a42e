#include "db/verify.h"

#include <cstring>

#include "db/error.h"
#include "db/formula.h"
#include "db/module_row.h"
#include "db/store_impl.h"

namespace hone {
namespace {

class Verifier {
 public:
  Verifier(const std::string& path, const ModuleCheck& check) : path_(path), check_(check) {}

  VerifyResult Verify(const std::optional<PublicKey>& key) {
    Try([&] {
      const std::optional<Seal> seal = ReadSeal(path_);
      result_.packed = seal.has_value();
      result_.is_signed = seal && seal->is_signed();
      if (seal || key) VerifySeal(path_, key);
    });
    std::optional<Store> store;
    Try([&] { store = Store::OpenUntrusted(path_); });
    if (!store) return result_;
    Try([&] { Kernels(store->impl().database); });
    Try([&] { Modules(store->impl().database); });
    Try([&] {
      for (const DeviceInfo& device : store->Devices()) (void)store->BestTransfers(device.Key());
    });
    Try([&] {
      Filter all;
      all.only_latest = all.only_newest_source = false;
      all.with_samples = true;
      store->ForEach(all, [&](const Measurement&) { return ++result_.measurements > 0; });
    });
    return result_;
  }

 private:
  template <typename Body>
  void Try(Body body) {
    try {
      body();
    } catch (const Error& failure) {
      Add(failure.what());
    }
  }

  void Add(std::string problem) {
    if (problem.starts_with(path_ + ": ")) problem.erase(0, path_.size() + 2);
    if (result_.problems.size() < 100) result_.problems.push_back(std::move(problem));
  }

  void Kernels(Database& database) {
    Statement rows(database, "SELECT name, contract, contract_hash FROM kernel");
    while (rows.Step()) {
      ++result_.kernels;
      Try([&] {
        if (HashOf(rows.View(1)) != rows.HashAt(2))
          throw Error("kernel '" + rows.Text(0) + "': its contract does not have its hash");
        Formulas(KernelFromJson(rows.View(1)));
      });
    }
  }

  // Reading a contract only scans its formulas; here each is parsed.
  static void Formulas(const Kernel& kernel) {
    const auto parse = [](const std::string& text) {
      if (!text.empty()) Formula::Parse(text);
    };
    const auto buffers = [&](const std::vector<Buffer>& list) {
      for (const Buffer& buffer : list) parse(buffer.length);
    };
    parse(kernel.bytes);
    parse(kernel.flops);
    buffers(kernel.buffers);
    for (const PushConstant& push : kernel.push_constants) parse(push.value);
    for (const Constraint& constraint : kernel.where) parse(constraint.text);
    for (const Pattern& pattern : kernel.patterns) {
      buffers(pattern.workspaces);
      for (const Constraint& constraint : pattern.where) parse(constraint.text);
      for (const Loop& loop : pattern.loops) parse(loop.count);
      for (const Pass& pass : pattern.passes) {
        for (const std::string& groups : pass.groups) parse(groups);
        parse(pass.when);
        parse(pass.subgroup_size);
      }
    }
  }

  void Modules(Database& database) {
    Statement rows(database, std::string(kModuleQuery));
    while (rows.Step()) {
      ++result_.modules;
      Try([&] {
        const auto module = ModuleAt(rows, path_);
        const std::string wrong = check_ ? check_(*module) : "";
        if (!wrong.empty()) Add("module " + module->hash.ToHex() + ": " + wrong);
      });
    }
  }

  const std::string& path_;
  const ModuleCheck& check_;
  VerifyResult result_;
};

}  // namespace

VerifyResult Verify(const std::string& path, const ModuleCheck& check, const std::optional<PublicKey>& key) {
  return Verifier(path, check).Verify(key);
}

}  // namespace hone
