#include "tuner/prepare.h"

#include <gtest/gtest.h>

#include "compiler/template.h"
#include "tuner/contract.h"

namespace hone {
namespace {

TEST(Prepare, AsManyWorkersAsTheMemoryHolds) {
  DeviceInfo device;
  EXPECT_EQ(WorkersThatFit(device, 1e9), 1u) << "nothing is known of its memory";
  device.limits["deviceLocalBytes"] = 8e9;
  EXPECT_EQ(WorkersThatFit(device, 9e9), 1u) << "one has to do with what there is";
  EXPECT_EQ(WorkersThatFit(device, 3e9), 2u);
  EXPECT_EQ(WorkersThatFit(device, 2e9), 4u);
  EXPECT_GE(WorkersThatFit(device, 0), 1000u);
}

TEST(Prepare, AProblemsMemoryGrowsWithItsBuffers) {
  const Kernel kernel = LoadKernel(std::string(HONE_TEST_DATA) + "/kernels/many");
  const double small = BytesToMeasure(kernel, CompleteProblem(kernel, {{"n", 1000}}));
  EXPECT_GE(small, 2 * 4 * 1000) << "two buffers of floats";
  EXPECT_DOUBLE_EQ(BytesToMeasure(kernel, CompleteProblem(kernel, {{"n", 4000}})), 4 * small);

  DeviceInfo device{.type = "discrete"};
  device.limits = {{"maxStorageBufferRange", 1e6}, {"deviceLocalBytes", 10 * small}};
  EXPECT_EQ(TooLargeFor(device, kernel, CompleteProblem(kernel, {{"n", 1000}})), "");
  EXPECT_NE(TooLargeFor(device, kernel, CompleteProblem(kernel, {{"n", 20000}})).find("the device has"), std::string::npos);
  EXPECT_NE(TooLargeFor(device, kernel, CompleteProblem(kernel, {{"n", 1000000}})).find("buffer 'x'"), std::string::npos);
}

}  // namespace
}  // namespace hone
