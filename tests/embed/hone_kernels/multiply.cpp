// Two kernels of a packed database.   packed PACKED.db
#include <algorithm>
#include <cstdio>
#include <vector>

#include "runtime/context.h"
#include "runtime/library.h"

namespace {

// All ones; C = A B has 64 everywhere.
bool Multiply(hone::Context& context, const hone::Pipeline& gemm) {
  const std::vector<float> ones(64 * 64, 1);
  const std::uint64_t bytes = ones.size() * sizeof(float);
  hone::GpuBuffer a = context.CreateBuffer(bytes), b = context.CreateBuffer(bytes), c = context.CreateBuffer(bytes);
  context.Upload(a, ones.data(), bytes);
  context.Upload(b, ones.data(), bytes);
  context.Run(gemm, {a, b, c});
  std::vector<float> result(ones.size());
  context.Download(c, result.data(), bytes);
  return std::count(result.begin(), result.end(), 64.0f) == 64 * 64;
}

}  // namespace

int main(int, char** arguments) try {
  hone::Context context;
  hone::Library library(arguments[1], context);
  const hone::Pipeline gemm = library.Load("gemm", {{"m", 64}, {"n", 64}, {"k", 64}});
  std::puts(Multiply(context, gemm) ? "right" : "wrong");
  std::printf("%s\n%s\n", library.Load("axpy", {{"n", 1000}}).Explain().c_str(), gemm.Explain().c_str());
} catch (const hone::Error& error) {
  std::fprintf(stderr, "packed: %s\n", error.what());
  return 1;
}
