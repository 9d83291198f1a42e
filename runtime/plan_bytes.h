// Private to runtime/: a Plan as bytes (bytes.h).
#pragma once

#include "runtime/bytes.h"
#include "runtime/plan.h"

namespace hone {

template <typename Archive, Of<Patch> T>
void Fields(Archive& archive, T& patch) {
  archive(patch.scalar, patch.offset, patch.type);
}

template <typename Archive, Of<Step> T>
void Fields(Archive& archive, T& step) {
  archive(step.pass, step.groups, step.first, step.order, step.barrier_before, step.push);
}

template <typename Archive, Of<WorkspaceRange> T>
void Fields(Archive& archive, T& range) {
  archive(range.offset, range.bytes);
}

template <typename Archive, Of<PassSetup::Constant> T>
void Fields(Archive& archive, T& constant) {
  archive(constant.id, constant.offset, constant.bytes);
}

template <typename Archive, Of<PassSetup> T>
void Fields(Archive& archive, T& pass) {
  archive(pass.subgroup_size, pass.full_subgroups, pass.constants, pass.data, pass.patches, pass.used, pass.divided);
}

template <typename Archive, Of<Plan> T>
void Fields(Archive& archive, T& plan) {
  archive(plan.problem, plan.buffer_bytes, plan.workspaces, plan.workspace_bytes, plan.scalars, plan.orders, plan.passes,
          plan.steps, plan.push_bytes, plan.divided);
}

}  // namespace hone
