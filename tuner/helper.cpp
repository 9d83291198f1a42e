#include "tuner/helper.h"

#include <utility>

namespace hone {

Helper::Helper(ClientOptions options) : thread_([this, options = std::move(options)] { Work(options); }) {}

Helper::~Helper() {
  {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return !busy_; });
    stop_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

void Helper::Post(std::function<void(Client&)> body) {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return !busy_; });
  body_ = std::move(body);
  busy_ = true;
  changed_.notify_all();
}

void Helper::Wait() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return !busy_; });
  if (error_) std::rethrow_exception(std::exchange(error_, nullptr));
}

void Helper::Work(const ClientOptions& options) {
  Client client(options);
  std::unique_lock lock(mutex_);
  for (;;) {
    changed_.wait(lock, [this] { return stop_ || busy_; });
    if (stop_) return;
    const std::function<void(Client&)> body = std::exchange(body_, {});
    lock.unlock();
    std::exception_ptr error;
    try {
      body(client);
    } catch (...) {
      error = std::current_exception();
    }
    lock.lock();
    if (error && !error_) error_ = error;
    busy_ = false;
    changed_.notify_all();
  }
}

}  // namespace hone
