// RequiredFeatures and EnabledFeatures: before the application makes its VkDevice.
#include <algorithm>

#include "db/store.h"
#include "runtime/features.h"
#include "runtime/instance.h"
#include "runtime/library.h"

namespace hone {
namespace {

void Add(const Kernel& kernel, Requirements& all) {
  const Requires needs = NeedsOfAny(kernel);
  all.features.insert(needs.features.begin(), needs.features.end());
  all.extensions.insert(needs.extensions.begin(), needs.extensions.end());
  for (const auto& pattern : kernel.patterns) {
    const auto implied = ImpliedFeatures(pattern);
    all.features.insert(implied.begin(), implied.end());
  }
}

// The extension whose structure holds the feature; "" for core features.
std::string ExtensionOf(const std::string& feature, std::uint32_t api_version) {
  if (FeatureChain(api_version, {}).Set(feature)) return "";
  for (const auto& extension : ComputeExtensions()) {
    if (FeatureChain(api_version, {extension}).Set(feature)) return extension;
  }
  return "";
}

}  // namespace

Requirements RequiredFeatures(const DatabaseSource& database, VkInstance instance, VkPhysicalDevice physical_device,
                              GetInstanceProcAddr get_instance_proc_addr) {
  Dispatch dispatch;
  dispatch.init(get_instance_proc_addr ? reinterpret_cast<PFN_vkGetInstanceProcAddr>(get_instance_proc_addr) : SystemLoader());
  dispatch.init(instance);
  const DeviceInfo device = Describe(dispatch, physical_device);
  Requirements all{.api_version = device.api_version};
  for (const auto& kernel : database.Open().Kernels()) Add(kernel, all);
  all.extensions.insert("VK_KHR_push_descriptor");
  all.features.insert("hostQueryReset");  // for AdaptivePipeline
  std::erase_if(all.features, [&](const auto& name) { return !device.features.contains(name) || IsSubgroupOperation(name); });
  for (const auto& feature : all.features) {
    if (auto extension = ExtensionOf(feature, device.api_version); !extension.empty()) all.extensions.insert(extension);
  }
  std::erase_if(all.extensions, [&](const auto& name) { return !device.extensions.contains(name); });
  return all;
}

struct EnabledFeatures::Impl {
  explicit Impl(const Requirements& requirements)
      : extensions(requirements.extensions), chain(requirements.api_version, extensions) {
    for (const auto& name : extensions) names.push_back(name.c_str());
    for (const auto& name : requirements.features) chain.Set(name);
  }
  std::set<std::string> extensions;
  FeatureChain chain;
  std::vector<const char*> names;
};

EnabledFeatures::EnabledFeatures(const Requirements& requirements) : impl_(std::make_unique<Impl>(requirements)) {}
EnabledFeatures::~EnabledFeatures() = default;
void* EnabledFeatures::chain() { return &impl_->chain.head(); }
const std::vector<const char*>& EnabledFeatures::extension_names() const { return impl_->names; }

}  // namespace hone
