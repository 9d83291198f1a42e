// What Pipeline::Record costs on the CPU beside the same commands written by hand.
//   perf_runtime_record     compare RecordHone with RecordRaw of the same name
#include <benchmark/benchmark.h>

#include "runtime/context.h"
#include "runtime/instance.h"
#include "runtime/pipeline_impl.h"
#include "tests/runtime/test_kernels.h"

namespace hone {
namespace {

constexpr int kPerBuffer = 256;  // records between two resets of the command buffer

// One context, its buffers, and a command buffer of our own.
struct Bench {
  Bench() : x(context.CreateBuffer(4096 * 4)), y(context.CreateBuffer(4096 * 4)), workspace(context.CreateBuffer(4096)) {
    d.init(SystemLoader());
    d.init(vk::Instance(context.instance()));
    d.init(vk::Device(context.device()));
    device = context.device();
    pool = device.createCommandPool({.flags = vk::CommandPoolCreateFlagBits::eResetCommandBuffer}, nullptr, d);
    commands = device.allocateCommandBuffers({.commandPool = pool, .commandBufferCount = 1}, d).front();
  }
  template <typename Body>
  void Loop(benchmark::State& state, Body&& body) {
    int left = 0;
    for (auto _ : state) {
      if (left == 0) {
        state.PauseTiming();
        commands.reset({}, d);
        commands.begin(vk::CommandBufferBeginInfo{}, d);
        left = kPerBuffer;
        state.ResumeTiming();
      }
      body();
      if (--left == 0) {
        state.PauseTiming();
        commands.end(d);
        state.ResumeTiming();
      }
    }
    if (left) commands.end(d);
  }
  // The commands of one dispatch, as one writes them by hand.
  void Dispatch(const Pipeline& pipeline, std::size_t pass, std::vector<VkDescriptorBufferInfo>& infos, const void* push,
                std::uint32_t push_bytes, std::uint32_t groups, bool bind_buffers) {
    const auto& impl = pipeline.impl();
    const VkCommandBuffer raw = commands;
    d.vkCmdBindPipeline(raw, VK_PIPELINE_BIND_POINT_COMPUTE, impl.passes[pass]->handle);
    if (bind_buffers) {
      VkWriteDescriptorSet writes[8];
      for (std::uint32_t i = 0; i < infos.size(); ++i) {
        writes[i] = {VK_STRUCTURE_TYPE_WRITE_DESCRIPTOR_SET, nullptr, VK_NULL_HANDLE, i,      0, 1,
                     VK_DESCRIPTOR_TYPE_STORAGE_BUFFER,      nullptr, &infos[i],      nullptr};
      }
      d.vkCmdPushDescriptorSetKHR(raw, VK_PIPELINE_BIND_POINT_COMPUTE, impl.layout.layout, 0,
                                  static_cast<std::uint32_t>(infos.size()), writes);
    }
    d.vkCmdPushConstants(raw, impl.layout.layout, VK_SHADER_STAGE_COMPUTE_BIT, 0, push_bytes, push);
    d.vkCmdDispatch(raw, groups, 1, 1);
  }
  void Barrier() {
    const VkMemoryBarrier barrier{VK_STRUCTURE_TYPE_MEMORY_BARRIER, nullptr, VK_ACCESS_SHADER_WRITE_BIT,
                                  VK_ACCESS_SHADER_READ_BIT | VK_ACCESS_SHADER_WRITE_BIT};
    d.vkCmdPipelineBarrier(commands, VK_PIPELINE_STAGE_COMPUTE_SHADER_BIT, VK_PIPELINE_STAGE_COMPUTE_SHADER_BIT, 0, 1, &barrier,
                           0, nullptr, 0, nullptr);
  }

  Context context;
  GpuBuffer x, y, workspace;
  hone::Dispatch d;
  vk::Device device;
  vk::CommandPool pool;
  vk::CommandBuffer commands;
};

Bench& TheBench() {
  static auto* bench = new Bench;
  return *bench;
}

void RecordRawAxpy(benchmark::State& state) {
  Bench& bench = TheBench();
  const Pipeline axpy = bench.context.CreatePipeline(test::Axpy(), {{"n", 4096}});
  struct {
    std::uint32_t n;
    float a;
  } push{4096, 2.5f};
  std::vector<VkDescriptorBufferInfo> infos{{bench.x.handle(), 0, 16384}, {bench.y.handle(), 0, 16384}};
  bench.Loop(state, [&] { bench.Dispatch(axpy, 0, infos, &push, 8, 64, true); });
}
BENCHMARK(RecordRawAxpy);

void RecordHoneAxpy(benchmark::State& state) {
  Bench& bench = TheBench();
  const Pipeline axpy = bench.context.CreatePipeline(test::Axpy(), {{"n", 4096}});
  bench.Loop(state, [&] { axpy.Record(bench.commands, {bench.x, bench.y}, {{"a", 2.5f}}); });
}
BENCHMARK(RecordHoneAxpy);

void RecordRawSum(benchmark::State& state) {
  Bench& bench = TheBench();
  const Pipeline sum = bench.context.CreatePipeline(test::Sum(), {{"n", 4096}});
  const std::uint32_t counts[] = {4096, 64};
  std::vector<VkDescriptorBufferInfo> infos{
      {bench.x.handle(), 0, 16384}, {bench.y.handle(), 0, 4}, {bench.workspace.handle(), 0, 256}};
  bench.Loop(state, [&] {
    bench.Dispatch(sum, 0, infos, &counts[0], 4, 64, true);
    bench.Barrier();
    bench.Dispatch(sum, 1, infos, &counts[1], 4, 1, false);
  });
}
BENCHMARK(RecordRawSum);

void RecordHoneSum(benchmark::State& state) {
  Bench& bench = TheBench();
  const Pipeline sum = bench.context.CreatePipeline(test::Sum(), {{"n", 4096}});
  bench.Loop(state, [&] { sum.Record(bench.commands, {bench.x, bench.y}, {}, bench.workspace); });
}
BENCHMARK(RecordHoneSum);

// Ten dispatches, each of which reads what the one before wrote.
void RecordRawTen(benchmark::State& state) {
  Bench& bench = TheBench();
  const Pipeline axpy = bench.context.CreatePipeline(test::Axpy(), {{"n", 4096}});
  struct {
    std::uint32_t n;
    float a;
  } push{4096, 2.5f};
  std::vector<VkDescriptorBufferInfo> infos{{bench.x.handle(), 0, 16384}, {bench.y.handle(), 0, 16384}};
  bench.Loop(state, [&] {
    for (int i = 0; i < 10; ++i) {
      if (i) bench.Barrier();
      bench.Dispatch(axpy, 0, infos, &push, 8, 64, true);
    }
  });
}
BENCHMARK(RecordRawTen);

void RecordHoneTen(benchmark::State& state) {
  Bench& bench = TheBench();
  const Pipeline axpy = bench.context.CreatePipeline(test::Axpy(), {{"n", 4096}});
  bench.Loop(state, [&] {
    for (int i = 0; i < 10; ++i) {
      if (i) bench.Barrier();
      axpy.Record(bench.commands, {bench.x, bench.y}, {{"a", 2.5f}});
    }
  });
}
BENCHMARK(RecordHoneTen);

}  // namespace
}  // namespace hone

BENCHMARK_MAIN();
