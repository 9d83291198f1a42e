// Threads with large stacks: compilers of deep expressions and drivers that compile cooperative matrices need them.
#pragma once

#include <cstddef>
#include <functional>

namespace hone {

constexpr std::size_t kLargeStackBytes = std::size_t{64} << 20;

// Runs `body` on a thread of its own and waits. Rethrows what it throws. Errors: Error when no thread can be made.
void RunOnLargeStack(const std::function<void()>& body);

// Runs make(0) … make(count-1) on `threads` threads with large stacks and hands the results to `take` in order, on the calling
// thread. No more than `window` results wait at any time. Rethrows the first exception of `make` (by index) or of `take`.
template <typename Result>
void RunInOrder(std::size_t count, unsigned threads, std::size_t window, const std::function<Result(std::size_t)>& make,
                const std::function<void(std::size_t, Result)>& take);

// The calling thread runs when no other thread wants its core: for work that nobody waits for yet.
void YieldToOthers();

// `asked`, or all cores when it is 0.
unsigned ThreadCount(unsigned asked);

namespace internal {
// One thread with a large stack; joined by the destructor.
class LargeThread {
 public:
  explicit LargeThread(std::function<void()> body, std::size_t stack_bytes = kLargeStackBytes);
  LargeThread(LargeThread&& other) noexcept;
  ~LargeThread();

 private:
  struct State;
  State* state_;
};
}  // namespace internal

}  // namespace hone

#include "compiler/threads_inl.h"  // IWYU pragma: export
