// RunInOrder; include compiler/threads.h.
#pragma once

#include <algorithm>
#include <condition_variable>
#include <exception>
#include <map>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

namespace hone {

template <typename Result>
void RunInOrder(std::size_t count, unsigned threads, std::size_t window, const std::function<Result(std::size_t)>& make,
                const std::function<void(std::size_t, Result)>& take) {
  struct Slot {
    std::optional<Result> result;
    std::exception_ptr failure;
  };
  std::mutex mutex;
  std::condition_variable changed;
  std::map<std::size_t, Slot> done;
  std::size_t next = 0, taken = 0;
  bool stop = false;

  const auto work = [&] {
    std::unique_lock lock(mutex);
    while (true) {
      changed.wait(lock, [&] { return stop || next >= count || next < taken + window; });
      if (stop || next >= count) return;
      const std::size_t index = next++;
      lock.unlock();
      Slot slot;
      try {
        slot.result = make(index);
      } catch (...) {
        slot.failure = std::current_exception();
      }
      lock.lock();
      done.emplace(index, std::move(slot));
      changed.notify_all();
    }
  };

  std::exception_ptr failure;
  {
    std::vector<internal::LargeThread> pool;
    for (std::size_t i = 0; i < std::min<std::size_t>(threads, count); ++i) {
      try {
        pool.emplace_back(work);
      } catch (...) {
        if (pool.empty()) throw;
        break;  // fewer threads do it too
      }
    }
    std::unique_lock lock(mutex);
    while (taken < count && !failure) {
      changed.wait(lock, [&] { return done.contains(taken); });
      Slot slot = std::move(done.at(taken));
      done.erase(taken);
      lock.unlock();
      try {
        if (slot.failure) std::rethrow_exception(slot.failure);
        take(taken, std::move(*slot.result));
      } catch (...) {
        failure = std::current_exception();
      }
      lock.lock();
      ++taken;
      changed.notify_all();
    }
    stop = true;
    changed.notify_all();
    lock.unlock();
  }  // joins
  if (failure) std::rethrow_exception(failure);
}

}  // namespace hone
