// A small tuned database for the embedding test: axpy and gemm, a few points each, timed once on this machine's device.
//   embed_database KERNELS_FOLDER OUT.db
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <optional>

#include "compiler/compile.h"
#include "compiler/template.h"
#include "db/store.h"
#include "runtime/context.h"

namespace {

// nullopt: a limit of this device is in the way of the pattern's default point.
std::optional<hone::Pipeline> TryToCreate(hone::Context& context, const hone::Binary& binary,
                                          const hone::Values& problem) {
  try {
    return context.CreatePipeline(binary, problem);
  } catch (const hone::DeviceError& error) {
    if (error.outcome != hone::Outcome::kOverLimit) throw;
    return std::nullopt;
  }
}

void Tune(hone::Store& store, hone::Context& context, const std::string& folder, const hone::Values& problem) {
  const hone::Kernel kernel = hone::LoadKernel(folder);
  hone::Compiler compiler;
  store.PutKernel(kernel);
  const auto run = store.BeginRun({.command = "embed_database", .version = "test"}, context.info());
  for (const auto& pattern : kernel.patterns) {
    auto compiled = compiler.Compile(kernel, pattern.name, pattern.default_point);
    if (!compiled.ok()) throw hone::Error(compiled.ToText());
    store.PutBinary(*compiled.binary);
    const auto made = TryToCreate(context, *compiled.binary, problem);
    if (!made) continue;
    const hone::Pipeline& pipeline = *made;
    hone::BindingSet set;
    std::vector<hone::GpuBuffer> buffers;
    for (std::size_t i = 0; i < kernel.buffers.size(); ++i) {
      buffers.push_back(context.CreateBuffer(pipeline.BufferBytes(i)));
      context.Fill(buffers.back(), 0);
      set.buffers.push_back(buffers.back());
    }
    std::vector<hone::Scalar> scalars;
    for (const auto& constant : kernel.push_constants) {
      const bool given = constant.value.empty() && !problem.Integer(constant.name);
      if (given) scalars.emplace_back(constant.name, constant.test);
    }
    hone::Measurement measured{
        .kernel = kernel.name, .pattern = pattern.name, .point = pattern.default_point, .problem = pipeline.problem()};
    measured.samples_ns = context.TimeNs(pipeline, {set}, scalars, 3);
    measured.statistics = hone::Summarize(measured.samples_ns);
    measured.phase = "search";
    store.PutMeasurement(run, context.info(), measured);
  }
  store.EndRun(run);
}

}  // namespace

int main(int, char** arguments) try {
  const std::string kernels = arguments[1];
  std::filesystem::remove(arguments[2]);
  hone::Store store = hone::Store::Open(arguments[2], hone::Store::Mode::kCreate);
  hone::Context context;
  Tune(store, context, kernels + "/axpy", {{"n", 1000}});
  Tune(store, context, kernels + "/gemm", {{"m", 64}, {"n", 64}, {"k", 64}});
} catch (const hone::Error& error) {
  std::fprintf(stderr, "embed_database: %s\n", error.what());
  return 1;
}
