#include "tuner/ahead.h"

#include <algorithm>

namespace hone {
namespace {
constexpr std::size_t kMostKept = 64;  // compiled and not yet taken
}

CompileAhead::CompileAhead(Compile compile, ThreadPool& pool) : pool_(pool) { state_->compile = std::move(compile); }

CompileAhead::~CompileAhead() {
  std::unique_lock lock(state_->mutex);
  state_->expected.clear();
  state_->changed.wait(lock, [this] { return state_->in_progress == 0; });
}

// The caller holds the lock, also afterwards.
void CompileAhead::State::Run(PointId point, Entry& entry, std::unique_lock<std::mutex>& lock) {
  lock.unlock();
  try {
    entry.compiled = compile(point);
    entry.compiled.point = point;
  } catch (...) {
    entry.error = std::current_exception();
  }
  lock.lock();
  entry.done = true;
  changed.notify_all();
}

// On a thread of the pool: the most likely of what is expected by now, if anything is.
void CompileAhead::CompileNext(State& state) {
  std::unique_lock lock(state.mutex);
  while (!state.expected.empty() && state.entries.contains(state.expected.front())) state.expected.pop_front();
  if (state.paused || state.expected.empty()) return;
  const PointId point = state.expected.front();
  state.expected.pop_front();
  const auto entry = std::make_shared<Entry>();
  state.entries[point] = entry;
  ++state.in_progress;
  state.Run(point, *entry, lock);
  --state.in_progress;
}

void CompileAhead::Post(std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) pool_.Post([state = state_] { CompileNext(*state); });
}

void CompileAhead::Expect(std::span<const PointId> points) {
  std::size_t expected = 0;
  {
    const std::lock_guard lock(state_->mutex);
    state_->order.assign(points.begin(), points.end());
    const auto first = points.first(std::min(points.size(), kMostKept));
    state_->expected.assign(first.begin(), first.end());
    expected = first.size();
    Trim(*state_);
  }
  Post(expected);
}

// Forgets what was expected once, compiled, and never asked for. The caller holds the lock.
void CompileAhead::Trim(State& state) {
  for (auto it = state.entries.begin(); state.entries.size() > 2 * kMostKept && it != state.entries.end();)
    it = it->second->done ? state.entries.erase(it) : std::next(it);
}

std::shared_ptr<const Compiled> CompileAhead::Take(PointId point) {
  std::unique_lock lock(state_->mutex);
  std::erase(state_->expected, point);
  std::shared_ptr<Entry> entry = state_->entries[point];
  if (entry) {
    state_->changed.wait(lock, [&] { return entry->done; });
  } else {
    state_->entries[point] = entry = std::make_shared<Entry>();
    state_->Run(point, *entry, lock);
  }
  state_->entries.erase(point);
  if (entry->error) std::rethrow_exception(entry->error);
  return {entry, &entry->compiled};
}

std::vector<std::shared_ptr<const Compiled>> CompileAhead::Ready() {
  const std::lock_guard lock(state_->mutex);
  std::vector<std::shared_ptr<const Compiled>> ready;
  for (const PointId point : state_->order) {
    const auto found = state_->entries.find(point);
    if (found != state_->entries.end() && found->second->done && found->second->compiled.binary)
      ready.emplace_back(found->second, &found->second->compiled);
  }
  return ready;
}

void CompileAhead::Pause(bool paused) {
  std::size_t expected = 0;
  {
    const std::lock_guard lock(state_->mutex);
    state_->paused = paused;
    if (!paused) expected = state_->expected.size();
  }
  Post(expected);
}

}  // namespace hone
