// Private to runtime/: one VkDevice, ours or the application's, with what pipelines on it share.
#pragma once

#include <compare>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "db/device.h"
#include "db/hash.h"
#include "runtime/flat_plan.h"
#include "runtime/instance.h"
#include "runtime/vulkan.h"

struct VmaAllocator_T;

namespace hone {

struct Gpu;
struct DescriptorHeap;

// A VkPipeline, shared by every Pipeline that needs the same one (one variant loaded for many problems).
struct ComputePipeline {
  ComputePipeline(std::shared_ptr<Gpu> owner, vk::Pipeline made) : gpu(std::move(owner)), handle(made) {}
  ~ComputePipeline();
  ComputePipeline(const ComputePipeline&) = delete;
  ComputePipeline& operator=(const ComputePipeline&) = delete;

  std::shared_ptr<Gpu> gpu;
  vk::Pipeline handle;
};

struct PipelineLayout {
  vk::DescriptorSetLayout set;
  vk::PipelineLayout layout;
  vk::DescriptorUpdateTemplate descriptors;  // from one VkDescriptorBufferInfo a binding; null where nothing is bound
};

// What makes two VkPipelines equal.
struct PipelineKey {
  Hash module;
  std::uint32_t bindings = 0, push_bytes = 0, subgroup_size = 0;
  std::vector<std::byte> specialization;
  bool divided = false;
  auto operator<=>(const PipelineKey&) const = default;
};

// A module as the driver takes it. Owns nothing.
struct Code {
  Code(const Hash& of, std::span<const std::uint32_t> spirv) : hash(of), words(spirv) {}
  Code(const Module& module) : hash(module.hash), words(module.words) {}  // NOLINT: a module is code

  Hash hash;
  std::span<const std::uint32_t> words;
};

struct Gpu : std::enable_shared_from_this<Gpu> {
  Gpu();
  ~Gpu();  // destroys what hone made; the VkDevice only where it is ours
  Gpu(const Gpu&) = delete;
  Gpu& operator=(const Gpu&) = delete;

  // After d and the handles are known. What the application says to have enabled is not held against what the device has,
  // which its VkDevice could not have been made without: to ask takes long.
  void Finish(const DeviceProperties& properties, Enabled names);

  PipelineLayout LayoutFor(std::uint32_t bindings, std::uint32_t push_bytes);
  // Where the driver's own form of a pipeline is kept: find gives "" where it is not, then put takes what the driver made.
  struct Keeper {
    std::function<std::string()> find;
    std::function<void(const std::string&)> put;
  };
  // kept: the driver's own form, where it is at hand; else the keeper is asked, where there is one.
  std::shared_ptr<ComputePipeline> PipelineFor(const Code& code, const FlatPass& setup, const PipelineLayout& layout,
                                               std::uint32_t bindings, std::uint32_t push_bytes, std::string_view kept,
                                               const Keeper* keeper);
  // flags: for the diagnostic pipeline of Properties(). Errors: DeviceError.
  vk::Pipeline Make(const Code& code, const FlatPass& setup, vk::PipelineLayout layout, vk::PipelineCache with,
                    vk::PipelineCreateFlags flags = {}) const;
  // The same from what a driver kept of it earlier (VkPipelineCache data), and with what is to be kept in `data`.
  vk::Pipeline MakeFrom(const Code& code, const FlatPass& setup, vk::PipelineLayout layout, std::string_view kept) const;
  vk::Pipeline MakeKept(const Code& code, const FlatPass& setup, vk::PipelineLayout layout, std::string& data);

  // Every function: in `d` a Library on an application's device has only those that loading and recording take.
  const Dispatch& All();

  // Made when it is first asked for: a start does without.
  const DeviceInfo& info() const;

  Dispatch d;
  vk::PhysicalDevice physical;
  vk::Device device;
  Enabled enabled;
  std::uint64_t identity = 0;  // IdentityOf it
  vk::Instance application;    // its instance; null: the device is ours
  bool push_descriptors = false;
  std::uint64_t alignment = 256;                // minStorageBufferOffsetAlignment
  vk::PipelineCache cache;                      // may be null
  std::unique_ptr<DescriptorHeap> descriptors;  // where push descriptors are missing

  // Ours only.
  std::shared_ptr<Instance> instance;  // null: the device is the application's
  VmaAllocator_T* memory = nullptr;
  std::vector<std::uint32_t> families;  // of its queues; buffers are shared by them
  bool abandoned = false;               // hung or lost: nothing can be waited for or destroyed safely

 private:
  vk::DescriptorUpdateTemplate MakeTemplate(const PipelineLayout& of, std::uint32_t bindings) const;

  std::once_flag resolved_;
  std::optional<Dispatch> all_;
  mutable std::once_flag described_;
  mutable std::optional<DeviceInfo> info_;
  std::mutex mutex_;
  std::map<std::pair<std::uint32_t, std::uint32_t>, PipelineLayout> layouts_;
  std::map<PipelineKey, std::weak_ptr<ComputePipeline>> pipelines_;
};

// Descriptor sets for devices without push descriptors. Grows, never waits; Release() when the caller knows that no
// recorded command buffer is in use any more.
struct DescriptorHeap {
  explicit DescriptorHeap(Gpu& owner) : gpu(owner), d(owner.All()) {}
  ~DescriptorHeap();
  vk::DescriptorSet Allocate(vk::DescriptorSetLayout layout);
  void Release();

  Gpu& gpu;
  const Dispatch& d;
  std::mutex mutex;
  std::vector<vk::DescriptorPool> full, spare;
  vk::DescriptorPool current;
};

}  // namespace hone
