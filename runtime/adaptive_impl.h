// Private to runtime/: what an AdaptivePipeline holds.
#pragma once

#include <functional>
#include <mutex>
#include <vector>

#include "runtime/adaptive.h"
#include "runtime/pipeline_impl.h"
#include "runtime/trials.h"

namespace hone {

struct AdaptivePipeline::Impl {
  // candidates: at least one. keep: stores the timings once they have decided.
  using Keep = std::function<void(const std::vector<Pipeline>&, const Trials&)>;
  Impl(std::vector<Pipeline> candidates, const AdaptiveOptions& options, Keep keep);
  ~Impl();
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  bool CanTime(std::uint32_t queue_family) const;
  int FreeSlot() const;  // -1: all are waited for
  void Collect();

  static constexpr int kSlots = 16;  // timed dispatches whose times are not there yet
  std::vector<Pipeline> pipelines;
  std::shared_ptr<Gpu> gpu;
  const Dispatch& d;
  Keep keep;
  std::mutex mutex;  // over what follows
  Trials trials;
  vk::QueryPool queries;  // null: nothing is timed, the first candidate is kept
  std::uint64_t mask = ~std::uint64_t{0};
  double period_ns = 1;
  std::array<int, kSlots> candidate_of;  // by slot; -1: free
  bool kept = false;
};

}  // namespace hone
