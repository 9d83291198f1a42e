// Private to compiler/: results that are made once and kept, within bounds.
#pragma once

#include <cstddef>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <utility>

#include "db/hash.h"

namespace hone {

// Made once, by whoever comes first; the others wait.
template <typename T>
struct Once {
  std::once_flag flag;
  T value;
};

// Once<T>s by hash, the oldest forgotten when they hold more than a bound. Those in use live on with their users.
template <typename T>
class OnceMap {
 public:
  std::shared_ptr<Once<T>> At(const Hash& key) {
    std::lock_guard lock(mutex_);
    auto& entry = entries_[key];
    if (!entry) entry = std::make_shared<Once<T>>();
    return entry;
  }
  void Keep(const Hash& key, std::size_t bytes, std::size_t limit) {
    std::lock_guard lock(mutex_);
    ages_.emplace_back(key, bytes);
    bytes_ += bytes;
    while (bytes_ > limit && ages_.size() > 1) {
      entries_.erase(ages_.front().first);
      bytes_ -= ages_.front().second;
      ages_.pop_front();
    }
  }

 private:
  std::mutex mutex_;
  std::map<Hash, std::shared_ptr<Once<T>>> entries_;
  std::deque<std::pair<Hash, std::size_t>> ages_;
  std::size_t bytes_ = 0;
};

}  // namespace hone
