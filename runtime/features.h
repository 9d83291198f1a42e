// Private to runtime/: the device features and extensions hone knows, by name.
//
// One table (features.cpp) says which Vulkan structure holds each name; from it come DeviceInfo::features, what Context
// enables, and what RequiredFeatures asks an application to enable.
#pragma once

#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/vulkan.h"

namespace hone {

// Every feature structure of the table, linked into one pNext chain where the device knows the structure.
class FeatureChain {
 public:
  // api_version and extensions: the device's; they decide which structures are linked.
  FeatureChain(std::uint32_t api_version, const std::set<std::string>& extensions);
  ~FeatureChain();
  FeatureChain(const FeatureChain&) = delete;
  FeatureChain& operator=(const FeatureChain&) = delete;

  vk::PhysicalDeviceFeatures2& head();            // for vkGetPhysicalDeviceFeatures2 and VkDeviceCreateInfo::pNext
  std::set<std::string> Names() const;            // what is on
  bool Set(std::string_view name);                // false: not a name of the table, or its structure is not linked
  void KeepTable();                               // turns off every feature that is not in the table
  void TakeFrom(const VkDeviceCreateInfo& info);  // adds what somebody else's chain has on

 private:
  friend const std::vector<std::string>& ComputeExtensions();
  struct Structures;
  std::unique_ptr<Structures> all_;
};

// "subgroupArithmetic" and the like: listed with the features by us, nothing to enable in Vulkan.
bool IsSubgroupOperation(std::string_view name);

// Device extensions that add something to compute shaders or to this runtime; Context enables those the device has.
const std::vector<std::string>& ComputeExtensions();

}  // namespace hone
