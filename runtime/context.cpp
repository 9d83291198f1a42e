#include "runtime/context.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cstdlib>
#include <optional>

#include "runtime/context_impl.h"
#include "runtime/divide.h"
#include "runtime/features.h"
#include "runtime/pipeline_impl.h"
#include "runtime/transfers.h"

namespace hone {
namespace {

std::string Lower(std::string text) {
  std::ranges::transform(text, text.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

int Rank(const DeviceInfo& info) {
  static const std::vector<std::string> order{"discrete", "integrated", "virtual", "other", "cpu"};
  return static_cast<int>(std::ranges::find(order, info.type) - order.begin());
}

// The index into `devices` that the selector means. Errors: Error lists what there is.
std::size_t Choose(const std::vector<DeviceInfo>& devices, std::string selector) {
  if (devices.empty())
    throw Error("Vulkan: no device with Vulkan 1.2 and a compute queue (install a driver, or mesa-vulkan-drivers for the CPU)");
  const char* environment = std::getenv("HONE_DEVICE");
  if (selector.empty() && environment) selector = environment;
  if (selector.empty()) {
    const auto best = std::ranges::min_element(devices, {}, Rank);
    return static_cast<std::size_t>(best - devices.begin());
  }
  std::size_t index = 0;
  const auto [end, error] = std::from_chars(selector.data(), selector.data() + selector.size(), index);
  if (error == std::errc{} && end == selector.data() + selector.size() && index < devices.size()) return index;
  for (std::size_t i = 0; i < devices.size(); ++i) {
    if (Lower(devices[i].name).find(Lower(selector)) != std::string::npos) return i;
  }
  std::string list;
  for (std::size_t i = 0; i < devices.size(); ++i) {
    list += (i ? ", " : "") + std::to_string(i) + ": " + devices[i].name;
  }
  throw Error("device '" + selector + "': there is none of that number or name (there are " + list + ")");
}

// A queue family for copies alone, which are the device's copy engines; nullopt: there is none.
std::optional<std::uint32_t> TransferFamily(const Gpu& gpu) {
  const auto families = gpu.physical.getQueueFamilyProperties(gpu.d);
  const auto others = vk::QueueFlagBits::eGraphics | vk::QueueFlagBits::eCompute;
  for (std::uint32_t i = 0; i < families.size(); ++i) {
    const auto flags = families[i].queueFlags;
    if ((flags & vk::QueueFlagBits::eTransfer) && !(flags & others)) return i;
  }
  return std::nullopt;
}

// A VkDevice with every feature and compute extension that hone knows and the device has, and a queue of each family in
// gpu.families. has: what the device has.
Enabled CreateDevice(Gpu& gpu, const DeviceInfo& has) {
  std::vector<std::string> extensions;
  std::vector<const char*> names;
  for (const auto& name : ComputeExtensions()) {
    if (!has.extensions.contains(name)) continue;
    extensions.push_back(name);
    names.push_back(name.c_str());
  }
  FeatureChain chain(has.api_version, {extensions.begin(), extensions.end()});
  gpu.physical.getFeatures2(&chain.head(), gpu.d);
  chain.KeepTable();
  const float priority = 1;
  std::vector<vk::DeviceQueueCreateInfo> queues;
  for (const std::uint32_t family : gpu.families) {
    queues.push_back({.queueFamilyIndex = family, .queueCount = 1, .pQueuePriorities = &priority});
  }
  gpu.device = Guard("Vulkan: create device", [&] {
    return gpu.physical.createDevice({.pNext = &chain.head(),
                                      .queueCreateInfoCount = static_cast<std::uint32_t>(queues.size()),
                                      .pQueueCreateInfos = queues.data(),
                                      .enabledExtensionCount = static_cast<std::uint32_t>(names.size()),
                                      .ppEnabledExtensionNames = names.data()},
                                     nullptr, gpu.d);
  });
  gpu.d.init(gpu.device);
  const auto features = chain.Names();
  return {{features.begin(), features.end()}, std::move(extensions)};
}

}  // namespace

std::vector<DeviceInfo> EnumerateDevices() {
  const Instance instance(false);
  std::vector<DeviceInfo> devices;
  for (auto device : instance.ComputeDevices()) devices.push_back(Describe(instance.dispatch(), device));
  return devices;
}

Context::Impl::Impl(const ContextOptions& options) : gpu(std::make_shared<Gpu>()) {
  gpu->instance = std::make_shared<Instance>(options.validation);
  gpu->d = gpu->instance->dispatch();
  const auto physical = gpu->instance->ComputeDevices();
  std::vector<DeviceInfo> devices;
  for (auto device : physical) devices.push_back(Describe(gpu->d, device));
  const std::size_t chosen = Choose(devices, options.device);
  gpu->physical = physical[chosen];
  family = *ComputeFamily(gpu->d, gpu->physical);
  transfer_family = TransferFamily(*gpu).value_or(family);
  gpu->families = {family};
  if (transfer_family != family) gpu->families.push_back(transfer_family);
  Enabled enabled = CreateDevice(*gpu, devices[chosen]);
  gpu->Finish(DeviceProperties(gpu->d, gpu->physical), std::move(enabled));
  gpu->memory = CreateAllocator(*gpu);

  const Dispatch& d = gpu->d;
  const std::uint32_t bits = gpu->physical.getQueueFamilyProperties(d)[family].timestampValidBits;
  timestamp_mask = bits >= 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << bits) - 1;
  Guard("Vulkan: create queue objects", [&] {
    queue = gpu->device.getQueue(family, 0, d);
    transfer_queue = gpu->device.getQueue(transfer_family, 0, d);
    if (!options.cold_pipelines) gpu->cache = gpu->device.createPipelineCache({}, nullptr, d);
    pool = gpu->device.createCommandPool(
        {.flags = vk::CommandPoolCreateFlagBits::eResetCommandBuffer, .queueFamilyIndex = family}, nullptr, d);
    commands = gpu->device.allocateCommandBuffers({.commandPool = pool, .commandBufferCount = 1}, d).front();
    fence = gpu->device.createFence({}, nullptr, d);
  });
}

Context::Impl::~Impl() {
  if (gpu->abandoned) return;
  const Dispatch& d = gpu->d;
  const bool waits = timeline || made_transfers;  // for submissions nobody waited for, for a copy that an error left
  if (waits && d.vkDeviceWaitIdle(gpu->device) != VK_SUCCESS) return;
  in_flight.clear();
  timeline.reset();
  workspace = {};
  made_transfers.reset();
  gpu->device.destroyQueryPool(queries, nullptr, d);
  gpu->device.destroyFence(fence, nullptr, d);
  gpu->device.destroyCommandPool(pool, nullptr, d);
}

Context::Context(const ContextOptions& options) : impl_(std::make_unique<Impl>(options)) {}
Context::Context(Context&&) noexcept = default;
Context::~Context() = default;

const DeviceInfo& Context::info() const { return impl_->gpu->info(); }
bool Context::usable() const { return impl_->failed == Outcome::kOk; }
std::vector<std::string> Context::Messages() { return impl_->gpu->instance->TakeMessages(); }
std::uint64_t Context::FreeDeviceBytes() const { return hone::FreeDeviceBytes(*impl_->gpu); }
VkInstance Context::instance() const { return impl_->gpu->instance->handle(); }
VkPhysicalDevice Context::physical_device() const { return impl_->gpu->physical; }
VkDevice Context::device() const { return impl_->gpu->device; }
VkQueue Context::queue() const { return impl_->queue; }
std::uint32_t Context::queue_family() const { return impl_->family; }

Pipeline Context::CreatePipeline(const Binary& binary, const Values& problem, std::uint32_t parts) {
  impl_->RequireUsable();
  auto begun = std::make_shared<Pipeline::Impl>();
  Plan plan = MakePlan(binary, problem, info());
  if (parts > 1) Divide(plan, binary, parts);
  begun->plan = Flatten(plan);
  begun->variant = std::make_shared<const LazyVariant>(Variant{binary, std::move(plan.problem), ""});
  return MakePipeline(impl_->gpu, std::move(begun), CodesOf(binary));
}

std::uint32_t Context::MostParts(const Binary& binary, const Values& problem) const {
  return hone::MostParts(MakePlan(binary, problem, info()), binary);
}

GpuBuffer Context::CreateBuffer(std::uint64_t bytes, MemoryKind kind) {
  impl_->RequireUsable();
  return GpuBuffer(std::make_shared<GpuBuffer::Impl>(impl_->gpu, bytes, kind));
}

std::uint64_t GpuBuffer::bytes() const { return impl_ ? impl_->bytes : 0; }
VkBuffer GpuBuffer::handle() const { return impl_ ? VkBuffer(impl_->handle) : VkBuffer{}; }
void* GpuBuffer::mapped() const { return impl_ ? impl_->mapped : nullptr; }

GpuBuffer::operator Binding() const { return impl_ ? Binding{impl_->handle, 0, impl_->bytes} : Binding{}; }

Binding GpuBuffer::Range(std::uint64_t offset, std::uint64_t bytes) const {
  if (offset > this->bytes() || bytes > this->bytes() - offset) {
    throw Error("a range of " + std::to_string(bytes) + " bytes at " + std::to_string(offset) + " of a buffer of " +
                std::to_string(this->bytes()));
  }
  return {handle(), offset, bytes};
}

}  // namespace hone
