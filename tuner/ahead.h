// Compiles variants on threads before they are asked for.
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
#include <thread>
#include <vector>

#include "db/store.h"
#include "tuner/space.h"

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

  CompileAhead(Compile compile, int threads);
  ~CompileAhead() { Rest(); }
  // Without threads, until the next Expect or Take; what has compiled is kept. Waits for the compilations in progress.
  void Rest();

  void Expect(std::span<const PointId> points);  // most likely first; replaces earlier expectations
  // Compiles it now if nobody has. Errors: whatever Compile throws.
  std::shared_ptr<const Compiled> Take(PointId point);
  // What was expected and has compiled, in that order; it still can be taken.
  std::vector<std::shared_ptr<const Compiled>> Ready();
  // While paused only what Take waits for is compiled: where the device is the CPU, compiling disturbs what is timed.
  void Pause(bool paused);

 private:
  struct Entry {
    bool done = false;
    Compiled compiled;
    std::exception_ptr error;
  };
  void Begin();
  void Work();
  void Trim(std::size_t most);
  bool IsWanted(PointId point) const;

  Compile compile_;
  int thread_count_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<PointId> expected_;
  std::vector<PointId> order_;                         // of the latest Expect
  std::map<PointId, std::shared_ptr<Entry>> entries_;  // in progress and done
  bool paused_ = false, stop_ = false;
  std::vector<PointId> wanted_;  // Take()s wait for them
  std::vector<std::jthread> threads_;
};

}  // namespace hone
