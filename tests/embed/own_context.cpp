// Tuned kernels for a program that has no Vulkan of its own.   own_context TUNED.db
#include <cstdio>
#include <numeric>
#include <vector>

#include "runtime/context.h"
#include "runtime/library.h"

int main(int, char** arguments) try {
  hone::Context context;
  hone::Library library(arguments[1], context);

  const std::int64_t n = 1000003;
  std::vector<float> x(n), y(n, 1);
  std::iota(x.begin(), x.end(), 0.0f);
  const std::uint64_t bytes = n * sizeof(float);
  hone::GpuBuffer gpu_x = context.CreateBuffer(bytes), gpu_y = context.CreateBuffer(bytes);
  context.Upload(gpu_x, x.data(), bytes);
  context.Upload(gpu_y, y.data(), bytes);

  hone::Pipeline axpy = library.Load("axpy", {{"n", n}});
  context.Run(axpy, {gpu_x, gpu_y}, {{"a", 2.5f}});

  std::vector<float> result(n);
  context.Download(gpu_y, result.data(), bytes);
  for (std::int64_t i = 0; i < n; ++i) {
    if (result[i] != 2.5f * x[i] + y[i]) {
      std::printf("wrong at %lld\n", static_cast<long long>(i));
      return 1;
    }
  }
  std::printf("right, on %s\n%s\n", context.info().name.c_str(), axpy.Explain().c_str());
} catch (const hone::Error& error) {
  std::fprintf(stderr, "own_context: %s\n", error.what());
  return 1;
}
