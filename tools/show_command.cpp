// hone show: what a database holds, from kernels down to the samples of one measurement.
#include <cstdio>
#include <set>

#include "tools/command_list.h"
#include "tools/results.h"
#include "tools/show.h"
#include "tools/show_modules.h"

namespace hone {
namespace {

int ShowKernels(const Store& store, const Arguments& arguments) {
  Table table({{"kernel", "kernel"},
               {"patterns", "patterns", true},
               {"problems", "problems", true},
               {"devices", "devices", true},
               {"variants", "results", true},
               {"ok", "ok", true},
               {"failed", "failed", true},
               {"summary", "summary"}});
  for (const Kernel& kernel : store.Kernels()) {
    std::set<std::string> problems, devices;
    std::int64_t variants = 0, ok = 0, failed = 0;
    for (const Coverage& coverage : Select(store, kernel.name, arguments)) {
      problems.insert(coverage.problem.ToText());
      devices.insert(coverage.device_key);
      variants += coverage.variants;
      ok += coverage.ok;
      failed += coverage.failed;
    }
    table.Add({kernel.name, CountCell(std::ssize(kernel.patterns)), CountCell(std::ssize(problems)),
               CountCell(std::ssize(devices)), CountCell(variants), CountCell(ok), CountCell(failed), kernel.summary});
  }
  if (table.empty() && !arguments.Flag("json"))
    std::printf("%s: no kernels yet ('hone compile' puts them there)\n", store.path().c_str());
  table.Print(arguments.Flag("json"));
  return 0;
}

int ShowProblems(const Store& store, const Kernel& kernel, const std::vector<Coverage>& coverages, bool json) {
  Table table({{"problem", "problem"},
               {"device", "device"},
               {"variants", "variants", true},
               {"ok", "ok", true},
               {"failed", "failed", true},
               {"pending", "", true},
               {"best_ns", "time", true},
               {"rate_per_s", "rate", true},
               {"median_of_ok_ns", "median variant", true},
               {"best_variant", "best variant"}});
  for (const Coverage& coverage : coverages) {
    const double best_ns = coverage.best ? coverage.best->statistics.median_ns : 0;
    table.Add({coverage.problem.ToText(),
               {DeviceLabel(store, coverage.device_key), coverage.device_key},
               CountCell(coverage.variants),
               CountCell(coverage.ok),
               CountCell(coverage.failed),
               CountCell(coverage.pending),
               TimeCell(best_ns),
               RateCell(WorkOf(kernel, coverage.problem), best_ns),
               TimeCell(coverage.median_of_ok_ns),
               coverage.best ? ToText(VariantOf(*coverage.best)) : ""});
  }
  if (table.empty() && !json) std::printf("%s: no results of %s\n", store.path().c_str(), kernel.name.c_str());
  table.Print(json);
  return 0;
}

int RunShow(const Arguments& arguments) {
  for (const char* of_a_kernel : {"variant", "as", "where"})
    if (arguments.Has(of_a_kernel) && !arguments.Has("KERNEL"))
      throw UsageError(std::string("option '--") + of_a_kernel + "' is for one KERNEL");
  const Store store = Store::Open(arguments.Text("FILE.db"), Store::Mode::kReadOnly);
  if (!arguments.Has("KERNEL")) return ShowKernels(store, arguments);
  const Kernel kernel = RequireKernel(store, arguments.Text("KERNEL"));
  if (arguments.Has("as")) return ShowModules(store, kernel, arguments);
  const std::vector<Coverage> coverages = Select(store, kernel.name, arguments);
  RequireProblem(store, kernel.name, coverages, arguments);
  if (arguments.Has("variant")) return ShowMeasurements(store, kernel, coverages, arguments);
  if (arguments.Has("problem") || arguments.Has("where")) return ShowVariants(store, kernel, coverages, arguments);
  return ShowProblems(store, kernel, coverages, arguments.Flag("json"));
}

}  // namespace

Command ShowCommand() {
  return {.name = "show",
          .summary = "Shows what a database holds: kernels, a kernel's problems, a problem's variants, a variant's samples",
          .example =
              "hone show tuned.db\n"
              "hone show tuned.db gemm\n"
              "hone show tuned.db gemm --problem m=512 --where 'ok && BM >= 64' --limit 10\n"
              "hone show tuned.db axpy --problem n=1048576 --variant 'strided PER_LANE=4 WG=256'\n"
              "hone show tuned.db axpy --variant 'strided PER_LANE=4 WG=256' --as glsl\n"
              "cd kernels/axpy && $(hone show tuned.db axpy --as glslc) -o axpy.spv",
          .positionals = {{"FILE.db"}, {"KERNEL", 0, 1}},
          .options = {ProblemOption(),
                      DeviceOption(),
                      {"variant", "TEXT", "every measurement of one variant, with samples"},
                      {"as", "spirv|glsl|hlsl|msl|stats|glslc",
                       "the modules of --variant (else of the default one) as text; glslc: what compiles it by hand"},
                      {"where", "FORMULA", "only variants that meet it: parameters, problem, ok, median_ns …"},
                      {"sort", "time|variant|date", "the order of variants", "time"},
                      {"limit", "N", "at most N variants a problem; 0: all (text shows 30)"},
                      JsonOption()},
          .run = RunShow};
}

}  // namespace hone
