// Private to runtime/: what drivers made of our modules, kept in databases, so that the next start need not compile.
//
// One VkPipelineCache blob a pass of a variant and device (Store::PutPipelineBinary), found in the user's database
// first, then in the tuned one. A blob reaches the driver only when its hash is right and its header names this very
// device and driver.
#pragma once

#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "db/store.h"
#include "runtime/gpu.h"

namespace hone {

inline constexpr const char* kDriverCacheKey = "VkPipelineCache";

// Whether the driver of this device may see `data`: a VkPipelineCacheHeaderVersionOne of its own.
bool IsCacheOf(std::string_view data, const DeviceInfo& device);

class DriverCache {
 public:
  // tuned: kept by reference; `mutex` guards it. user: path of a database to read and write; empty: none.
  // Errors: Error when the user's database cannot be opened or made.
  DriverCache(const Store& tuned, std::mutex& mutex, const std::string& user);

  // Trouble with a cache is never an error: there is always the SPIR-V.
  std::string Find(const DeviceInfo& device, const Binary& binary, std::size_t pass);  // "": none
  void Put(const DeviceInfo& device, const Binary& binary, std::size_t pass, const std::string& data);

  // The same for MakePipeline. What it refers to must live as long.
  Gpu::Keeper KeeperFor(const DeviceInfo& device, const Binary& binary, std::size_t pass);

  Store* user() { return user_ ? &*user_ : nullptr; }

 private:
  const Store& tuned_;
  std::mutex& mutex_;
  std::optional<Store> user_;
};

}  // namespace hone
