#include "compiler/threads.h"

#include <pthread.h>
#include <sys/resource.h>

#include <cstring>
#include <thread>
#include <utility>

#include "db/error.h"

namespace hone {
namespace internal {

struct LargeThread::State {
  std::function<void()> body;
  pthread_t thread{};
};

LargeThread::LargeThread(std::function<void()> body, std::size_t stack_bytes) : state_(new State{std::move(body)}) {
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setstacksize(&attributes, stack_bytes);
  const auto entry = [](void* state) -> void* {
    static_cast<State*>(state)->body();
    return nullptr;
  };
  const int failed = pthread_create(&state_->thread, &attributes, entry, state_);
  pthread_attr_destroy(&attributes);
  if (failed) {
    delete state_;
    throw Error(std::string("cannot start a compile thread: ") + std::strerror(failed) + " (lower the number of threads)");
  }
}

LargeThread::LargeThread(LargeThread&& other) noexcept : state_(std::exchange(other.state_, nullptr)) {}

LargeThread::~LargeThread() {
  if (!state_) return;
  pthread_join(state_->thread, nullptr);
  delete state_;
}

}  // namespace internal

void RunOnLargeStack(const std::function<void()>& body) {
  std::exception_ptr failure;
  {
    internal::LargeThread thread([&] {
      try {
        body();
      } catch (...) {
        failure = std::current_exception();
      }
    });
  }
  if (failure) std::rethrow_exception(failure);
}

void YieldToOthers() { setpriority(PRIO_PROCESS, 0, 10); }  // on Linux: of the calling thread

unsigned ThreadCount(unsigned asked) { return asked ? asked : std::max(1u, std::thread::hardware_concurrency()); }

}  // namespace hone
