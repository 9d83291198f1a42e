#include "runtime/flat_plan.h"

#include <cstddef>

namespace hone {
namespace {

void PutScalars(FlatWriter& to, std::size_t plan, const Plan& from) {
  std::size_t at = to.PutZeros<FlatText>(plan + offsetof(FlatPlan, scalars), from.scalars.size());
  for (const std::string& name : from.scalars) to.Put(std::exchange(at, at + sizeof(FlatText)), name);
}

void PutOrders(FlatWriter& to, std::size_t plan, const Plan& from) {
  using Order = FlatList<std::uint32_t>;
  std::size_t at = to.PutZeros<Order>(plan + offsetof(FlatPlan, orders), from.orders.size());
  for (const auto& order : from.orders) to.Put(std::exchange(at, at + sizeof(Order)), order);
}

void PutPasses(FlatWriter& to, std::size_t plan, const Plan& from) {
  std::size_t at = to.PutZeros<FlatPass>(plan + offsetof(FlatPlan, passes), from.passes.size());
  for (const PassSetup& pass : from.passes) {
    auto& flat = to.At<FlatPass>(at);
    flat.subgroup_size = pass.subgroup_size;
    flat.full_subgroups = pass.full_subgroups;
    flat.used = pass.used;
    flat.divided = pass.divided;
    to.Put(at + offsetof(FlatPass, constants), pass.constants);
    to.Put(at + offsetof(FlatPass, data), pass.data);
    to.Put(at + offsetof(FlatPass, patches), pass.patches);
    at += sizeof(FlatPass);
  }
}

void PutSteps(FlatWriter& to, std::size_t plan, const Plan& from) {
  std::size_t at = to.PutZeros<FlatStep>(plan + offsetof(FlatPlan, steps), from.steps.size());
  for (const Step& step : from.steps) {
    auto& flat = to.At<FlatStep>(at);
    flat.pass = step.pass;
    flat.groups = step.groups;
    flat.first = step.first;
    flat.order = step.order;
    flat.barrier_before = step.barrier_before;
    to.Put(at + offsetof(FlatStep, push), step.push);
    at += sizeof(FlatStep);
  }
}

}  // namespace

PlanBlock Flatten(const Plan& plan) {
  FlatWriter to;
  const std::size_t at = to.Add<FlatPlan>();
  auto& flat = to.At<FlatPlan>(at);
  flat.workspace_bytes = plan.workspace_bytes;
  flat.push_bytes = plan.push_bytes;
  flat.divided = plan.divided;
  to.Put(at + offsetof(FlatPlan, buffer_bytes), plan.buffer_bytes);
  to.Put(at + offsetof(FlatPlan, workspaces), plan.workspaces);
  PutScalars(to, at, plan);
  PutOrders(to, at, plan);
  PutPasses(to, at, plan);
  PutSteps(to, at, plan);
  const auto bytes = std::make_shared<const std::vector<std::byte>>(to.Take());
  return {bytes, *bytes};
}

}  // namespace hone
