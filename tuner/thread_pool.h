// Threads that do what is posted, in that order. Theirs is the time that nobody else wants: what waits for a GPU to be timed
// comes first on a machine with few cores.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <vector>

#include "compiler/threads.h"

namespace hone {

class ThreadPool {
 public:
  explicit ThreadPool(int threads);  // at least one; they start with the first Post
  ~ThreadPool();                     // waits for what is being done, forgets the rest
  ThreadPool(const ThreadPool&) = delete;
  ThreadPool& operator=(const ThreadPool&) = delete;

  int size() const { return size_; }
  void Post(std::function<void()> work);  // that throws nothing

 private:
  void Work();

  const int size_;
  std::mutex mutex_;
  std::condition_variable posted_;
  std::deque<std::function<void()>> queue_;
  bool stop_ = false;
  std::vector<internal::LargeThread> threads_;
};

}  // namespace hone
