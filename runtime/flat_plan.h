// Private to runtime/: a Plan in one block of bytes: what recording reads, and what a start file keeps.
#pragma once

#include <cstddef>
#include <memory>
#include <span>

#include "runtime/flat.h"
#include "runtime/plan.h"

namespace hone {

struct Flat {
  template <typename T>
  using List = FlatList<T>;
  using Text = FlatText;
};
using FlatStep = StepOf<Flat>;
using FlatPass = PassSetupOf<Flat>;
using FlatPlan = PlanOf<Flat>;

// A block that begins with a FlatPlan.
struct PlanBlock {
  std::shared_ptr<const void> memory;
  std::span<const std::byte> bytes;

  const FlatPlan& operator*() const { return *reinterpret_cast<const FlatPlan*>(bytes.data()); }
  const FlatPlan* operator->() const { return &**this; }
};

PlanBlock Flatten(const Plan& plan);

}  // namespace hone
