#include "tuner/pipelines_ahead.h"

#include <algorithm>
#include <exception>
#include <iterator>
#include <utility>

namespace hone {
namespace {
constexpr std::size_t kMostExpected = 64, kMostMade = 32;  // variants: not yet begun; made and not yet taken
}

PipelinesAhead::PipelinesAhead(Make make, Announce announce) : make_(std::move(make)), announce_(std::move(announce)) {}

PipelinesAhead::~PipelinesAhead() {
  {
    const std::lock_guard lock(mutex_);
    stop_ = true;
  }
  changed_.notify_all();
  threads_.clear();
}

std::string KeyOf(const Binary& binary, const Values& problem) {
  return binary.pattern + " " + binary.point.ToText() + ", " + problem.ToText();
}

void PipelinesAhead::Expect(std::vector<ExpectedVariant> expected, int threads) {
  {
    const std::lock_guard lock(mutex_);
    while (static_cast<int>(threads_.size()) < threads) threads_.emplace_back([this] { Work(); }, kDriverStackBytes);
    std::erase_if(expected,
                  [this](const ExpectedVariant& each) { return entries_.contains(KeyOf(each.binary, each.problem)); });
    expected_.insert(expected_.begin(), std::make_move_iterator(expected.begin()), std::make_move_iterator(expected.end()));
    if (expected_.size() > kMostExpected) expected_.resize(kMostExpected);
  }
  changed_.notify_all();
}

VariantPipelines PipelinesAhead::Take(const Binary& binary, const Values& problem) {
  const std::string key = KeyOf(binary, problem);
  std::unique_lock lock(mutex_);
  std::erase_if(expected_, [&](const ExpectedVariant& each) { return KeyOf(each.binary, each.problem) == key; });
  const auto found = entries_.find(key);
  if (found == entries_.end()) return {};
  const std::shared_ptr<Entry> entry = found->second;
  changed_.wait(lock, [&] { return entry->done; });
  entries_.erase(key);
  return std::move(entry->pipelines);
}

void PipelinesAhead::Forget() {
  const std::lock_guard lock(mutex_);
  expected_.clear();
  entries_.clear();  // threads in Work() hold their own
}

// Lets go of the oldest that were expected once and never asked for. The caller holds the lock.
void PipelinesAhead::Trim() {
  while (entries_.size() > kMostMade) {
    const auto oldest = std::ranges::min_element(
        entries_, {}, [](const auto& entry) { return entry.second->done ? entry.second->age : ~std::uint64_t{0}; });
    if (!oldest->second->done) return;
    entries_.erase(oldest);
  }
}

void PipelinesAhead::Work() {
  YieldToOthers();
  std::unique_lock lock(mutex_);
  for (;;) {
    changed_.wait(lock, [&] { return stop_ || !expected_.empty(); });
    if (stop_) return;
    const ExpectedVariant next = std::move(expected_.front());
    expected_.pop_front();
    const auto entry = std::make_shared<Entry>();
    entry->age = ++begun_;
    entries_[KeyOf(next.binary, next.problem)] = entry;
    lock.unlock();
    VariantPipelines made;
    announce_(next.number, true);
    try {
      made = make_(next);
    } catch (const std::exception&) {
      // Made again in the foreground, where what went wrong is the variant's alone.
    }
    announce_(next.number, false);
    lock.lock();
    entry->pipelines = std::move(made);
    entry->done = true;
    Trim();
    changed_.notify_all();
  }
}

}  // namespace hone
