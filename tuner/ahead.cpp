#include "tuner/ahead.h"

#include <algorithm>

namespace hone {
namespace {
constexpr std::size_t kMostKept = 64;  // compiled and not yet taken
}

CompileAhead::CompileAhead(Compile compile, int threads) : compile_(std::move(compile)), thread_count_(std::max(threads, 1)) {}

// The caller holds the lock.
void CompileAhead::Begin() {
  while (static_cast<int>(threads_.size()) < thread_count_) threads_.emplace_back([this] { Work(); });
}

void CompileAhead::Rest() {
  {
    const std::lock_guard lock(mutex_);
    stop_ = true;
    expected_.clear();
    order_.clear();
  }
  changed_.notify_all();
  threads_.clear();
  stop_ = false;
  Trim(kMostKept);
}

void CompileAhead::Expect(std::span<const PointId> points) {
  {
    const std::lock_guard lock(mutex_);
    if (!points.empty()) Begin();
    std::erase_if(expected_, [this](PointId point) { return !IsWanted(point); });
    order_.assign(points.begin(), points.end());
    for (const PointId point : points.first(std::min(points.size(), kMostKept)))
      if (!entries_.contains(point) && std::ranges::find(expected_, point) == expected_.end()) expected_.push_back(point);
    Trim(2 * kMostKept);
  }
  changed_.notify_all();
}

// Forgets what was expected once, compiled, and never asked for. The caller holds the lock.
void CompileAhead::Trim(std::size_t most) {
  for (auto it = entries_.begin(); entries_.size() > most && it != entries_.end();)
    it = it->second->done && !IsWanted(it->first) ? entries_.erase(it) : std::next(it);
}

// The caller holds the lock.
bool CompileAhead::IsWanted(PointId point) const { return std::ranges::find(wanted_, point) != wanted_.end(); }

std::shared_ptr<const Compiled> CompileAhead::Take(PointId point) {
  std::unique_lock lock(mutex_);
  Begin();
  if (!entries_.contains(point)) {
    std::erase(expected_, point);
    expected_.push_front(point);
  }
  wanted_.push_back(point);
  changed_.notify_all();
  changed_.wait(lock, [&] {
    const auto found = entries_.find(point);
    return found != entries_.end() && found->second->done;
  });
  wanted_.erase(std::ranges::find(wanted_, point));
  const std::shared_ptr<Entry> entry = entries_[point];
  entries_.erase(point);
  if (entry->error) std::rethrow_exception(entry->error);
  return {entry, &entry->compiled};
}

std::vector<std::shared_ptr<const Compiled>> CompileAhead::Ready() {
  const std::lock_guard lock(mutex_);
  std::vector<std::shared_ptr<const Compiled>> ready;
  for (const PointId point : order_) {
    const auto found = entries_.find(point);
    if (found != entries_.end() && found->second->done && found->second->compiled.binary)
      ready.emplace_back(found->second, &found->second->compiled);
  }
  return ready;
}

void CompileAhead::Pause(bool paused) {
  {
    const std::lock_guard lock(mutex_);
    paused_ = paused;
  }
  changed_.notify_all();
}

void CompileAhead::Work() {
  std::unique_lock lock(mutex_);
  for (;;) {
    changed_.wait(lock, [&] { return stop_ || (!expected_.empty() && (!paused_ || IsWanted(expected_.front()))); });
    if (stop_) return;
    const PointId point = expected_.front();
    expected_.pop_front();
    const auto entry = std::make_shared<Entry>();
    entries_[point] = entry;
    lock.unlock();
    try {
      entry->compiled = compile_(point);
      entry->compiled.point = point;
    } catch (...) {
      entry->error = std::current_exception();
    }
    lock.lock();
    entry->done = true;
    changed_.notify_all();
  }
}

}  // namespace hone
