#include "runtime/driver_cache.h"

#include <algorithm>
#include <cstring>
#include <filesystem>

#include "runtime/context.h"
#include "runtime/driver_binaries.h"

namespace hone {
namespace {

Store OpenUser(const std::string& path) {
  return Store::Open(path, std::filesystem::exists(path) ? Store::Mode::kReadWrite : Store::Mode::kCreate);
}

// The blob, or "" where there is none, it is damaged, or it is not this driver's.
std::string FindIn(const Store& store, const DeviceInfo& device, const Binary& binary, std::size_t pass) {
  try {
    auto found = store.PipelineBinaries(device, binary, static_cast<int>(pass));
    const auto blob = found.find(kDriverCacheKey);
    if (blob != found.end() && IsCacheOf(blob->second, device)) return std::move(blob->second);
  } catch (const Error&) {
  }
  return "";
}

// Adds what the driver makes of each pass that the store holds nothing of.
std::size_t Keep(Store& store, Context& context, const Binary& binary, const Values& problem) {
  const auto passes = static_cast<int>(binary.modules.size());
  std::vector<bool> missing;
  for (int i = 0; i < passes; ++i) missing.push_back(FindIn(store, context.info(), binary, std::size_t(i)).empty());
  if (std::ranges::find(missing, true) == missing.end()) return 0;
  const auto made = context.CreatePipeline(binary, problem).DriverBinaries();
  std::size_t added = 0;
  for (int i = 0; i < passes; ++i) {
    const std::string& data = made[std::size_t(i)];
    if (!missing[std::size_t(i)] || !IsCacheOf(data, context.info())) continue;
    store.PutPipelineBinary(context.info(), binary, i, kDriverCacheKey, data);
    ++added;
  }
  return added;
}

}  // namespace

std::size_t StoreDriverBinaries(Store& store, Context& context) {
  std::size_t added = 0;
  const std::string key = context.info().Key();
  for (const Coverage& tuned : store.Summary()) {
    if (!tuned.best || tuned.device_key != key) continue;
    const auto kernel = store.FindKernel(tuned.kernel);
    if (!kernel) continue;
    const auto binary = store.LoadBinary(std::make_shared<const Kernel>(*kernel), tuned.best->pattern, tuned.best->point,
                                         TypesOf(*kernel, tuned.problem));
    if (!binary) continue;
    try {
      added += Keep(store, context, *binary, tuned.problem);
    } catch (const DeviceError& error) {
      if (error.outcome != Outcome::kOverLimit && error.outcome != Outcome::kDriverError) throw;
    }
  }
  return added;
}

bool IsCacheOf(std::string_view data, const DeviceInfo& device) {
  VkPipelineCacheHeaderVersionOne header;
  if (data.size() < sizeof(header)) return false;
  std::memcpy(&header, data.data(), sizeof(header));
  return header.headerSize >= sizeof(header) && header.headerSize <= data.size() &&
         header.headerVersion == VK_PIPELINE_CACHE_HEADER_VERSION_ONE && header.vendorID == device.vendor_id &&
         header.deviceID == device.device_id && ToHex(header.pipelineCacheUUID) == device.pipeline_cache_uuid;
}

DriverCache::DriverCache(const Store& tuned, std::mutex& mutex, const std::string& user) : tuned_(tuned), mutex_(mutex) {
  if (!user.empty()) user_ = OpenUser(user);
}

std::string DriverCache::Find(const DeviceInfo& device, const Binary& binary, std::size_t pass) {
  std::lock_guard lock(mutex_);
  std::string found;
  if (user_) found = FindIn(*user_, device, binary, pass);
  if (found.empty()) found = FindIn(tuned_, device, binary, pass);
  return found;
}

Gpu::Keeper DriverCache::KeeperFor(const DeviceInfo& device, const Binary& binary, std::size_t pass) {
  Gpu::Keeper keeper{.find = [&, pass] { return Find(device, binary, pass); }, .put = {}};
  if (user_) keeper.put = [&, pass](const std::string& data) { Put(device, binary, pass, data); };
  return keeper;
}

void DriverCache::Put(const DeviceInfo& device, const Binary& binary, std::size_t pass, const std::string& data) {
  if (!user_ || !IsCacheOf(data, device)) return;
  std::lock_guard lock(mutex_);
  try {
    user_->Transaction([&] {
      user_->PutKernel(*binary.kernel);
      user_->PutBinary(binary);
      user_->PutDevice(device);
      user_->PutPipelineBinary(device, binary, static_cast<int>(pass), kDriverCacheKey, data);
    });
  } catch (const Error&) {  // a full disk, a lock: the next start compiles again
  }
}

}  // namespace hone
