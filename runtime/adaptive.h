// Tuning inside an application's own dispatches, opt in. Only variants that the database has proved correct are tried,
// and the time lost to slow ones stays below a share that the caller sets; when the fastest is known it is kept in the
// user's database, and the next start begins with it.
//
//   hone::AdaptivePipeline gemm = library.LoadAdaptive("gemm", problem, {.queue_family = family});
//   … each time: gemm.Record(commands, …) into commands recorded anew, submit;
//   … when the device has finished some of them: gemm.Collect();
//
// Every candidate takes the same buffers and scalars. Threads: any. It must not outlive the Library.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "runtime/library.h"

namespace hone {

struct AdaptiveOptions {
  std::uint32_t queue_family = 0;  // where the commands will run; it must have timestamps
  double overhead = 0.01;          // the share of all GPU time of this pipeline that trials may cost, once it has run a while
  std::size_t candidates = 8;      // at most, the first as Library::Load chooses it
  LoadOptions load = {};
};

class AdaptivePipeline {
 public:
  // As Pipeline::Record; a dispatch that is timed has a timestamp before and after. Commands recorded once and
  // submitted often would repeat a trial: record them anew.
  void Record(VkCommandBuffer command_buffer, View<Binding> buffers, View<Scalar> scalars = {}, Binding workspace = {}) const;
  std::uint64_t WorkspaceBytes() const;  // the most that a candidate needs

  // Reads the times that are there; never waits. True once the fastest is known, which is then stored in the user's
  // database, where the library has one. Errors: DeviceError kDeviceLost; as Store, when it is stored.
  bool Collect() const;

  bool converged() const;
  Pipeline best() const;        // the fastest, once converged; else the first
  double lost() const;          // what trials have cost so far, as a share of all time
  std::string Explain() const;  // one line: how far it is, and what is best

  struct Impl;
  explicit AdaptivePipeline(std::shared_ptr<Impl> impl) : impl_(std::move(impl)) {}

 private:
  std::shared_ptr<Impl> impl_;
};

}  // namespace hone
