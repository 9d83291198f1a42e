#include "runtime/driver_cache.h"

#include <cstring>
#include <filesystem>

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

}  // namespace

bool IsCacheOf(const std::string& data, const DeviceInfo& device) {
  VkPipelineCacheHeaderVersionOne header;
  if (data.size() < sizeof(header)) return false;
  std::memcpy(&header, data.data(), sizeof(header));
  return header.headerSize >= sizeof(header) && header.headerSize <= data.size() &&
         header.headerVersion == VK_PIPELINE_CACHE_HEADER_VERSION_ONE && header.vendorID == device.vendor_id &&
         header.deviceID == device.device_id &&
         Hex(header.pipelineCacheUUID, VK_UUID_SIZE) == device.pipeline_cache_uuid;
}

DriverCache::DriverCache(const Store& tuned, std::mutex& mutex, const std::string& user)
    : tuned_(tuned), mutex_(mutex) {
  if (!user.empty()) user_ = OpenUser(user);
}

std::string DriverCache::Find(const DeviceInfo& device, const Binary& binary, std::size_t pass) {
  std::lock_guard lock(mutex_);
  std::string found;
  if (user_) found = FindIn(*user_, device, binary, pass);
  if (found.empty()) found = FindIn(tuned_, device, binary, pass);
  return found;
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
