// Tuned kernels in the command buffer of a program that has its own Vulkan device.   own_device_cpp TUNED.db
#include <cmath>

#include "vulkan_device.h"

int main(int, char** arguments) try {
  VulkanDevice vulkan(arguments[1]);
  const int m = 65, n = 127, k = 33;
  float *a, *b, *c, *sum;
  const hone::Binding buffer_a = vulkan.MakeBuffer(m * k, &a), buffer_b = vulkan.MakeBuffer(k * n, &b);
  const hone::Binding buffer_c = vulkan.MakeBuffer(m * n, &c), buffer_sum = vulkan.MakeBuffer(m * n, &sum);
  for (int i = 0; i < m * k; ++i) a[i] = float(i % 7 - 3);
  for (int i = 0; i < k * n; ++i) b[i] = float(i % 5 - 2);
  for (int i = 0; i < m * n; ++i) sum[i] = 1;

  // c = a b, then sum = 0.5 c + sum.
  const hone::Pipeline gemm = vulkan.library->Load("gemm", {{"m", m}, {"n", n}, {"k", k}});
  const hone::Pipeline axpy = vulkan.library->Load("axpy", {{"n", m * n}});
  hone::Binding workspace;
  float* unused;
  if (gemm.WorkspaceBytes()) workspace = vulkan.MakeBuffer(gemm.WorkspaceBytes() / 4 + 1, &unused);

  const vk::CommandBuffer commands =
      vulkan.device.allocateCommandBuffers({vulkan.pool, vk::CommandBufferLevel::ePrimary, 1}).front();
  commands.begin(vk::CommandBufferBeginInfo(vk::CommandBufferUsageFlagBits::eOneTimeSubmit));
  gemm.Record(commands, {buffer_a, buffer_b, buffer_c}, {}, workspace);
  MakeVisible(commands, vk::PipelineStageFlagBits::eComputeShader, vk::AccessFlagBits::eShaderRead);
  axpy.Record(commands, {buffer_c, buffer_sum}, {{"a", 0.5f}});
  MakeVisible(commands, vk::PipelineStageFlagBits::eHost, vk::AccessFlagBits::eHostRead);
  commands.end();
  vulkan.queue.submit(vk::SubmitInfo({}, {}, commands));
  vulkan.queue.waitIdle();

  for (int row = 0; row < m; ++row) {
    for (int column = 0; column < n; ++column) {
      float expected = 0;
      for (int i = 0; i < k; ++i) expected += a[row * k + i] * b[i * n + column];
      if (std::abs(sum[row * n + column] - (0.5f * expected + 1)) > 1e-3f) {
        std::printf("wrong at %d, %d\n", row, column);
        return 1;
      }
    }
  }
  std::printf("right, on %s\n%s\n%s\n", vulkan.library->device().name.c_str(), gemm.Explain().c_str(), axpy.Explain().c_str());
} catch (const std::exception& error) {
  std::fprintf(stderr, "own_device_cpp: %s\n", error.what());
  return 1;
}
