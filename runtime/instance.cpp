#include "runtime/instance.h"

#include <dlfcn.h>

#include <algorithm>
#include <array>
#include <cstring>

namespace hone {
namespace {

constexpr const char* kValidationLayer = "VK_LAYER_KHRONOS_validation";
constexpr std::size_t kMaxMessages = 1000;  // a chatty layer must not eat the memory

VKAPI_ATTR vk::Bool32 VKAPI_CALL OnMessage(vk::DebugUtilsMessageSeverityFlagBitsEXT, vk::DebugUtilsMessageTypeFlagsEXT,
                                           const vk::DebugUtilsMessengerCallbackDataEXT* data, void* user) {
  static_cast<Instance*>(user)->AddMessage(data->pMessage ? data->pMessage : "(no text)");
  return VK_FALSE;
}

bool HasLayer(const Dispatch& dispatch, const char* name) {
  auto layers = vk::enumerateInstanceLayerProperties(dispatch);
  return std::ranges::any_of(layers, [&](const auto& layer) { return !std::strcmp(layer.layerName, name); });
}

}  // namespace

PFN_vkGetInstanceProcAddr SystemLoader() {
  static const auto function = [] {
    for (const char* file : {"libvulkan.so.1", "libvulkan.so"}) {
      if (void* library = dlopen(file, RTLD_NOW | RTLD_LOCAL)) {
        return reinterpret_cast<PFN_vkGetInstanceProcAddr>(dlsym(library, "vkGetInstanceProcAddr"));
      }
    }
    return PFN_vkGetInstanceProcAddr{};
  }();
  if (!function) throw Error("Vulkan: no loader (libvulkan.so.1) on this machine (install the package libvulkan1)");
  return function;
}

Instance::Instance(bool validation) {
  dispatch_.init(SystemLoader());
  std::vector<const char*> layers;
  std::vector<const char*> extensions;
  const std::array enabled{vk::ValidationFeatureEnableEXT::eSynchronizationValidation};
  vk::ValidationFeaturesEXT features{.enabledValidationFeatureCount = enabled.size(),
                                     .pEnabledValidationFeatures = enabled.data()};
  vk::DebugUtilsMessengerCreateInfoEXT messenger{
      .messageSeverity = vk::DebugUtilsMessageSeverityFlagBitsEXT::eWarning | vk::DebugUtilsMessageSeverityFlagBitsEXT::eError,
      .messageType = vk::DebugUtilsMessageTypeFlagBitsEXT::eValidation | vk::DebugUtilsMessageTypeFlagBitsEXT::ePerformance,
      .pfnUserCallback = &OnMessage,
      .pUserData = this};
  vk::ApplicationInfo application{.pEngineName = "hone", .apiVersion = VK_API_VERSION_1_3};
  vk::InstanceCreateInfo info{.pApplicationInfo = &application};
  Guard("Vulkan: create instance", [&] {
    if (validation) {
      if (!HasLayer(dispatch_, kValidationLayer)) {
        throw Error("Vulkan: the layer VK_LAYER_KHRONOS_validation is missing (install vulkan-validationlayers)");
      }
      layers.push_back(kValidationLayer);
      extensions.insert(extensions.end(), {VK_EXT_DEBUG_UTILS_EXTENSION_NAME, VK_EXT_VALIDATION_FEATURES_EXTENSION_NAME});
      info.pNext = &messenger;
      messenger.pNext = &features;
    }
    info.enabledLayerCount = static_cast<std::uint32_t>(layers.size());
    info.ppEnabledLayerNames = layers.data();
    info.enabledExtensionCount = static_cast<std::uint32_t>(extensions.size());
    info.ppEnabledExtensionNames = extensions.data();
    instance_ = vk::createInstance(info, nullptr, dispatch_);
    dispatch_.init(instance_);
    messenger.pNext = nullptr;
    if (validation) messenger_ = instance_.createDebugUtilsMessengerEXT(messenger, nullptr, dispatch_);
  });
}

Instance::~Instance() {
  if (messenger_) instance_.destroyDebugUtilsMessengerEXT(messenger_, nullptr, dispatch_);
  instance_.destroy(nullptr, dispatch_);
}

std::vector<vk::PhysicalDevice> Instance::ComputeDevices() const {
  auto devices = Guard("Vulkan: list devices", [&] { return instance_.enumeratePhysicalDevices(dispatch_); });
  std::erase_if(devices, [&](vk::PhysicalDevice device) {
    return device.getProperties(dispatch_).apiVersion < VK_API_VERSION_1_2 || !ComputeFamily(dispatch_, device);
  });
  return devices;
}

std::vector<std::string> Instance::TakeMessages() {
  std::lock_guard lock(mutex_);
  std::vector<std::string> taken(messages_.begin(), messages_.end());
  messages_.clear();
  return taken;
}

void Instance::AddMessage(std::string text) {
  std::lock_guard lock(mutex_);
  if (messages_.size() == kMaxMessages) messages_.pop_front();
  messages_.push_back(std::move(text));
}

std::optional<std::uint32_t> ComputeFamily(const Dispatch& dispatch, vk::PhysicalDevice device) {
  auto families = device.getQueueFamilyProperties(dispatch);
  std::optional<std::uint32_t> best;
  for (std::uint32_t i = 0; i < families.size(); ++i) {
    if (!(families[i].queueFlags & vk::QueueFlagBits::eCompute)) continue;
    if (!best || families[i].timestampValidBits > families[*best].timestampValidBits) best = i;
  }
  return best;
}

}  // namespace hone
