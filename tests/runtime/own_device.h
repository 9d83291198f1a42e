// An application's own Vulkan device, for tests of the library: made with raw Vulkan, under the validation layers.
#pragma once

#include <string>
#include <vector>

#include "runtime/instance.h"
#include "runtime/library.h"

namespace hone::test {

class OwnDevice {
 public:
  // database: what RequiredFeatures is asked about. push_descriptors: whether the application enables them.
  explicit OwnDevice(const std::string& database, bool push_descriptors = true) : instance_(true), d_(instance_.dispatch()) {
    physical_ = instance_.ComputeDevices().at(0);
    family_ = *ComputeFamily(d_, physical_);
    auto required = RequiredFeatures(database, instance_.handle(), physical_);
    if (!push_descriptors) required.extensions.erase("VK_KHR_push_descriptor");
    enabled_ = std::make_unique<EnabledFeatures>(required);
    const float priority = 1;
    const vk::DeviceQueueCreateInfo queue{.queueFamilyIndex = family_, .queueCount = 1, .pQueuePriorities = &priority};
    create_ = vk::DeviceCreateInfo{.pNext = enabled_->chain(),
                                   .queueCreateInfoCount = 1,
                                   .pQueueCreateInfos = &queue,
                                   .enabledExtensionCount = static_cast<std::uint32_t>(enabled_->extension_names().size()),
                                   .ppEnabledExtensionNames = enabled_->extension_names().data()};
    device_ = physical_.createDevice(create_, nullptr, d_);
    d_.init(device_);
    queue_ = device_.getQueue(family_, 0, d_);
    pool_ = device_.createCommandPool({.queueFamilyIndex = family_}, nullptr, d_);
  }
  ~OwnDevice() {
    device_.waitIdle(d_);
    for (auto buffer : buffers_) device_.destroyBuffer(buffer, nullptr, d_);
    for (auto memory : memories_) device_.freeMemory(memory, nullptr, d_);
    device_.destroyCommandPool(pool_, nullptr, d_);
    device_.destroy(nullptr, d_);
    EXPECT_EQ(instance_.TakeMessages(), std::vector<std::string>{});
  }

  DeviceHandles handles() const {
    return {.instance = instance_.handle(),
            .physical_device = physical_,
            .device = device_,
            .created_with = reinterpret_cast<const VkDeviceCreateInfo*>(&create_)};
  }
  const Dispatch& d() const { return d_; }
  vk::Device device() const { return device_; }
  std::uint32_t family() const { return family_; }
  vk::Queue queue() const { return queue_; }
  std::vector<std::string> TakeMessages() { return instance_.TakeMessages(); }

  // A mapped storage buffer.
  template <typename T>
  std::pair<Binding, T*> Buffer(std::size_t count) {
    const std::uint64_t bytes = std::max<std::uint64_t>(count * sizeof(T), 4);
    auto buffer = device_.createBuffer({.size = bytes, .usage = vk::BufferUsageFlagBits::eStorageBuffer}, nullptr, d_);
    const auto needs = device_.getBufferMemoryRequirements(buffer, d_);
    const auto types = physical_.getMemoryProperties(d_);
    const auto wanted = vk::MemoryPropertyFlagBits::eHostVisible | vk::MemoryPropertyFlagBits::eHostCoherent;
    std::uint32_t type = 0;
    while (!(needs.memoryTypeBits >> type & 1) || (types.memoryTypes[type].propertyFlags & wanted) != wanted) ++type;
    auto memory = device_.allocateMemory({.allocationSize = needs.size, .memoryTypeIndex = type}, nullptr, d_);
    device_.bindBufferMemory(buffer, memory, 0, d_);
    buffers_.push_back(buffer);
    memories_.push_back(memory);
    return {{buffer, 0, bytes}, static_cast<T*>(device_.mapMemory(memory, 0, bytes, {}, d_))};
  }

  vk::CommandBuffer Begin() {
    auto commands = device_.allocateCommandBuffers({.commandPool = pool_, .commandBufferCount = 1}, d_).front();
    commands.begin({.flags = vk::CommandBufferUsageFlagBits::eOneTimeSubmit}, d_);
    return commands;
  }
  void Finish(vk::CommandBuffer commands) {
    const vk::MemoryBarrier barrier{.srcAccessMask = vk::AccessFlagBits::eShaderWrite,
                                    .dstAccessMask = vk::AccessFlagBits::eHostRead};
    commands.pipelineBarrier(vk::PipelineStageFlagBits::eComputeShader, vk::PipelineStageFlagBits::eHost, {}, barrier, nullptr,
                             nullptr, d_);
    commands.end(d_);
    queue_.submit(vk::SubmitInfo{.commandBufferCount = 1, .pCommandBuffers = &commands}, nullptr, d_);
    queue_.waitIdle(d_);
  }

 private:
  Instance instance_;
  Dispatch d_;
  vk::PhysicalDevice physical_;
  vk::Device device_;
  vk::Queue queue_;
  vk::CommandPool pool_;
  std::uint32_t family_ = 0;
  std::unique_ptr<EnabledFeatures> enabled_;
  vk::DeviceCreateInfo create_;
  std::vector<vk::Buffer> buffers_;
  std::vector<vk::DeviceMemory> memories_;
};

}  // namespace hone::test
