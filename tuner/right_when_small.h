// Variants that passed their check problems, which need not be run again for the kernel's next problem. Threads: any.
#pragma once

#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "db/kernel.h"

namespace hone {

class RightWhenSmall {
 public:
  bool Contains(const Binary& binary, const std::vector<Values>& check_problems) {
    const std::lock_guard lock(mutex_);
    return keys_.contains(KeyOf(binary, check_problems));
  }
  void Add(const Binary& binary, const std::vector<Values>& check_problems) {
    const std::lock_guard lock(mutex_);
    keys_.insert(KeyOf(binary, check_problems));
  }
  void Clear() {
    const std::lock_guard lock(mutex_);
    keys_.clear();
  }

 private:
  static std::string KeyOf(const Binary& binary, const std::vector<Values>& check_problems) {
    std::string key = binary.pattern + " " + binary.point.ToText();
    for (const Values& problem : check_problems) key += ", " + problem.ToText();
    return key;
  }

  std::mutex mutex_;
  std::set<std::string> keys_;
};

}  // namespace hone
