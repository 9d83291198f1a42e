// A submission that has not been waited for.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>

namespace hone {

// Given by Context::Submit; copies stand for the same submission. It keeps what it needs alive. Threads: any.
class Ticket {
 public:
  Ticket() = default;  // done already
  bool Done() const;   // Errors: DeviceError kDeviceLost
  // Errors: DeviceError kTimeout (which here leaves the context usable: wait again), kDeviceLost.
  void Wait(std::chrono::milliseconds timeout = std::chrono::milliseconds(10000)) const;

  struct Impl;
  Ticket(std::shared_ptr<const Impl> impl, std::uint64_t value) : impl_(std::move(impl)), value_(value) {}

 private:
  std::shared_ptr<const Impl> impl_;
  std::uint64_t value_ = 0;
};

}  // namespace hone
