// A thread with a worker of its own. The worker lives as long as the thread (tuner/process.h says why).
#pragma once

#include <condition_variable>
#include <exception>
#include <functional>
#include <mutex>
#include <thread>

#include "tuner/client.h"

namespace hone {

class Helper {
 public:
  explicit Helper(ClientOptions options);
  ~Helper();  // waits for what was posted
  Helper(const Helper&) = delete;
  Helper& operator=(const Helper&) = delete;

  // Runs `body` on the thread, after what was posted before has ended. Does not wait for it.
  void Post(std::function<void(Client&)> body);
  void Wait();  // until it has ended; rethrows what it threw

 private:
  void Work(const ClientOptions& options);

  std::mutex mutex_;
  std::condition_variable changed_;
  std::function<void(Client&)> body_;
  bool busy_ = false, stop_ = false;
  std::exception_ptr error_;
  std::thread thread_;
};

}  // namespace hone
