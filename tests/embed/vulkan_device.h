// What any Vulkan program has before it meets hone: instance, device, queue, mapped buffers. Plain Vulkan-Hpp.
#pragma once

#include <cstdio>
#include <vector>
#include <vulkan/vulkan.hpp>

#include "runtime/library.h"

struct VulkanDevice {
  explicit VulkanDevice(const char* database) {
    const vk::ApplicationInfo application("embed", 1, nullptr, 0, VK_API_VERSION_1_3);
    instance = vk::createInstance(vk::InstanceCreateInfo({}, &application));
    physical = instance.enumeratePhysicalDevices().at(0);
    const auto families = physical.getQueueFamilyProperties();
    while (!(families.at(family).queueFlags & vk::QueueFlagBits::eCompute)) ++family;

    // What the tuned kernels can use, and what this program needs itself.
    hone::Requirements required = hone::RequiredFeatures(database, instance, physical);
    required.features.insert("timelineSemaphore");
    hone::EnabledFeatures enabled(required);
    const float priority = 1;
    const vk::DeviceQueueCreateInfo queue_info({}, family, 1, &priority);
    vk::DeviceCreateInfo info({}, queue_info, {}, enabled.extension_names());
    info.pNext = enabled.chain();
    device = physical.createDevice(info);
    queue = device.getQueue(family, 0);
    pool = device.createCommandPool({vk::CommandPoolCreateFlagBits::eResetCommandBuffer, family});

    const VkDeviceCreateInfo& plain = info;
    library.emplace(database, hone::DeviceHandles{.instance = instance,
                                                  .physical_device = physical,
                                                  .device = device,
                                                  .created_with = &plain,
                                                  .get_instance_proc_addr = vkGetInstanceProcAddr});
  }
  ~VulkanDevice() {
    device.waitIdle();
    library.reset();
    for (auto buffer : buffers) device.destroyBuffer(buffer);
    for (auto memory : memories) device.freeMemory(memory);
    device.destroyCommandPool(pool);
    device.destroy();
    instance.destroy();
  }

  // A storage buffer of floats that the host sees; hone only ever borrows it.
  hone::Binding MakeBuffer(std::size_t count, float** mapped) {
    const vk::DeviceSize bytes = count * sizeof(float);
    buffers.push_back(device.createBuffer({{}, bytes, vk::BufferUsageFlagBits::eStorageBuffer}));
    const auto needs = device.getBufferMemoryRequirements(buffers.back());
    const auto types = physical.getMemoryProperties();
    const auto wanted = vk::MemoryPropertyFlagBits::eHostVisible | vk::MemoryPropertyFlagBits::eHostCoherent;
    uint32_t type = 0;
    while (!(needs.memoryTypeBits >> type & 1) || (types.memoryTypes[type].propertyFlags & wanted) != wanted) ++type;
    memories.push_back(device.allocateMemory({needs.size, type}));
    device.bindBufferMemory(buffers.back(), memories.back(), 0);
    *mapped = static_cast<float*>(device.mapMemory(memories.back(), 0, bytes));
    return {buffers.back(), 0, bytes};
  }

  vk::Instance instance;
  vk::PhysicalDevice physical;
  uint32_t family = 0;
  vk::Device device;
  vk::Queue queue;
  vk::CommandPool pool;
  std::vector<vk::Buffer> buffers;
  std::vector<vk::DeviceMemory> memories;
  std::optional<hone::Library> library;
};

inline void MakeVisible(vk::CommandBuffer commands, vk::PipelineStageFlags stage, vk::AccessFlags access) {
  const vk::MemoryBarrier barrier(vk::AccessFlagBits::eShaderWrite, access);
  commands.pipelineBarrier(vk::PipelineStageFlagBits::eComputeShader, stage, {}, barrier, {}, {});
}
