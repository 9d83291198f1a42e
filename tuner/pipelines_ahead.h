// Makes the driver's pipelines of variants on threads, before they are asked for: some drivers take half a second for one.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <vector>

#include "compiler/threads.h"
#include "runtime/pipeline.h"

namespace hone {

constexpr std::size_t kDriverStackBytes = std::size_t{256} << 20;  // drivers recurse deeply when they compile

struct ExpectedPipeline {
  std::uint64_t number = 0;  // the asker's
  Binary binary;
  Values problem;
};

// Threads: every function may be called by any number of threads at once.
class PipelinesAhead {
 public:
  using Make = std::function<Pipeline(const ExpectedPipeline&)>;  // called on the threads
  // Called on the threads, when one begins to make a pipeline and when it has ended, whatever came of it.
  using Announce = std::function<void(std::uint64_t number, bool begins)>;

  PipelinesAhead(Make make, Announce announce);
  ~PipelinesAhead();  // waits for those that are being made

  // Most likely first; goes before what was expected earlier. The first call starts the threads. Errors: Error when it cannot.
  void Expect(std::vector<ExpectedPipeline> expected, int threads);
  // If it was made, or is being made, which is waited for. Empty: it was not, or something went wrong: make it yourself, and
  // see.
  Pipeline Take(const Binary& binary, const Values& problem);
  void Forget();  // all of them: another kernel comes

 private:
  struct Entry {
    bool done = false;
    std::uint64_t age = 0;
    Pipeline pipeline;
  };
  static std::string KeyOf(const Binary& binary, const Values& problem);
  void Work();
  void Trim();

  Make make_;
  Announce announce_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<ExpectedPipeline> expected_;
  std::map<std::string, std::shared_ptr<Entry>> entries_;  // being made and made
  std::uint64_t begun_ = 0;
  bool stop_ = false;
  std::vector<internal::LargeThread> threads_;
};

}  // namespace hone
