// Kernels that are a part of the program.   cpp_embedded
#include <algorithm>
#include <cstdio>
#include <vector>

#include "kernels.h"
#include "runtime/context.h"
#include "runtime/library.h"

int main() try {
  hone::Context context;
  hone::Library library({kernels, kernels_size}, context);
  const hone::Pipeline axpy = library.Load("axpy", {{"n", 1000}});
  std::vector<float> ones(1000, 1), result(1000);
  const std::uint64_t bytes = ones.size() * sizeof(float);
  hone::GpuBuffer x = context.CreateBuffer(bytes), y = context.CreateBuffer(bytes);
  context.Upload(x, ones.data(), bytes);
  context.Upload(y, ones.data(), bytes);
  context.Run(axpy, {x, y}, {{"a", 2.5f}});
  context.Download(y, result.data(), bytes);
  std::puts(std::count(result.begin(), result.end(), 3.5f) == 1000 ? "right" : "wrong");
} catch (const hone::Error& error) {
  std::fprintf(stderr, "cpp_embedded: %s\n", error.what());
  return 1;
}
