// Many threads on one library and one device; many records. HONE_TEST_SECONDS makes the first longer.
#include <gtest/gtest.h>
#include <malloc.h>

#include <atomic>
#include <chrono>
#include <cstdlib>
#include <mutex>
#include <thread>

#include "runtime/context_impl.h"
#include "runtime/library.h"
#include "tests/runtime/own_device.h"
#include "tests/runtime/test_database.h"

#ifdef __SANITIZE_THREAD__
// Mesa is not instrumented: ThreadSanitizer sees what lavapipe's threads allocate and free, not the atomics in between.
extern "C" __attribute__((visibility("default"))) const char* __tsan_default_suppressions() { return "race:libvulkan_lvp.so"; }
#endif

namespace hone {
namespace {

double Seconds() {
  const char* given = std::getenv("HONE_TEST_SECONDS");
  return given ? std::atof(given) : 2;
}

// Eight threads load, record and submit, each with its own command pool and buffers, on one queue.
TEST(Concurrency, LoadsRecordsAndSubmits) {
  test::Database database;
  test::OwnDevice own(database.path());
  const Library library(database.path(), own.handles());
  std::mutex queue_mutex;
  std::atomic<int> rounds = 0, wrong = 0;
  std::vector<std::pair<std::pair<Binding, float*>, std::pair<Binding, float*>>> buffers;
  for (int i = 0; i < 8; ++i) buffers.emplace_back(own.Buffer<float>(3000), own.Buffer<float>(3000));
  const auto end = std::chrono::steady_clock::now() + std::chrono::duration<double>(Seconds());
  auto work = [&](std::size_t thread) {
    const Dispatch& d = own.d();
    const auto pool = own.device().createCommandPool({.queueFamilyIndex = own.family()}, nullptr, d);
    const auto commands = own.device().allocateCommandBuffers({.commandPool = pool, .commandBufferCount = 1}, d).front();
    const auto fence = own.device().createFence({}, nullptr, d);
    auto& [x, y] = buffers[thread];
    for (int round = 0; std::chrono::steady_clock::now() < end; ++round) {
      const std::int64_t n = 1 + (round * 131 + static_cast<std::int64_t>(thread) * 17) % 3000;
      std::fill_n(x.second, n, float(round % 100));
      std::fill_n(y.second, n, 1.0f);
      const Pipeline axpy = library.Load("axpy", {{"n", n}});
      own.device().resetCommandPool(pool, {}, d);
      commands.begin(vk::CommandBufferBeginInfo{}, d);
      axpy.Record(commands, {x.first, y.first}, {{"a", 2}});
      const vk::MemoryBarrier barrier{.srcAccessMask = vk::AccessFlagBits::eShaderWrite,
                                      .dstAccessMask = vk::AccessFlagBits::eHostRead};
      commands.pipelineBarrier(vk::PipelineStageFlagBits::eComputeShader, vk::PipelineStageFlagBits::eHost, {}, barrier,
                               nullptr, nullptr, d);
      commands.end(d);
      {
        std::lock_guard lock(queue_mutex);
        own.queue().submit(vk::SubmitInfo{.commandBufferCount = 1, .pCommandBuffers = &commands}, fence, d);
      }
      (void)own.device().waitForFences(fence, VK_TRUE, ~std::uint64_t{0}, d);
      own.device().resetFences(fence, d);
      if (y.second[n - 1] != 2 * float(round % 100) + 1) ++wrong;
      ++rounds;
    }
    own.device().destroyFence(fence, nullptr, d);
    own.device().destroyCommandPool(pool, nullptr, d);
  };
  {
    std::vector<std::jthread> threads;
    for (std::size_t i = 0; i < 8; ++i) threads.emplace_back(work, i);
  }
  EXPECT_EQ(wrong, 0);
  EXPECT_GT(rounds, 8);
}

// Threads that share one Context take turns inside it.
TEST(Concurrency, OneContextForManyThreads) {
  Context context({.validation = true});
  std::atomic<int> wrong = 0;
  auto work = [&](int thread) {
    const GpuBuffer x = context.CreateBuffer(400), y = context.CreateBuffer(400);
    const std::vector<float> ones(100, 1);
    for (int round = 0; round < 20; ++round) {
      context.Upload(x, ones.data(), 400);
      context.Fill(y, 0);
      context.Run(context.CreatePipeline(test::Axpy(64), {{"n", 100}}), {x, y}, {{"a", thread}});
      std::vector<float> result(100);
      context.Download(y, result.data(), 400);
      if (result[99] != float(thread)) ++wrong;
    }
  };
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 8; ++i) threads.emplace_back(work, i);
  }
  EXPECT_EQ(wrong, 0);
  EXPECT_EQ(context.Messages(), std::vector<std::string>{});
}

// Counts the calls of one Vulkan function that makes objects, in the place of which it stands.
template <auto kFunction>
struct Counted;
template <typename... Arguments, VkResult (*Dispatch::*kFunction)(Arguments...)>
struct Counted<kFunction> {
  explicit Counted(Dispatch& dispatch) : dispatch_(dispatch) {
    original = dispatch.*kFunction;
    dispatch.*kFunction = &Call;
    calls = 0;
  }
  ~Counted() { dispatch_.*kFunction = original; }
  static VkResult Call(Arguments... arguments) {
    ++calls;
    return original(arguments...);
  }
  static inline VkResult (*original)(Arguments...) = nullptr;
  static inline int calls = 0;
  Dispatch& dispatch_;
};

TEST(Leaks, AMillionRecordsMakeNothing) {
  Context context;
  Gpu& gpu = *context.impl().gpu;
  const Dispatch d = gpu.d;
  const vk::Device device = context.device();
  const auto pool = device.createCommandPool({.queueFamilyIndex = context.queue_family()}, nullptr, d);
  const auto commands = device.allocateCommandBuffers({.commandPool = pool, .commandBufferCount = 1}, d).front();
  const Pipeline sum = context.CreatePipeline(test::Sum(), {{"n", 4096}});
  const GpuBuffer x = context.CreateBuffer(4096 * 4), y = context.CreateBuffer(4), work = context.CreateBuffer(4096);
  auto records = [&](int rounds) {
    for (int round = 0; round < rounds; ++round) {
      device.resetCommandPool(pool, vk::CommandPoolResetFlagBits::eReleaseResources, d);
      commands.begin(vk::CommandBufferBeginInfo{}, d);
      for (int i = 0; i < 1000; ++i) sum.Record(commands, {x, y}, {}, work);
      commands.end(d);
    }
  };
  records(20);
  const auto before = mallinfo2().uordblks;
  Counted<&Dispatch::vkCreateBuffer> buffers(gpu.d);
  Counted<&Dispatch::vkAllocateMemory> memories(gpu.d);
  Counted<&Dispatch::vkCreateComputePipelines> pipelines(gpu.d);
  Counted<&Dispatch::vkCreateShaderModule> modules(gpu.d);
  Counted<&Dispatch::vkCreatePipelineCache> caches(gpu.d);
  Counted<&Dispatch::vkCreatePipelineLayout> layouts(gpu.d);
  Counted<&Dispatch::vkCreateDescriptorSetLayout> set_layouts(gpu.d);
  Counted<&Dispatch::vkCreateDescriptorUpdateTemplate> templates(gpu.d);
  Counted<&Dispatch::vkCreateDescriptorPool> pools(gpu.d);
  Counted<&Dispatch::vkAllocateDescriptorSets> sets(gpu.d);
  records(1000);
  EXPECT_LT(mallinfo2().uordblks, before + 100000) << "bytes of heap after a million records";
  EXPECT_EQ(buffers.calls + memories.calls + pipelines.calls + modules.calls + caches.calls + layouts.calls +
                set_layouts.calls + templates.calls + pools.calls + sets.calls,
            0)
      << "Vulkan objects made by a million records";
  context.CreatePipeline(test::Axpy(64), {{"n", 10}});
  EXPECT_EQ(modules.calls, 1) << "they are counted";
  device.destroyCommandPool(pool, nullptr, d);
}

}  // namespace
}  // namespace hone
