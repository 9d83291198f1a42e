#include "tuner/device_run.h"

#include <gtest/gtest.h>

#include <memory>
#include <vector>

namespace hone {
namespace {

// Of kernels with so many problems each, in order.
std::vector<Task> TasksOf(const std::vector<int>& problems) {
  std::vector<Task> tasks;
  for (const int count : problems) {
    const auto kernel = std::make_shared<const Kernel>();
    for (int i = 0; i < count; ++i) tasks.push_back({.kernel = kernel, .number = static_cast<int>(tasks.size())});
  }
  return tasks;
}

std::vector<std::vector<int>> NumbersOf(const std::vector<std::vector<Task>>& lanes) {
  std::vector<std::vector<int>> numbers;
  for (const std::vector<Task>& lane : lanes) {
    numbers.emplace_back();
    for (const Task& task : lane) numbers.back().push_back(task.number);
  }
  return numbers;
}

using Lanes = std::vector<std::vector<int>>;

TEST(TasksOfLanes, AKernelsProblemsStayTogether) {
  EXPECT_EQ(NumbersOf(TasksOfLanes(TasksOf({3, 1, 1, 2}), 2, true)), (Lanes{{0, 1, 2}, {3, 4, 5, 6}}));
  EXPECT_EQ(NumbersOf(TasksOfLanes(TasksOf({3, 1, 1, 2}), 2, false)), (Lanes{{0, 1, 2}, {3, 4, 5, 6}}));
}

TEST(TasksOfLanes, NoLaneIsEmpty) {
  EXPECT_EQ(NumbersOf(TasksOfLanes(TasksOf({2, 2}), 4, false)), (Lanes{{0, 1}, {2, 3}}));
  EXPECT_EQ(NumbersOf(TasksOfLanes(TasksOf({1}), 4, true)), (Lanes{{0}}));
  EXPECT_EQ(NumbersOf(TasksOfLanes({}, 4, true)), (Lanes{{}})) << "one, with nothing to do";
}

TEST(TasksOfLanes, WithTimeToSpendFewKernelsAreTakenApart) {
  EXPECT_EQ(NumbersOf(TasksOfLanes(TasksOf({5}), 2, true)), (Lanes{{0, 2, 4}, {1, 3}}));
  EXPECT_EQ(NumbersOf(TasksOfLanes(TasksOf({5}), 2, false)), (Lanes{{0, 1, 2, 3, 4}}));
}

}  // namespace
}  // namespace hone
