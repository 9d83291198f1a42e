// A frame loop: two frames in flight, each waits for its turn by a timeline semaphore, and a tuned kernel runs in every
// frame.   frame_loop TUNED.db
#include <array>

#include "vulkan_device.h"

int main(int, char** arguments) try {
  constexpr std::uint64_t kFrames = 100, kInFlight = 2;
  constexpr std::int64_t kCount = 10007;
  VulkanDevice vulkan(arguments[1]);
  const hone::Pipeline axpy = vulkan.library->Load("axpy", {{"n", kCount}});  // loaded once, recorded every frame

  float *x, *y;
  const hone::Binding buffer_x = vulkan.MakeBuffer(kCount, &x), buffer_y = vulkan.MakeBuffer(kCount, &y);
  for (std::int64_t i = 0; i < kCount; ++i) x[i] = float(i % 10), y[i] = 0;

  const vk::SemaphoreTypeCreateInfo timeline_info(vk::SemaphoreType::eTimeline, 0);
  vk::SemaphoreCreateInfo semaphore_info;
  semaphore_info.pNext = &timeline_info;
  const vk::Semaphore timeline = vulkan.device.createSemaphore(semaphore_info);
  const auto commands = vulkan.device.allocateCommandBuffers({vulkan.pool, vk::CommandBufferLevel::ePrimary, kInFlight});

  for (std::uint64_t frame = 1; frame <= kFrames; ++frame) {
    if (frame > kInFlight) {  // the command buffer's last use
      const std::uint64_t done = frame - kInFlight;
      if (vulkan.device.waitSemaphores({{}, 1, &timeline, &done}, 5000000000) != vk::Result::eSuccess) return 1;
    }
    const vk::CommandBuffer current = commands[frame % kInFlight];
    current.begin(vk::CommandBufferBeginInfo(vk::CommandBufferUsageFlagBits::eOneTimeSubmit));
    axpy.Record(current, {buffer_x, buffer_y}, {{"a", 2.0f}});
    MakeVisible(current, vk::PipelineStageFlagBits::eHost, vk::AccessFlagBits::eHostRead);
    current.end();

    const std::uint64_t before = frame - 1;  // frames add to the same buffer, so each waits for the one before
    const vk::TimelineSemaphoreSubmitInfo values(1, &before, 1, &frame);
    const vk::PipelineStageFlags stage = vk::PipelineStageFlagBits::eComputeShader;
    vk::SubmitInfo submit(1, &timeline, &stage, 1, &current, 1, &timeline);
    submit.pNext = &values;
    vulkan.queue.submit(submit);
  }
  vulkan.device.waitIdle();
  vulkan.device.destroySemaphore(timeline);
  for (std::int64_t i = 0; i < kCount; ++i) {
    if (y[i] != 2.0f * float(kFrames) * x[i]) {
      std::printf("wrong at %lld\n", static_cast<long long>(i));
      return 1;
    }
  }
  std::printf("right after %d frames, on %s\n", int(kFrames), vulkan.library->device().name.c_str());
} catch (const std::exception& error) {
  std::fprintf(stderr, "frame_loop: %s\n", error.what());
  return 1;
}
