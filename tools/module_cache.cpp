#include "tools/module_cache.h"

#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "db/error.h"

namespace hone {
namespace fs = std::filesystem;
namespace {

constexpr std::size_t kMostBytes = std::size_t{64} << 20;

std::string DefaultFolder() {
  const auto environment = [](const char* name) {
    const char* value = std::getenv(name);
    return std::string(value == nullptr ? "" : value);
  };
  if (!environment("HONE_CACHE").empty()) return environment("HONE_CACHE") + "/modules";
  if (!environment("XDG_CACHE_HOME").empty()) return environment("XDG_CACHE_HOME") + "/hone/modules";
  return environment("HOME") + "/.cache/hone/modules";
}

}  // namespace

FileModuleCache::FileModuleCache(std::string folder) : folder_(folder.empty() ? DefaultFolder() : std::move(folder)) {}

std::string FileModuleCache::PathOf(const Hash& key) const {
  const std::string hex = key.ToHex();
  return folder_ + "/" + hex.substr(0, 2) + "/" + hex.substr(2);
}

// A file is the module's hash in hex, its interface as JSON, each with a newline after it, and its words.
std::shared_ptr<const Module> FileModuleCache::Find(const Hash& key) try {
  std::ifstream file(PathOf(key), std::ios::binary);
  std::string hash, interface;
  if (!std::getline(file, hash) || !std::getline(file, interface)) return nullptr;
  std::ostringstream rest;
  rest << file.rdbuf();
  const std::string bytes = std::move(rest).str();
  if (bytes.size() % 4 != 0 || bytes.size() > kMostBytes) return nullptr;
  auto module = std::make_shared<Module>();
  module->words.resize(bytes.size() / 4);
  std::memcpy(module->words.data(), bytes.data(), bytes.size());
  module->hash = HashOf(module->words);
  module->interface = InterfaceFromJson(interface);
  return module->hash == Hash::FromHex(hash) ? module : nullptr;
} catch (const Error&) {
  return nullptr;
}

void FileModuleCache::Put(const Hash& key, const Module& module) {
  const std::string path = PathOf(key), partial = path + "." + std::to_string(getpid());
  std::error_code ignored;
  fs::create_directories(fs::path(path).parent_path(), ignored);
  std::ofstream file(partial, std::ios::binary);
  file << module.hash.ToHex() << '\n' << InterfaceToJson(module.interface) << '\n';
  file.write(reinterpret_cast<const char*>(module.words.data()), static_cast<std::streamsize>(module.words.size() * 4));
  file.close();
  if (file) {
    fs::rename(partial, path, ignored);
  } else {
    fs::remove(partial, ignored);
  }
}

}  // namespace hone
