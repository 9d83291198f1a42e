#include "tuner/thread_pool.h"

#include <algorithm>
#include <utility>

namespace hone {

ThreadPool::ThreadPool(int threads) : size_(std::max(threads, 1)) {}

ThreadPool::~ThreadPool() {
  {
    const std::lock_guard lock(mutex_);
    stop_ = true;
  }
  posted_.notify_all();
  threads_.clear();
}

void ThreadPool::Post(std::function<void()> work) {
  {
    const std::lock_guard lock(mutex_);
    while (static_cast<int>(threads_.size()) < size_) threads_.emplace_back([this] { Work(); });
    queue_.push_back(std::move(work));
  }
  posted_.notify_one();
}

void ThreadPool::Work() {
  YieldToOthers();
  std::unique_lock lock(mutex_);
  for (;;) {
    posted_.wait(lock, [this] { return stop_ || !queue_.empty(); });
    if (stop_) return;
    const std::function<void()> work = std::move(queue_.front());
    queue_.pop_front();
    lock.unlock();
    work();
    lock.lock();
  }
}

}  // namespace hone
