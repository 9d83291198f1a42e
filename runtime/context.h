// A Vulkan device made ready for a program that has none: instance, device, queue, memory, submission, timing.
//
// Errors: Error for what a person must fix (no Vulkan, no such device, wrong call); DeviceError, with its outcome, for
// what the device could not do. After a kTimeout or kDeviceLost the device is not usable again (usable() is false),
// later calls throw the same, and the destructor gives up what it cannot wait for. Threads: any may call at any time; of
// two calls at once that touch the same bytes the caller sees to the order. Buffers and pipelines must not outlive it.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "db/device.h"
#include "db/kernel.h"
#include "runtime/arguments.h"
#include "runtime/device_error.h"
#include "runtime/handles.h"
#include "runtime/pipeline.h"
#include "runtime/ticket.h"

namespace hone {

// Every Vulkan device with a compute queue, in Vulkan's order. Empty: none. Errors: Error when there is no Vulkan
// loader.
std::vector<DeviceInfo> EnumerateDevices();

struct ContextOptions {
  // Which device: its index in EnumerateDevices(), or a part of its name (case ignored). Empty: the environment's
  // HONE_DEVICE, or else the best: discrete, integrated, virtual, other, cpu.
  std::string device;
  bool validation = false;      // VK_LAYER_KHRONOS_validation with synchronisation validation; see Context::Messages()
  bool cold_pipelines = false;  // no VkPipelineCache, so that pipeline creation can be timed
};

enum class MemoryKind {
  kDevice,    // where shaders are fastest
  kUpload,    // host writes in order, device reads
  kDownload,  // device writes, host reads (cached)
};

// A storage buffer with its memory. Freed by its destructor; the caller sees to it that no dispatch still uses it.
class GpuBuffer {
 public:
  GpuBuffer() = default;
  std::uint64_t bytes() const;  // as asked
  VkBuffer handle() const;
  void* mapped() const;  // nullptr where the host cannot see it
  Binding Range(std::uint64_t offset, std::uint64_t bytes) const;
  operator Binding() const;  // all of it
  explicit operator bool() const { return impl_ != nullptr; }

  struct Impl;
  explicit GpuBuffer(std::shared_ptr<Impl> impl) : impl_(std::move(impl)) {}
  Impl& impl() const { return *impl_; }

 private:
  std::shared_ptr<Impl> impl_;
};

class CommandRecorder;

// The buffers of one call, in the manifest's order. TimeNs takes several and rotates over them.
struct BindingSet {
  std::vector<Binding> buffers;
  Binding workspace;  // empty: the context's own
};

class Context {
 public:
  explicit Context(const ContextOptions& options = {});
  Context(Context&&) noexcept;
  ~Context();

  const DeviceInfo& info() const;
  bool usable() const;

  // bytes 0 gives a small buffer. Errors: DeviceError kOutOfDeviceMemory, kOutOfHostMemory; everything stays usable. What is
  // over the budget that VK_EXT_memory_budget tells is refused without asking the driver.
  GpuBuffer CreateBuffer(std::uint64_t bytes, MemoryKind kind = MemoryKind::kDevice);
  // Copies and fills finish before they return. Errors: Error when the range is outside the buffer.
  void Upload(const GpuBuffer& to, const void* from, std::uint64_t bytes, std::uint64_t offset = 0);
  void Download(const GpuBuffer& from, void* to, std::uint64_t bytes, std::uint64_t offset = 0);
  void Fill(const GpuBuffer& buffer, std::uint8_t byte);
  void Fill(const GpuBuffer& buffer, std::uint8_t byte, std::uint64_t offset, std::uint64_t bytes);

  // Makes a variant ready for one problem (integers; element types come from the binary).
  // Errors: Error for a problem outside the kernel's bounds or a module count that does not fit; DeviceError kOverLimit
  // for a missing feature, workgroup, shared memory, push constants or grid over a limit; DeviceError for what the
  // driver says.
  // parts: above 1, each dispatch in up to so many parts of its grid (vkCmdDispatchBase), so that a long one holds the device
  // for less at a time: Run and TimeNs wait for each part. Errors: kOverLimit, too, for more than MostParts.
  Pipeline CreatePipeline(const Binary& binary, const Values& problem, std::uint32_t parts = 1);
  // Into how many parts the longest dispatch can be divided; 1: it cannot be, for what it reads of gl_NumWorkGroups.
  std::uint32_t MostParts(const Binary& binary, const Values& problem) const;

  // Dispatches and waits. Errors: as Pipeline::Record; DeviceError kTimeout, kDeviceLost.
  static constexpr std::chrono::milliseconds kDefaultTimeout{10000};
  void Run(const Pipeline& pipeline, View<Binding> buffers, View<Scalar> scalars = {}, Binding workspace = {},
           std::chrono::milliseconds timeout = kDefaultTimeout);

  // Several steps in one submission (but a divided dispatch: one a part): `record` adds them, then they run in order, and this
  // waits. Returns the GPU time of its DispatchTimed in nanoseconds; 0: there is none, or the queue has no timestamps.
  // Errors: as Run; what `record` throws.
  double Run(const std::function<void(CommandRecorder&)>& record, std::chrono::milliseconds timeout = kDefaultTimeout);

  // Dispatches and returns at once. Submissions run in the order they were made, each sees what earlier ones wrote; Run waits
  // for them first, Upload, Download and Fill for those that were given their buffer: with others they overlap. Buffers must
  // live until the ticket is done. Errors: as Pipeline::Record.
  Ticket Submit(const Pipeline& pipeline, View<Binding> buffers, View<Scalar> scalars = {}, Binding workspace = {});

  // GPU time of a dispatch in nanoseconds, `samples` times: each sample is two timestamps around `dispatches` dispatches,
  // a full compute barrier before each, divided by their number. Rotates over `sets` from dispatch to dispatch, all
  // samples through. `timeout` is for each submission; one holds 64 dispatches, or one sample of more. Errors: as Run.
  std::vector<double> TimeNs(const Pipeline& pipeline, const std::vector<BindingSet>& sets, View<Scalar> scalars, int samples,
                             int dispatches = 1, std::chrono::milliseconds timeout = kDefaultTimeout);

  // What the validation layer and the driver have said since the last call, oldest first (warnings and errors).
  std::vector<std::string> Messages();

  // Bytes of device-local memory that can still be allocated, as VK_EXT_memory_budget or the heap's size tells.
  std::uint64_t FreeDeviceBytes() const;

  VkInstance instance() const;
  VkPhysicalDevice physical_device() const;
  VkDevice device() const;
  VkQueue queue() const;
  std::uint32_t queue_family() const;

  struct Impl;
  Impl& impl() const { return *impl_; }  // for the other files of runtime/

 private:
  std::unique_ptr<Impl> impl_;
};

// The steps of one Context::Run. Each sees what the steps before it wrote.
class CommandRecorder {
 public:
  // offset, bytes: multiples of 4. Errors: Error when the range is outside the buffer.
  void Fill(const GpuBuffer& buffer, std::uint8_t byte, std::uint64_t offset, std::uint64_t bytes);
  void Copy(const GpuBuffer& from, std::uint64_t from_offset, const GpuBuffer& to, std::uint64_t to_offset,
            std::uint64_t bytes);
  void Dispatch(const Pipeline& pipeline, View<Binding> buffers, View<Scalar> scalars = {}, Binding workspace = {});
  void DispatchTimed(const Pipeline& pipeline, View<Binding> buffers, View<Scalar> scalars = {},
                     Binding workspace = {});  // once

 private:
  friend class Context;
  CommandRecorder(Context::Impl& context, VkCommandBuffer commands, std::chrono::milliseconds timeout)
      : context_(context), commands_(commands), timeout_(timeout) {}
  Context::Impl& context_;
  VkCommandBuffer commands_;
  std::chrono::milliseconds timeout_;
  bool timed_ = false, timing_ = false;  // something is; what is recorded now is
  double ticks_ = 0;                     // of its parts that have finished
};

}  // namespace hone
