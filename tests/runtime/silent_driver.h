// A Vulkan driver that makes nothing and notes what it was asked: for tests of what the runtime asks, and for the runtime's own
// share of a start.
#pragma once

#include <algorithm>
#include <cstring>
#include <map>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <vector>

#include "runtime/library.h"
#include "runtime/vulkan.h"

namespace hone::test::silent {

inline std::vector<const char*> calls;  // functions, in order; reserve room where an allocation would be seen

inline constexpr std::uint8_t kUuid = 0x5a;
inline constexpr std::uint32_t kVendor = 0xf00, kDevice = 7;

struct Name {
  template <std::size_t N>
  consteval Name(const char (&name)[N]) {  // NOLINT: a literal is a name
    std::copy_n(name, N, text);
  }
  char text[64] = {};
};

template <typename Function, Name kName>
struct Stub;
// What a function makes comes last: some handle that is not null.
template <typename Result, typename... Arguments, Name kName>
struct Stub<Result (*)(Arguments...), kName> {
  static Result Call(Arguments... arguments) {
    calls.push_back(kName.text);
    Make(std::get<sizeof...(Arguments) - 1>(std::tuple(arguments...)));
    if constexpr (!std::is_void_v<Result>) return Result{};
  }
  template <typename Handle>
  static void Make(Handle** made) {
    static char nothing;
    *made = reinterpret_cast<Handle*>(&nothing);
  }
  static void Make(...) {}
};

inline void GetProperties(VkPhysicalDevice, VkPhysicalDeviceProperties* properties) {
  calls.push_back("vkGetPhysicalDeviceProperties");
  *properties = {.apiVersion = VK_API_VERSION_1_3, .driverVersion = 1, .vendorID = kVendor, .deviceID = kDevice};
  std::strcpy(properties->deviceName, "silent");
  std::memset(properties->pipelineCacheUUID, kUuid, VK_UUID_SIZE);
  VkPhysicalDeviceLimits& limits = properties->limits;
  limits.maxComputeWorkGroupInvocations = 1024;
  for (int i = 0; i < 3; ++i) limits.maxComputeWorkGroupSize[i] = 1024, limits.maxComputeWorkGroupCount[i] = 65535;
  limits.maxComputeSharedMemorySize = 32 << 10;
  limits.maxStorageBufferRange = 1 << 30;
  limits.maxPushConstantsSize = 256;
  limits.maxPerStageDescriptorStorageBuffers = limits.maxDescriptorSetStorageBuffers = limits.maxPerStageResources = 16;
  limits.minStorageBufferOffsetAlignment = 16;
}

inline void GetProperties2(VkPhysicalDevice device, VkPhysicalDeviceProperties2* properties) {
  GetProperties(device, &properties->properties);
  calls.back() = "vkGetPhysicalDeviceProperties2";
}

// A header of this very driver and nothing behind it.
inline VkResult GetCacheData(VkDevice, VkPipelineCache, std::size_t* size, void* data) {
  calls.push_back("vkGetPipelineCacheData");
  VkPipelineCacheHeaderVersionOne header{.headerSize = sizeof header,
                                         .headerVersion = VK_PIPELINE_CACHE_HEADER_VERSION_ONE,
                                         .vendorID = kVendor,
                                         .deviceID = kDevice};
  std::memset(header.pipelineCacheUUID, kUuid, VK_UUID_SIZE);
  if (data) std::memcpy(data, &header, sizeof header);
  *size = sizeof header;
  return VK_SUCCESS;
}

PFN_vkVoidFunction Find(const char* name);
inline PFN_vkVoidFunction FindOfInstance(VkInstance, const char* name) { return Find(name); }
inline PFN_vkVoidFunction FindOfDevice(VkDevice, const char* name) { return Find(name); }

inline PFN_vkVoidFunction Find(const char* name) {
#define HONE_STUB(name) {#name, reinterpret_cast<PFN_vkVoidFunction>(&Stub<PFN_##name, #name>::Call)},
  static const std::map<std::string_view, PFN_vkVoidFunction> functions = [] {
    std::map<std::string_view, PFN_vkVoidFunction> all{HONE_IDENTITY_FUNCTIONS(HONE_STUB) HONE_PIPELINE_FUNCTIONS(HONE_STUB)};
    all["vkGetDeviceProcAddr"] = reinterpret_cast<PFN_vkVoidFunction>(&FindOfDevice);
    all["vkGetPhysicalDeviceProperties"] = reinterpret_cast<PFN_vkVoidFunction>(&GetProperties);
    all["vkGetPhysicalDeviceProperties2"] = reinterpret_cast<PFN_vkVoidFunction>(&GetProperties2);
    all["vkGetPipelineCacheData"] = reinterpret_cast<PFN_vkVoidFunction>(&GetCacheData);
    return all;
  }();
#undef HONE_STUB
  const auto found = functions.find(name);
  return found == functions.end() ? nullptr : found->second;
}

// A device of this driver, with push descriptors.
inline DeviceHandles Handles() {
  static char any;
  return {.instance = reinterpret_cast<VkInstance>(&any),
          .physical_device = reinterpret_cast<VkPhysicalDevice>(&any),
          .device = reinterpret_cast<VkDevice>(&any),
          .extensions = {"VK_KHR_push_descriptor"},
          .get_instance_proc_addr = reinterpret_cast<GetInstanceProcAddr>(&FindOfInstance)};
}

inline VkCommandBuffer Commands() { return reinterpret_cast<VkCommandBuffer>(Handles().instance); }
inline VkBuffer Buffer() { return reinterpret_cast<VkBuffer>(Handles().instance); }

}  // namespace hone::test::silent
