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

struct ExpectedVariant {
  std::uint64_t number = 0;  // the asker's
  Binary binary;
  Values problem;
  std::vector<Values> check_problems;
};

std::string KeyOf(const Binary& binary, const Values& problem);  // tells variants of one kernel and problem from others

// A variant's pipelines by problem: what it is checked on, and what it is timed on. They share their VkPipelines: sizes are
// push constants, so that another problem needs another one only where it takes other passes of the pattern (runtime/gpu.h).
using VariantPipelines = std::map<Values, Pipeline>;

// Threads: every function may be called by any number of threads at once.
class PipelinesAhead {
 public:
  using Make = std::function<VariantPipelines(const ExpectedVariant&)>;  // called on the threads
  // Called on the threads, when one begins to make a variant's pipelines and when it has ended, whatever came of it.
  using Announce = std::function<void(std::uint64_t number, bool begins)>;

  PipelinesAhead(Make make, Announce announce);
  ~PipelinesAhead();  // waits for those that are being made

  // Most likely first; goes before what was expected earlier. The first call starts the threads. Errors: Error when it cannot.
  void Expect(std::vector<ExpectedVariant> expected, int threads);
  // If they were made, or are being made, which is waited for. Empty: they were not, or something went wrong: make them
  // yourself, and see.
  VariantPipelines Take(const Binary& binary, const Values& problem);
  void Forget();  // all of them: another kernel comes

 private:
  struct Entry {
    bool done = false;
    std::uint64_t age = 0;
    VariantPipelines pipelines;
  };
  void Work();
  void Trim();

  Make make_;
  Announce announce_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<ExpectedVariant> expected_;
  std::map<std::string, std::shared_ptr<Entry>> entries_;  // being made and made
  std::uint64_t begun_ = 0;
  bool stop_ = false;
  std::vector<internal::LargeThread> threads_;
};

}  // namespace hone
