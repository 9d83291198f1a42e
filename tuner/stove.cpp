#include "tuner/stove.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <thread>

#include "runtime/context.h"
#include "tuner/own_kernel.h"
#include "tuner/turn_lock.h"

namespace hone {
namespace {

constexpr double kLeast_ns = 300e3;  // of one dispatch, on the GPU: longer than submitting it and waiting for it may take
constexpr std::uint32_t kMostTurns = 1u << 20;
constexpr double kHot = 0.97;  // of the highest speed seen
constexpr std::chrono::seconds kLongestHeating{1};
constexpr std::chrono::milliseconds kLookAgain{1};  // whether another worker has ended its turn

}  // namespace

struct Stove::Impl {
  Impl(const std::optional<std::string>& device, const std::string& turn_file) : turn(turn_file) {
    if (!device) return;
    context.emplace(ContextOptions{.device = *device});
    buffer = context->CreateBuffer(4);
    pipeline = context->CreatePipeline(
        OwnKernel({.name = "stove", .buffers = {"y"}, .push_constants = {{"turns", "uint"}}, .groups = "1024"}), {});
    thread = std::jthread([this] { Burn(); });
  }

  ~Impl() {
    {
      const std::lock_guard lock(mutex);
      over = true;
    }
    changed.notify_all();
  }

  bool IsHot() const { return !context || over || (fresh && speed >= kHot * highest_speed); }

  double Dispatch_ns() { return context->TimeNs(pipeline, {{{buffer}, {}}}, {{"turns", turns}}, 1).front(); }

  void Burn() {
    std::unique_lock lock(mutex);
    for (;;) {
      changed.wait(lock, [this] { return over || resting == 0; });
      if (over) return;
      if (!has_turn && !turn.TryLock()) {
        changed.wait_for(lock, kLookAgain);
        continue;
      }
      burning = true;
      lock.unlock();
      std::optional<double> ns;
      try {
        ns = Dispatch_ns();
      } catch (const Error&) {  // the worker will notice by itself that the device is gone
      }
      lock.lock();
      burning = false;
      if (!wanted) turn.Unlock();
      if (!ns) over = true;
      if (over) return changed.notify_all();
      ++dispatches;
      fresh = true;
      speed = turns / *ns;
      if (*ns >= kLeast_ns) highest_speed = std::max(highest_speed, speed);
      if (*ns < kLeast_ns && turns < kMostTurns) turns *= 2;
      changed.notify_all();
    }
  }

  void BeginRest() {
    std::unique_lock lock(mutex);
    if (resting > 0) {
      ++resting;
      return;
    }
    wanted = true;
    lock.unlock();
    turn.Lock();
    lock.lock();
    has_turn = true;
    if (turn.shared()) fresh = false;  // who knows what others did meanwhile
    if (!changed.wait_for(lock, kLongestHeating, [this] { return IsHot(); })) highest_speed = speed;
    resting = 1;
    changed.wait(lock, [this] { return !burning; });
  }

  void EndRest() {
    {
      const std::lock_guard lock(mutex);
      if (--resting > 0) return;
      has_turn = wanted = false;
      turn.Unlock();
    }
    changed.notify_all();
  }

  std::optional<Context> context;  // nullopt: it does not burn
  GpuBuffer buffer;
  Pipeline pipeline;
  TurnLock turn;
  std::uint32_t turns = 256;
  double speed = 0, highest_speed = 0;  // turns a nanosecond: in proportion to the clock; of the last dispatch, of all
  bool fresh = false;                   // `speed` is of this turn
  std::mutex mutex;
  std::condition_variable changed;
  int resting = 0;        // Rests alive
  bool wanted = false;    // a Rest waits for the turn, or has it
  bool has_turn = false;  // a Rest has it
  bool burning = false, over = false;
  std::atomic<std::uint64_t> dispatches = 0;
  std::jthread thread;
};

Stove::Stove(const std::optional<std::string>& device, const std::string& turn_file)
    : impl_(std::make_unique<Impl>(device, turn_file)) {}
Stove::~Stove() = default;
std::uint64_t Stove::dispatches() const { return impl_->dispatches; }

Stove::Rest::Rest(Stove& stove) : stove_(stove) { stove_.impl_->BeginRest(); }
Stove::Rest::~Rest() { stove_.impl_->EndRest(); }

}  // namespace hone
