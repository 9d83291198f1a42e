// A variant ready to dispatch on one device for one problem: modules made into VkPipelines, every formula already a
// number.
//
// Made by Context::CreatePipeline or Library::Load; a cheap handle (copies share). It must not outlive its VkDevice.
// Threads: every const function may be called from any number of threads at once; a command buffer belongs to one
// thread, as in Vulkan.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "db/kernel.h"
#include "runtime/arguments.h"
#include "runtime/device_error.h"
#include "runtime/handles.h"
#include "runtime/match.h"

namespace hone {

class Pipeline {
 public:
  Pipeline() = default;  // empty: only to be assigned to
  explicit operator bool() const { return impl_ != nullptr; }

  const Binary& binary() const;
  const Values& problem() const;  // integers and element types

  // Bytes that Record needs at least for the kernel's buffer `index` (its place in the manifest). May be 0.
  std::uint64_t BufferBytes(std::size_t index) const;
  // One buffer for all of the pattern's workspaces, contents undefined before and after. 0: none needed. Its offset
  // must be a multiple of WorkspaceAlignment(), as every binding's.
  std::uint64_t WorkspaceBytes() const;
  std::uint64_t WorkspaceAlignment() const;  // minStorageBufferOffsetAlignment

  // Writes the passes into a command buffer that is recording: binds, push constants, dispatches, and the barriers
  // between the passes. No barrier before the first or after the last: what surrounds is the caller's. Makes, submits
  // and allocates nothing where the device pushes descriptors (VK_KHR_push_descriptor); elsewhere a descriptor set, see
  // Library. buffers: the kernel's, in the manifest's order. scalars: every push constant without a formula. workspace:
  // WorkspaceBytes(). Errors: Error, before anything is recorded, for a missing binding, one too small or misaligned, a
  // missing, unknown or repeated scalar, a missing workspace.
  void Record(VkCommandBuffer command_buffer, View<Binding> buffers, View<Scalar> scalars = {}, Binding workspace = {}) const;

  std::size_t dispatch_count() const;  // vkCmdDispatch calls that Record makes (passes skipped by `when` or empty grids: none)

  // What the driver tells of its compilation: {"registers": 32, "Binary Size": …} by
  // VK_KHR_pipeline_executable_properties, the greatest over the passes. Empty where the device lacks it. Slow: makes
  // every VkPipeline again, with capture on.
  std::map<std::string, double> Properties() const;

  // What the driver made of each pass, to be stored (Store::PutPipelineBinary under the key "VkPipelineCache") for
  // faster starts. Empty text for passes that this problem skips. Slow: makes every VkPipeline again.
  std::vector<std::string> DriverBinaries() const;

  // How and why Library chose this variant: the rung of its ladder, and one line. kExact and "" when it was not a
  // Library.
  Match match() const;
  std::string Explain() const;

  struct Impl;
  explicit Pipeline(std::shared_ptr<const Impl> impl) : impl_(std::move(impl)) {}
  const Impl& impl() const { return *impl_; }  // for the other files of runtime/

 private:
  std::shared_ptr<const Impl> impl_;
};

}  // namespace hone
