#include "tuner/stove.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "runtime/context.h"
#include "tuner/own_kernel.h"

namespace hone {
namespace {

constexpr double kLeast_ns = 300e3;  // of one dispatch, on the GPU: longer than submitting it and waiting for it may take
constexpr std::uint32_t kMostTurns = 1u << 20;
constexpr double kHot = 0.97;  // of the highest speed seen
constexpr std::chrono::seconds kLongestHeating{1};

}  // namespace

struct Stove::Impl {
  explicit Impl(const std::string& device) : context({.device = device}), buffer(context.CreateBuffer(4)) {
    pipeline = context.CreatePipeline(
        OwnKernel({.name = "stove", .buffers = {"y"}, .push_constants = {{"turns", "uint"}}, .groups = "1024"}), {});
    thread = std::thread([this] { Burn(); });
  }

  ~Impl() {
    {
      const std::lock_guard lock(mutex);
      over = true;
    }
    changed.notify_all();
    thread.join();
  }

  bool IsHot() const { return over || speed >= kHot * highest_speed; }

  double Dispatch_ns() { return context.TimeNs(pipeline, {{{buffer}, {}}}, {{"turns", turns}}, 1).front(); }

  void Burn() {
    std::unique_lock lock(mutex);
    for (;;) {
      changed.wait(lock, [this] { return over || resting == 0; });
      if (over) return;
      burning = true;
      lock.unlock();
      double ns = 0;
      try {
        ns = Dispatch_ns();
      } catch (const Error&) {  // the worker will notice by itself that the device is gone
        lock.lock();
        burning = false, over = true;
        changed.notify_all();
        return;
      }
      ++dispatches;
      lock.lock();
      speed = turns / ns;
      if (ns >= kLeast_ns) highest_speed = std::max(highest_speed, speed);
      if (ns < kLeast_ns && turns < kMostTurns) turns *= 2;
      burning = false;
      changed.notify_all();
    }
  }

  Context context;
  GpuBuffer buffer;
  Pipeline pipeline;
  std::uint32_t turns = 256;
  double speed = 0, highest_speed = 0;  // turns a nanosecond: in proportion to the clock; of the last dispatch, of all
  std::mutex mutex;
  std::condition_variable changed;
  int resting = 0;  // Rests alive
  bool burning = false, over = false;
  std::atomic<std::uint64_t> dispatches = 0;
  std::thread thread;
};

Stove::Stove(const std::string& device) : impl_(std::make_unique<Impl>(device)) {}
Stove::~Stove() = default;
std::uint64_t Stove::dispatches() const { return impl_->dispatches; }

Stove::Rest::Rest(Stove* stove) : stove_(stove) {
  if (!stove_) return;
  Impl& impl = *stove_->impl_;
  std::unique_lock lock(impl.mutex);
  if (impl.resting == 0 && !impl.changed.wait_for(lock, kLongestHeating, [&] { return impl.IsHot(); })) {
    impl.highest_speed = impl.speed;
  }
  ++impl.resting;
  impl.changed.wait(lock, [&] { return !impl.burning; });
}

Stove::Rest::~Rest() {
  if (!stove_) return;
  Impl& impl = *stove_->impl_;
  {
    const std::lock_guard lock(impl.mutex);
    --impl.resting;
  }
  impl.changed.notify_all();
}

}  // namespace hone
