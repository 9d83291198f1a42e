// Tuned kernels from a database, on the application's own Vulkan device.
//
//   hone::Library library{"tuned.db", {.instance = i, .physical_device = p, .device = d, .created_with = &info}};
//   hone::Pipeline axpy = library.Load("axpy", {{"n", n}});
//   axpy.Record(command_buffer, {{x, 0, 4 * n}, {y, 0, 4 * n}}, {{"a", 2.5f}});
//
// No submission, no queue, no device memory: those are the application's. The database is opened read-only; every
// module is checked before the driver sees it. Threads: any number may Load, Prewarm and record at once.
// Pipelines may outlive the Library, not the VkDevice.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "db/device.h"
#include "db/values.h"
#include "runtime/database_source.h"
#include "runtime/handles.h"
#include "runtime/match.h"
#include "runtime/pipeline.h"

namespace hone {

class Context;
class AdaptivePipeline;
struct AdaptiveOptions;

// The application's device. What was enabled when it was made cannot be asked of Vulkan, so say it: by the create info
// itself (read in Library's constructor only), or by names. What is said is believed; what is not is taken as off, and
// variants that need it are not chosen.
struct DeviceHandles {
  VkInstance instance{};
  VkPhysicalDevice physical_device{};
  VkDevice device{};
  const VkDeviceCreateInfo* created_with = nullptr;
  std::vector<std::string> features;                     // Vulkan's member names: "shaderFloat16"
  std::vector<std::string> extensions;                   // "VK_KHR_push_descriptor"
  GetInstanceProcAddr get_instance_proc_addr = nullptr;  // nullptr: the system's loader
};

struct LibraryOptions {
  // A database of the user's own, made where it is missing, beside the read-only tuned one: what the driver makes of
  // the kernels is kept there, so that later starts need not compile. Beside a packed database a start file
  // (user_database + ".start") also keeps what was chosen, so that they need not open it. Empty: nothing is kept.
  std::string user_database;
};

struct LoadOptions {
  Match at_most = Match::kManifestDefault;  // worse matches are an Error: kExact demands a measurement of this very problem
  std::string pattern;                      // demand this pattern …
  std::optional<Values> point;              // … at this point
};

// One kernel and problem to make ready ahead of time.
struct Wanted {
  std::string kernel;
  Values problem;
  LoadOptions options = {};
};

// A variant that Load looks at, in its order.
struct LadderStep {
  std::string pattern;
  Values point;
  Match match = Match::kExact;
  std::string reason;   // why it is looked at: "exact: measured for n=4096 on …, 12.3 us"
  std::string why_not;  // "": it is taken
};

class Library {
 public:
  // Errors: Error when the database cannot be read, is damaged or is of a newer format.
  Library(const DatabaseSource& database, const DeviceHandles& device, const LibraryOptions& options = {});
  Library(const DatabaseSource& database, Context& context, const LibraryOptions& options = {});
  Library(Library&&) noexcept;
  ~Library();

  // The best variant this device can run for the problem (integers by name; element types too, else the kernel's
  // first). Loading the same again is cheap. Errors: Error when the database has no such kernel, the problem is not one
  // it takes, no variant runs here, or `options` rule all out; DeviceError for what the driver says.
  Pipeline Load(const std::string& kernel, const Values& problem, const LoadOptions& options = {}) const;

  // Loads many, on `threads` threads (0: one a CPU core). Errors: the first one's, after all have ended.
  std::vector<Pipeline> Prewarm(const std::vector<Wanted>& wanted, unsigned threads = 0) const;

  // The best variants as one pipeline that finds out which is the fastest here (runtime/adaptive.h). Errors: as Load.
  AdaptivePipeline LoadAdaptive(const std::string& kernel, const Values& problem, const AdaptiveOptions& options) const;

  // What Load would choose and why, without making a pipeline. Errors: as Load.
  std::string Explain(const std::string& kernel, const Values& problem, const LoadOptions& options = {}) const;

  // Every step on the way to that answer; where there is none, all that were refused. Errors: as Load, but for that.
  std::vector<LadderStep> Ladder(const std::string& kernel, const Values& problem, const LoadOptions& options = {}) const;

  const DeviceInfo& device() const;  // features and extensions: those enabled
  std::vector<std::string> Kernels() const;

  // On a device without VK_KHR_push_descriptor every Record takes a descriptor set, and nothing gives it back before
  // this. The caller sees to it that no command buffer recorded earlier will run again.
  void ReleaseDescriptors();

  struct Impl;

 private:
  std::unique_ptr<Impl> impl_;
};

// What the kernels of a database can make use of and this physical device has, to be enabled when the VkDevice is
// created. Errors: Error when the database cannot be read.
struct Requirements {
  std::set<std::string> features;
  std::set<std::string> extensions;
  std::uint32_t api_version = 0;  // the device's
};
Requirements RequiredFeatures(const DatabaseSource& database, VkInstance instance, VkPhysicalDevice physical_device,
                              GetInstanceProcAddr get_instance_proc_addr = nullptr);

// Requirements in the form that vkCreateDevice takes.
//   hone::EnabledFeatures enable{requirements};
//   info.pNext = enable.chain(); info.enabledExtensionCount = …extension_names().size(); …
class EnabledFeatures {
 public:
  explicit EnabledFeatures(const Requirements& requirements);
  ~EnabledFeatures();
  EnabledFeatures(const EnabledFeatures&) = delete;
  EnabledFeatures& operator=(const EnabledFeatures&) = delete;

  void* chain();  // a VkPhysicalDeviceFeatures2 and what follows; valid as long as this object
  const std::vector<const char*>& extension_names() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace hone
