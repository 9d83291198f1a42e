// Private to runtime/: Vulkan-Hpp, as little of it as we use, with a dispatch table per device instead of linked
// functions.
#pragma once

#define VK_NO_PROTOTYPES
#define VULKAN_HPP_DISPATCH_LOADER_DYNAMIC 1
#define VULKAN_HPP_NO_CONSTRUCTORS
#define VULKAN_HPP_NO_SETTERS
#define VULKAN_HPP_NO_SMART_HANDLE
#define VULKAN_HPP_NO_SPACESHIP_OPERATOR
#include <vulkan/vulkan.hpp>

#include <string_view>
#include <utility>

#include "runtime/device_error.h"
#include "runtime/dispatch.h"

namespace hone {

// A failed call as our own error: "DOING: out of device memory". Errors: always.
[[noreturn]] void FailVulkan(vk::Result result, std::string_view doing);
Outcome OutcomeOf(vk::Result result);
void Check(vk::Result result, std::string_view doing);  // nothing on eSuccess
inline void Check(VkResult result, std::string_view doing) { Check(static_cast<vk::Result>(result), doing); }

// Runs `call`, turning Vulkan-Hpp's exceptions into ours.
template <typename Call>
auto Guard(std::string_view doing, Call&& call) -> decltype(call()) {
  try {
    return std::forward<Call>(call)();
  } catch (const vk::SystemError& error) {
    FailVulkan(static_cast<vk::Result>(error.code().value()), doing);
  }
}

}  // namespace hone
