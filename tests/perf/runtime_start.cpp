// A cold start: from nothing but a VkDevice to the first result of axpy.
//   perf_runtime_start TUNED.db      a database that holds axpy (the embedding test's, or hone tune's)
//
// library:  hone::Library opened, Load, first dispatch done.
// by hand:  the same SPIR-V already in memory, VkPipelineCache data at hand, raw Vulkan for the rest.
// warm:     Load of another problem, and of the same one again, on an open library.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <functional>
#include <vector>

#include "runtime/context.h"
#include "runtime/library.h"
#include "runtime/pipeline_impl.h"

namespace hone {
namespace {

double Milliseconds(const std::function<void()>& body) {
  const auto start = std::chrono::steady_clock::now();
  body();
  return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count();
}

void Print(const char* what, std::vector<double> ms) {
  std::ranges::sort(ms);
  std::printf("%-28s median %8.3f ms, best %8.3f ms\n", what, ms[ms.size() / 2], ms[0]);
}

constexpr std::int64_t kCount = 1000;
constexpr int kRepeats = 25;

void Measure(const std::string& path) {
  Context context;
  const GpuBuffer x = context.CreateBuffer(kCount * 4), y = context.CreateBuffer(kCount * 4);
  context.Fill(x, 0);
  context.Fill(y, 0);
  std::vector<double> library_ms, open_ms, hand_ms, other_ms, again_ms;

  const Pipeline known = Library(path, context).Load("axpy", {{"n", kCount}});
  const std::string kept = known.DriverBinaries()[0];
  const auto& impl = known.impl();
  for (int i = 0; i < kRepeats; ++i) {
    library_ms.push_back(Milliseconds([&] {
      const Library library(path, context);
      context.Run(library.Load("axpy", {{"n", kCount}}, {.pattern = known.binary().pattern}), {x, y}, {{"a", 1}});
    }));
    open_ms.push_back(Milliseconds([&] { const Library library(path, context); }));
    hand_ms.push_back(Milliseconds([&] {
      std::string data = kept;
      Gpu& gpu = *impl.gpu;
      const vk::Pipeline made = gpu.MakeKept(*known.binary().modules[0], impl.plan.passes[0], impl.layout.layout, data);
      Pipeline::Impl copy = impl;
      copy.passes = {std::make_shared<ComputePipeline>(impl.gpu, made)};
      context.Run(Pipeline(std::make_shared<Pipeline::Impl>(std::move(copy))), {x, y}, {{"a", 1}});
    }));
  }
  const Library library(path, context);
  const Pipeline first = library.Load("axpy", {{"n", kCount}});
  for (int i = 0; i < kRepeats; ++i) {
    other_ms.push_back(Milliseconds([&] { library.Load("axpy", {{"n", kCount + 1 + i}}); }));
    again_ms.push_back(Milliseconds([&] { library.Load("axpy", {{"n", kCount}}); }));
  }
  std::printf("%s\n", context.info().name.c_str());
  Print("library: open, load, run", library_ms);
  Print("  of which: open", open_ms);
  Print("by hand: pipeline, run", hand_ms);
  Print("load another problem", other_ms);
  Print("load the same again", again_ms);
}

}  // namespace
}  // namespace hone

int main(int count, char** arguments) try {
  if (count < 2) return std::fprintf(stderr, "perf_runtime_start TUNED.db\n"), 2;
  hone::Measure(arguments[1]);
} catch (const hone::Error& error) {
  return std::fprintf(stderr, "perf_runtime_start: %s\n", error.what()), 1;
}
