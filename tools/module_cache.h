// Modules compiled by earlier runs, as files in the user's cache folder: unchanged sources are not compiled again.
#pragma once

#include <string>

#include "compiler/compile.h"

namespace hone {

// One file a module. Only a convenience: a damaged or unwritable cache costs time, never correctness.
class FileModuleCache : public ModuleCache {
 public:
  // folder "": $HONE_CACHE, else $XDG_CACHE_HOME/hone, else ~/.cache/hone, and "modules" in it.
  explicit FileModuleCache(std::string folder = "");
  std::shared_ptr<const Module> Find(const Hash& key) override;
  void Put(const Hash& key, const Module& module) override;

 private:
  std::string PathOf(const Hash& key) const;
  std::string folder_;
};

}  // namespace hone
