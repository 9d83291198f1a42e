#include "runtime/context.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <cstring>
#include <numeric>

#include "tests/runtime/test_kernels.h"

namespace hone {
namespace {

// One context under the validation layers for all tests of this file; none may make them speak.
class ContextTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() { context_ = new Context({.validation = true}); }
  static void TearDownTestSuite() {
    delete context_;
    context_ = nullptr;
  }
  void TearDown() override { EXPECT_EQ(context_->Messages(), std::vector<std::string>{}); }

  template <typename T>
  GpuBuffer Make(const std::vector<T>& values, MemoryKind kind = MemoryKind::kDevice) {
    GpuBuffer buffer = context_->CreateBuffer(values.size() * sizeof(T), kind);
    context_->Upload(buffer, values.data(), buffer.bytes());
    return buffer;
  }
  template <typename T>
  std::vector<T> Read(const GpuBuffer& buffer) {
    std::vector<T> values(buffer.bytes() / sizeof(T));
    context_->Download(buffer, values.data(), buffer.bytes());
    return values;
  }

  static Context* context_;
};
Context* ContextTest::context_ = nullptr;

TEST(EnumerateDevices, DescribesEachDevice) {
  const auto devices = EnumerateDevices();
  ASSERT_FALSE(devices.empty());
  for (const auto& device : devices) {
    EXPECT_FALSE(device.name.empty());
    EXPECT_EQ(device.device_uuid.size(), 32u);
    for (const auto& name : LimitNames()) EXPECT_TRUE(device.limits.contains(name)) << name;
    EXPECT_GE(device.limits.at("maxComputeWorkGroupInvocations"), 128);
    EXPECT_GT(device.limits.at("deviceLocalBytes"), 0);
    EXPECT_TRUE(device.features.contains("timelineSemaphore"));
    EXPECT_TRUE(device.features.contains("subgroupBasic"));
    EXPECT_FALSE(device.extensions.empty());
  }
}

TEST(ContextChoice, ByIndexNameAndNeither) {
  const auto devices = EnumerateDevices();
  EXPECT_EQ(Context({.device = "0"}).info().name, devices[0].name);
  EXPECT_EQ(Context({.device = devices[0].name.substr(1, 5)}).info().name, devices[0].name);
  try {
    Context context({.device = "no such device"});
    FAIL();
  } catch (const Error& error) {
    EXPECT_NE(std::string(error.what()).find(devices[0].name), std::string::npos) << error.what();
  }
}

TEST_F(ContextTest, ADividedDispatchDoesTheSame) {
  const Binary axpy = test::Axpy();  // numbers its workgroups by gl_NumWorkGroups.x: folded into rows, one a part
  EXPECT_EQ(context_->MostParts(axpy, {{"n", 997}}), 16u);
  for (const std::uint32_t parts : {2, 5, 16}) {
    std::vector<float> x(997), y(x.size(), 1);
    std::iota(x.begin(), x.end(), 0.0f);
    const GpuBuffer gx = Make(x), gy = Make(y);
    const Pipeline pipeline = context_->CreatePipeline(axpy, {{"n", 997}}, parts);
    EXPECT_EQ(pipeline.dispatch_count(), parts == 5 ? 4u : parts);  // rows of four
    context_->Run(pipeline, {gx, gy}, {{"a", 2.5f}});
    EXPECT_GT(context_->Run([&](CommandRecorder& commands) { commands.DispatchTimed(pipeline, {gx, gy}, {{"a", 2.5f}}); }), 0);
    const auto result = Read<float>(gy);
    for (std::size_t i = 0; i < y.size(); ++i) ASSERT_EQ(result[i], 5.0f * x[i] + 1) << i;
    const auto times = context_->TimeNs(pipeline, {{{gx, gy}, {}}}, {{"a", 0.0f}}, 3, 2);
    ASSERT_EQ(times.size(), 3u);
    for (const double ns : times) EXPECT_GT(ns, 0);
  }
}

TEST_F(ContextTest, ADispatchThatDoesNotAskForItsGridIsCutAlongIt) {
  const GpuBuffer y = Make(std::vector<std::uint32_t>(997));
  context_->Run(context_->CreatePipeline(test::Special(7, 32), {{"n", 997}}, 3), {y});
  const auto result = Read<std::uint32_t>(y);
  for (std::uint32_t i = 0; i < 997; ++i) ASSERT_EQ(result[i], 7 + i);
}

TEST_F(ContextTest, DividedPassesSeeWhatThoseBeforeWrote) {
  std::vector<float> x(4096);
  std::iota(x.begin(), x.end(), 0.0f);
  const GpuBuffer gx = Make(x), total = Make(std::vector<float>(1));
  context_->Run(context_->CreatePipeline(test::Sum(), {{"n", 4096}}, 7), {gx, total});
  EXPECT_EQ(Read<float>(total)[0], 4095.0f * 4096 / 2);
}

TEST_F(ContextTest, ADispatchThatReadsItsGridsSizeIsNotDivided) {
  Binary stride = test::Axpy();
  auto kernel = std::make_shared<Kernel>(*stride.kernel);
  kernel->buffers = {{.name = "y", .type = "uint", .length = "n", .access = Access::kReadWrite}};
  kernel->push_constants = {{.name = "n", .type = "uint"}};
  stride.kernel = kernel;
  stride.modules = {test::MakeModule(
      "stride", {.push = {{"n", "uint", 0}}, .push_bytes = 4, .bindings = {{0, true}}, .local_size = {64, 1, 1}})};
  EXPECT_EQ(context_->MostParts(stride, {{"n", 997}}), 1u);
  EXPECT_THROW(context_->CreatePipeline(stride, {{"n", 997}}, 2), DeviceError);
}

TEST_F(ContextTest, RunsAxpyAtEverySize) {
  const Binary axpy = test::Axpy();
  for (std::int64_t n : {0, 1, 63, 64, 65, 997, 100000}) {
    std::vector<float> x(static_cast<std::size_t>(n)), y(x.size(), 1);
    std::iota(x.begin(), x.end(), 0.0f);
    const GpuBuffer gx = Make(x), gy = Make(y);
    const Pipeline pipeline = context_->CreatePipeline(axpy, {{"n", n}});
    EXPECT_EQ(pipeline.dispatch_count(), n ? 1u : 0u);
    EXPECT_EQ(pipeline.BufferBytes(0), static_cast<std::uint64_t>(4 * n));
    context_->Run(pipeline, {gx, gy}, {{"a", 2.5f}});
    const auto result = Read<float>(gy);
    for (std::size_t i = 0; i < y.size(); ++i) ASSERT_EQ(result[i], 2.5f * x[i] + 1) << i;
  }
}

TEST_F(ContextTest, PassesThroughAWorkspaceAreOrdered) {
  std::vector<float> x(4000);
  std::iota(x.begin(), x.end(), 1.0f);
  const GpuBuffer gx = Make(x), total = context_->CreateBuffer(4);
  const Pipeline sum = context_->CreatePipeline(test::Sum(), {{"n", 4000}});
  EXPECT_EQ(sum.dispatch_count(), 2u);
  EXPECT_GE(sum.WorkspaceBytes(), 63 * 4u);
  for (int repeat = 0; repeat < 20; ++repeat) {
    context_->Fill(total, 0xff);
    context_->Run(sum, {gx, total});
    EXPECT_EQ(Read<float>(total)[0], 4000 * 4001 / 2.0f);
  }
  const GpuBuffer own = context_->CreateBuffer(sum.WorkspaceBytes() + 1024);
  context_->Fill(own, 0xff);
  context_->Run(sum, {gx, total}, {}, own.Range(1024, sum.WorkspaceBytes()));
  EXPECT_EQ(Read<float>(total)[0], 4000 * 4001 / 2.0f);
}

TEST_F(ContextTest, LoopsSwapTheirBuffers) {
  for (std::int64_t rounds : {0, 1, 2, 7, 20}) {
    const GpuBuffer a = Make(std::vector<std::uint32_t>(500, 3)), b = Make(std::vector<std::uint32_t>(500, 99));
    context_->Run(context_->CreatePipeline(test::Doubling(), {{"n", 500}, {"rounds", rounds}}), {a, b});
    std::uint32_t expected = 3;
    for (std::int64_t round = 0; round < rounds; ++round) expected = 2 * expected + static_cast<std::uint32_t>(round);
    EXPECT_EQ(Read<std::uint32_t>(rounds % 2 ? b : a), std::vector<std::uint32_t>(500, expected)) << rounds;
  }
}

TEST_F(ContextTest, SpecializesConstants) {
  for (std::int64_t wg : {32, 64}) {
    const GpuBuffer y = context_->CreateBuffer(4 * 100);
    context_->Run(context_->CreatePipeline(test::Special(7, wg), {{"n", 100}}), {y});
    const auto result = Read<std::uint32_t>(y);
    for (std::uint32_t i = 0; i < 100; ++i) ASSERT_EQ(result[i], 7 + i);
  }
}

TEST_F(ContextTest, TimesEveryDispatchAndRotatesBuffers) {
  const Pipeline axpy = context_->CreatePipeline(test::Axpy(), {{"n", 1000}});
  std::vector<BindingSet> sets;
  std::vector<GpuBuffer> buffers;
  for (int i = 0; i < 3; ++i) {
    buffers.push_back(Make(std::vector<float>(1000, 1)));
    buffers.push_back(Make(std::vector<float>(1000, 0)));
    sets.push_back({{buffers[buffers.size() - 2], buffers.back()}, {}});
  }
  const auto times = context_->TimeNs(axpy, sets, {{"a", 1.0f}}, 100);
  ASSERT_EQ(times.size(), 100u);
  for (double time : times) EXPECT_GT(time, 0);
  EXPECT_EQ(Read<float>(buffers[1])[0], 34);  // 100 over three sets
  EXPECT_EQ(Read<float>(buffers[3])[999], 33);
  EXPECT_EQ(Read<float>(buffers[5])[500], 33);

  EXPECT_EQ(context_->TimeNs(axpy, sets, {{"a", 1.0f}}, 5, 7).size(), 5u);  // 35 more, rotating through the samples
  EXPECT_EQ(Read<float>(buffers[1])[0], 34 + 12);
  EXPECT_EQ(Read<float>(buffers[3])[0], 33 + 12);
  EXPECT_EQ(Read<float>(buffers[5])[0], 33 + 11);
  EXPECT_EQ(context_->TimeNs(axpy, sets, {{"a", 1.0f}}, 2, 300).size(), 2u);
  EXPECT_EQ(Read<float>(buffers[5])[0], 33 + 11 + 200);
}

TEST_F(ContextTest, RunsStepsInOneSubmission) {
  const GpuBuffer x = Make(std::vector<float>(1000, 1)), y = Make(std::vector<float>(1000, 5)),
                  z = context_->CreateBuffer(4000);
  const Pipeline axpy = context_->CreatePipeline(test::Axpy(), {{"n", 1000}});
  context_->Run([&](CommandRecorder& commands) {
    commands.Dispatch(axpy, {x, y}, {{"a", 2}});  // 7
    commands.Copy(y, 0, z, 0, 4000);
    commands.Fill(y, 0, 400, 1600);
    commands.Dispatch(axpy, {z, y}, {{"a", 1}});
    commands.Copy(y, 396, x, 1, 8);
  });
  EXPECT_EQ(Read<float>(y)[99], 14);
  EXPECT_EQ(Read<float>(y)[100], 7);
  EXPECT_EQ(Read<float>(y)[500], 14);
  const auto bytes = Read<std::uint8_t>(x), from = Read<std::uint8_t>(y);
  EXPECT_TRUE(std::equal(bytes.begin() + 1, bytes.begin() + 9, from.begin() + 396));
  const auto timed = [&](int times) {
    return context_->Run([&](CommandRecorder& commands) {
      for (int i = 0; i < times; ++i) commands.DispatchTimed(axpy, {x, y}, {{"a", 0}});
      commands.Fill(x, 0, 0, 4);
    });
  };
  EXPECT_EQ(timed(0), 0);
  EXPECT_GT(timed(1), 0);
  EXPECT_THROW(timed(2), Error);
  EXPECT_THROW(context_->Run([&](CommandRecorder& commands) { commands.Fill(y, 0, 2, 4); }), Error);
  EXPECT_THROW(context_->Run([&](CommandRecorder& commands) { commands.Copy(x, 0, y, 3999, 4); }), Error);
  context_->Run([&](CommandRecorder& commands) { commands.Fill(y, 0, 0, 4); });  // still usable
}

TEST_F(ContextTest, SubmissionsRunInOrderAndTicketsTellWhenTheyAreDone) {
  const GpuBuffer x = Make(std::vector<float>(1000, 1)), y = Make(std::vector<float>(1000, 0));
  const GpuBuffer total = context_->CreateBuffer(4);
  const Pipeline axpy = context_->CreatePipeline(test::Axpy(), {{"n", 1000}});
  const Pipeline sum = context_->CreatePipeline(test::Sum(), {{"n", 1000}});
  for (int round = 1; round <= 3; ++round) {
    Ticket last;
    EXPECT_TRUE(last.Done());
    for (int i = 0; i < 50; ++i) last = context_->Submit(axpy, {x, y}, {{"a", 1}});
    const Ticket summed = context_->Submit(sum, {y, total});
    summed.Wait();
    EXPECT_TRUE(last.Done() && summed.Done());
    EXPECT_EQ(Read<float>(total)[0], 1000 * 50.0f * float(round));
  }
  for (int i = 0; i < 50; ++i) context_->Submit(axpy, {x, y}, {{"a", 1}});
  EXPECT_EQ(Read<float>(y)[999], 200);  // waits by itself
  EXPECT_THROW(context_->Submit(axpy, {x}, {{"a", 1}}), Error);
  context_->Submit(axpy, {x, y}, {{"a", 1}}).Wait();
}

TEST_F(ContextTest, FillsAndCopiesAnyRange) {
  for (auto kind : {MemoryKind::kDevice, MemoryKind::kUpload, MemoryKind::kDownload}) {
    const GpuBuffer buffer = context_->CreateBuffer(1003, kind);
    context_->Fill(buffer, 0xab);
    context_->Fill(buffer, 0x11, 1, 7);
    context_->Fill(buffer, 0x22, 1001, 2);
    const auto bytes = Read<std::uint8_t>(buffer);
    for (std::size_t i = 0; i < bytes.size(); ++i) {
      ASSERT_EQ(bytes[i], i >= 1 && i < 8 ? 0x11 : i >= 1001 ? 0x22 : 0xab) << i;
    }
  }
  EXPECT_THROW(context_->Fill(context_->CreateBuffer(8), 0, 4, 5), Error);
}

TEST_F(ContextTest, TooLargeABufferIsAnErrorAndLeavesTheRestUsable) {
  try {
    context_->CreateBuffer(std::uint64_t{1} << 45);
    FAIL();
  } catch (const DeviceError& error) {
    EXPECT_EQ(error.outcome, Outcome::kOutOfDeviceMemory) << error.what();
  }
  context_->Messages();  // the layer also remarks on the size
  EXPECT_EQ(Read<int>(Make(std::vector<int>{1, 2, 3})), (std::vector<int>{1, 2, 3}));
}

TEST(ContextTimeout, AHangIsATimeoutAndTheContextSaysSoAfterwards) {
  // In a process of its own: the device never comes back.
  EXPECT_EXIT(
      {
        Context context;
        const GpuBuffer flag = context.CreateBuffer(4);
        context.Fill(flag, 0);
        const Pipeline hang = context.CreatePipeline(test::Hang(), {});
        auto outcome = [&] {
          try {
            context.Run(hang, {flag}, {}, {}, std::chrono::milliseconds(200));
          } catch (const DeviceError& error) {
            return error.outcome;
          }
          return Outcome::kOk;
        };
        const bool timed_out = outcome() == Outcome::kTimeout && !context.usable() && outcome() == Outcome::kTimeout;
        std::_Exit(timed_out ? 42 : 1);
      },
      ::testing::ExitedWithCode(42), "");
}

}  // namespace
}  // namespace hone
