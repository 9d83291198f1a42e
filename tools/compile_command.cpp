// hone compile: kernel templates to a database of SPIR-V modules.
#include <fmt/format.h>

#include <chrono>
#include <mutex>
#include <optional>
#include <set>
#include <tuple>

#include "compiler/template.h"
#include "db/error.h"
#include "db/store.h"
#include "tools/command_list.h"
#include "tools/devices.h"
#include "tools/format.h"
#include "tools/kernels.h"
#include "tools/progress.h"
#include "tools/results.h"
#include "tools/table.h"
#include "tools/whole_file.h"

namespace hone {
namespace {

constexpr std::size_t kTransaction = 256;  // variants written at once

struct Compiled {
  std::size_t variants = 0, failed = 0;
  std::set<Hash> modules;
  double bytes = 0, seconds = 0;
  bool unchanged = false;  // an earlier run stored the same; the rest is not counted then
};

// What earlier runs into the same database have compiled. Threads of the compiler read through a connection of their
// own; what they make waits for the thread that writes.
class StoreCache : public ModuleCache {
 public:
  explicit StoreCache(const std::string& path) : reader_(Store::Open(path, Store::Mode::kReadOnly)) {}

  std::shared_ptr<const Module> Find(const Hash& key) override { return reader_.FindCompiled(key); }

  void Put(const Hash& key, const Module& module) override {
    const std::lock_guard lock(mutex_);
    made_.emplace_back(key, module);
  }

  void Flush(Store& store) {
    const std::lock_guard lock(mutex_);
    for (const auto& [key, module] : made_) store.PutCompiled(key, module);
    made_.clear();
  }

 private:
  const Store reader_;
  std::mutex mutex_;
  std::vector<std::pair<Hash, Module>> made_;
};

class CompileJob {
 public:
  explicit CompileJob(const Arguments& arguments)
      : arguments_(arguments),
        store_(Store::Open(arguments.Text("output"), Store::Mode::kCreate)),
        cache_(store_.path()),
        compiler_({.include_dirs = arguments.All("include"),
                   .threads = static_cast<unsigned>(arguments.Int("threads")),
                   .cache = arguments.Flag("fresh") ? nullptr : &cache_}) {
    if (!arguments.Has("device")) return;
    const std::vector<DeviceInfo> devices = MachineDevices();
    device_ = devices[FindDevice(devices, arguments.Text("device"), "this machine")];
  }

  Compiled Compile(const Kernel& kernel) {
    const auto start = std::chrono::steady_clock::now();
    store_.PutKernel(kernel);
    const Hash key = KeyOf(kernel);
    Compiled result;
    result.unchanged = !arguments_.Flag("fresh") && store_.IsBuilt(kernel, key);
    if (!result.unchanged) {
      CompileVariants(kernel, result);
      if (result.failed == 0) store_.PutBuilt(kernel, key);
    }
    result.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    return result;
  }

  const DiagnosticLog& log() const { return log_; }

 private:
  // Everything that decides which variants are stored, besides the kernel's own sources.
  Hash KeyOf(const Kernel& kernel) const {
    std::string text = ToolVersions() + "\n" + (device_ ? device_->Key() : "") + "\n" + arguments_.Text("variants") + "\n" +
                       arguments_.Text("seed");
    for (const Values& problem : ProblemsFor(kernel, arguments_)) text += "\nproblem " + problem.ToText();
    for (const std::string& pattern : arguments_.All("pattern")) text += "\npattern " + pattern;
    for (const std::string& folder : arguments_.All("include")) text += "\ninclude " + folder;
    if (!arguments_.Flag("tuned")) return HashOf(text);
    for (const Variant& variant : TunedVariants(kernel)) {
      text += "\ntuned " + variant.pattern + " " + variant.point.ToText() + " " + variant.types.ToText();
    }
    return HashOf(text);
  }

  // What an application ships: the best variant of each problem on each device that the database knows, and the default
  // ones.
  std::vector<Variant> TunedVariants(const Kernel& kernel) const {
    std::set<std::tuple<std::string, Values, Values>> chosen;
    const VariantName standard = DefaultVariant(kernel);
    for (const Values& problem : ProblemsFor(kernel, arguments_)) {
      chosen.emplace(standard.pattern, standard.point, TypesOf(kernel, problem));
    }
    for (const Coverage& coverage : store_.Summary(kernel.name)) {
      if (!coverage.best) continue;
      chosen.emplace(coverage.best->pattern, coverage.best->point, TypesOf(kernel, coverage.problem));
    }
    std::vector<Variant> variants;
    for (const auto& [pattern, point, types] : chosen) variants.push_back({pattern, point, types});
    return variants;
  }

  std::vector<Variant> VariantsOf(const Kernel& kernel) const {
    if (arguments_.Flag("tuned")) return TunedVariants(kernel);
    return VariantsFor(kernel, device_ ? *device_ : AnyDeviceFor(kernel), ProblemsFor(kernel, arguments_),
                       arguments_.All("pattern"), arguments_.Integer("variants"), arguments_.Integer("seed"));
  }

  void CompileVariants(const Kernel& kernel, Compiled& result) {
    const std::vector<Variant> variants = VariantsOf(kernel);
    result.variants = variants.size();
    Progress progress(kernel.name, arguments_.Flag("json") ? Progress::Style::kQuiet : Progress::Style::kAuto);
    for (std::size_t first = 0; first < variants.size(); first += kTransaction) {
      const std::size_t last = std::min(first + kTransaction, variants.size());
      const std::vector<Variant> part(variants.begin() + std::ptrdiff_t(first), variants.begin() + std::ptrdiff_t(last));
      store_.Transaction([&] {
        compiler_.CompileMany(kernel, part, [&](std::size_t index, CompileResult one) {
          Take(std::move(one), result);
          progress.Update(first + index + 1, variants.size(), "");
        });
        cache_.Flush(store_);
      });
    }
  }

  void Take(CompileResult one, Compiled& result) {
    for (const Diagnostic& diagnostic : one.diagnostics) log_.Add(diagnostic);
    if (!one.ok()) {
      ++result.failed;
      return;
    }
    store_.PutBinary(*one.binary);
    for (const auto& module : one.binary->modules) {
      if (result.modules.insert(module->hash).second) result.bytes += double(module->words.size() * 4);
    }
  }

  const Arguments& arguments_;
  Store store_;
  StoreCache cache_;
  Compiler compiler_;
  std::optional<DeviceInfo> device_;
  DiagnosticLog log_;
};

std::string EscapedForMake(const std::string& path) {
  std::string escaped;
  for (const char c : path) {
    if (c == ' ' || c == '#') escaped += '\\';
    if (c == '$') escaped += '$';
    escaped += c;
  }
  return escaped;
}

// A file that make and ninja read: the database depends on every source.
void WriteDepfile(const std::string& path, const std::string& target, const std::vector<Kernel>& kernels,
                  const std::vector<std::string>& include_dirs) {
  std::string text = EscapedForMake(target) + ":";
  for (const Kernel& kernel : kernels) {
    for (const std::string& file : SourceFiles(kernel, include_dirs)) text += " \\\n  " + EscapedForMake(file);
  }
  WriteWholeFile(path, [&](std::ostream& file) { file << text << "\n"; });
}

void PrintResult(const Table& table, const DiagnosticLog& log, bool json) {
  if (!json) {
    std::fputs(log.ToText().c_str(), stderr);
    table.Print(false);
    return;
  }
  Json diagnostics = Json::array();
  for (const DiagnosticLog::Entry& entry : log.Entries()) diagnostics.push_back(ToJson(entry.diagnostic, entry.count));
  PrintJson({{"kernels", table.ToJson()}, {"diagnostics", diagnostics}});
}

// A number that is not known where nothing was done.
Cell Counted(const Compiled& one, std::size_t n) { return one.unchanged ? Cell("", nullptr) : Cell(std::to_string(n), n); }

int Compile(const Arguments& arguments, const std::vector<Kernel>& kernels) {
  CompileJob job(arguments);
  Table table({{"kernel", "kernel"},
               {"patterns", "patterns", true},
               {"variants", "variants", true},
               {"failed", "failed", true},
               {"modules", "modules", true},
               {"module_bytes", "SPIR-V", true},
               {"seconds", "time", true},
               {"unchanged", ""}});
  const auto count = [](std::size_t n) { return Cell(std::to_string(n), n); };
  std::size_t variants = 0, failed = 0;
  for (const Kernel& kernel : kernels) {
    const Compiled one = job.Compile(kernel);
    variants += one.variants;
    failed += one.failed;
    table.Add({kernel.name,
               count(kernel.patterns.size()),
               Counted(one, one.variants),
               Counted(one, one.failed),
               Counted(one, one.modules.size()),
               one.unchanged ? Cell("unchanged", nullptr) : Cell(FormatBytes(one.bytes), one.bytes),
               {FormatDuration(one.seconds), one.seconds},
               {"", one.unchanged}});
  }
  PrintResult(table, job.log(), arguments.Flag("json"));
  if (arguments.Has("depfile"))
    WriteDepfile(arguments.Text("depfile"), arguments.Text("output"), kernels, arguments.All("include"));
  if (failed == 0) return 0;
  throw Error(
      fmt::format("{}: {} of {} variants do not compile; the others are stored", arguments.Text("output"), failed, variants));
}

int RunCompile(const Arguments& arguments) {
  if (!arguments.Has("output")) throw UsageError("option '--output' is missing: the database to write");
  return RunWithKernels(arguments, [&](const std::vector<Kernel>& kernels) { return Compile(arguments, kernels); });
}

}  // namespace

Command CompileCommand() {
  return {.name = "compile",
          .summary = "Compiles the legal variants of kernels to SPIR-V and stores them in a database",
          .example =
              "hone compile kernels -o tuned.db\nhone compile kernels/gemm -o gemm.db --problem m=512,n=512,k=512 "
              "--variants 100",
          .positionals = {KernelsPositional()},
          .options = {{"output,o", "FILE.db", "the database to write or add to"},
                      {"device", "NAME", "only variants that are legal on this device of 'hone devices'"},
                      ProblemsOption(),
                      PatternOption(),
                      {"variants", "N", "at most N variants a problem, sampled evenly; 0: all", "0"},
                      {"seed", "N", "of that sample", "1"},
                      {"tuned", "", "only the best variants that the database knows, and the default ones: what ships"},
                      IncludeOption(),
                      {"threads", "N", "threads; 0: one a core", "0"},
                      {"fresh", "", "compile everything again, also what the database remembers"},
                      {"depfile", "FILE", "write what the database depends on, for make and ninja"},
                      JsonOption()},
          .run = RunCompile};
}

}  // namespace hone
