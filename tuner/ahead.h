// Compiles variants before they are asked for, on the threads of a pool.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "db/store.h"
#include "tuner/space.h"
#include "tuner/thread_pool.h"

namespace hone {

struct Compiled {
  std::optional<Binary> binary;  // nullopt: it does not compile
  std::string message;           // then: why
  double ms = 0;
  PointId point = 0;  // set by CompileAhead
  // What the tuner will want to know of it next, worked out on the same thread.
  std::vector<Values> check_problems;  // that it is legal for
  std::string identity;                // IdentityOf (tuner/identity.h)
  std::vector<CompressedModule> compressed;
};

class CompileAhead {
 public:
  using Compile = std::function<Compiled(PointId)>;  // called from several threads

  CompileAhead(Compile compile, ThreadPool& pool);
  ~CompileAhead();  // waits for the compilations in progress
  CompileAhead(const CompileAhead&) = delete;
  CompileAhead& operator=(const CompileAhead&) = delete;

  void Expect(std::span<const PointId> points);  // most likely first; replaces earlier expectations
  // Compiles it now, on this thread, if nobody has begun to. Errors: whatever Compile throws.
  std::shared_ptr<const Compiled> Take(PointId point);
  // What was expected and has compiled, in that order; it still can be taken.
  std::vector<std::shared_ptr<const Compiled>> Ready();
  // While paused only Take compiles: where the device is the CPU, compiling disturbs what is timed.
  void Pause(bool paused);

 private:
  struct Entry {
    bool done = false;
    Compiled compiled;
    std::exception_ptr error;
  };
  struct State {  // that the pool's threads hold too
    Compile compile;
    std::mutex mutex;
    std::condition_variable changed;
    std::deque<PointId> expected;
    std::vector<PointId> order;                         // of the latest Expect
    std::map<PointId, std::shared_ptr<Entry>> entries;  // in progress and done
    bool paused = false;
    int in_progress = 0;  // on the pool's threads
    void Run(PointId point, Entry& entry, std::unique_lock<std::mutex>& lock);
  };
  void Post(std::size_t count);
  static void CompileNext(State& state);
  static void Trim(State& state);

  std::shared_ptr<State> state_ = std::make_shared<State>();
  ThreadPool& pool_;
};

}  // namespace hone
