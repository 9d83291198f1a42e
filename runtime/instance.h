// Private to runtime/: the Vulkan loader, instances, and what a physical device is.
#pragma once

#include <cstdint>
#include <deque>
#include <mutex>
#include <string>
#include <vector>

#include "db/device.h"
#include "runtime/handles.h"
#include "runtime/vulkan.h"

namespace hone {

// vkGetInstanceProcAddr of the system's loader, opened once a process. Errors: Error when there is none.
PFN_vkGetInstanceProcAddr SystemLoader();

// An instance of our own, with what the validation layer said.
class Instance {
 public:
  // Errors: Error when there is no loader or, with `validation`, no validation layer.
  explicit Instance(bool validation);
  ~Instance();
  Instance(const Instance&) = delete;
  Instance& operator=(const Instance&) = delete;

  vk::Instance handle() const { return instance_; }
  const Dispatch& dispatch() const { return dispatch_; }
  std::vector<vk::PhysicalDevice> ComputeDevices() const;  // Vulkan 1.2 or newer, with a compute queue
  std::vector<std::string> TakeMessages();
  void AddMessage(std::string text);

 private:
  Dispatch dispatch_;
  vk::Instance instance_;
  vk::DebugUtilsMessengerEXT messenger_;
  std::mutex mutex_;
  std::deque<std::string> messages_;
};

// What a physical device says of itself, in Vulkan's terms. Linked within itself: not to be copied.
struct DeviceProperties {
  DeviceProperties(const Dispatch& dispatch, vk::PhysicalDevice device);
  DeviceProperties(const DeviceProperties&) = delete;
  DeviceProperties& operator=(const DeviceProperties&) = delete;

  vk::PhysicalDeviceProperties2 core;
  vk::PhysicalDeviceVulkan12Properties v12;
  vk::PhysicalDeviceVulkan13Properties v13;
  vk::PhysicalDeviceIDProperties id;
  vk::PhysicalDeviceSubgroupProperties subgroup;
  vk::PhysicalDeviceShaderSMBuiltinsPropertiesNV sm;
  vk::PhysicalDeviceShaderCorePropertiesAMD amd;
  vk::PhysicalDeviceMemoryProperties memory;
};

// The names of what was enabled when a VkDevice was made.
struct Enabled {
  std::vector<std::string> features, extensions;
};

// A checksum of all of a device that a choice, a plan and a driver's binary depend on.
std::uint64_t IdentityOf(const DeviceProperties& device, const Enabled& enabled);

DeviceInfo InfoOf(const DeviceProperties& device);                         // features: subgroup operations; no extensions
DeviceInfo Describe(const Dispatch& dispatch, vk::PhysicalDevice device);  // with all features and extensions that it has

// The queue family to compute on: with timestamps where there is one. nullopt: none.
std::optional<std::uint32_t> ComputeFamily(const Dispatch& dispatch, vk::PhysicalDevice device);

}  // namespace hone
