#include "tuner/check.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

#include "compiler/compile.h"
#include "compiler/template.h"
#include "db/error.h"
#include "runtime/context.h"
#include "tuner/prepare.h"

namespace hone {
namespace {

CheckOptions Options() {
  CheckOptions options;
  options.samples = 4;
  options.check_timeout_ms = 5000;
  return options;
}
std::string Kernel(const std::string& name) { return std::string(HONE_TEST_DATA) + "/kernels/" + name; }

TEST(Check, ARightKernelPasses) {
  const CheckReport report = Check({Kernel("steps")}, Options());
  ASSERT_EQ(report.rows.size(), 1u);
  EXPECT_TRUE(report.ok());
  EXPECT_EQ(report.rows[0].points, 60u);
  EXPECT_EQ(report.rows[0].raw_points, 60);
  EXPECT_GE(report.rows[0].variants, 5);
  EXPECT_EQ(report.rows[0].runs, report.rows[0].variants);
}

TEST(Check, EveryPlantedPatternFailsButTheGoodOne) {
  const CheckReport report = Check({Kernel("planted")}, Options());
  EXPECT_FALSE(report.ok());
  std::set<std::string> right;
  for (const CheckRow& row : report.rows)
    if (row.failures.empty()) right.insert(row.pattern);
  EXPECT_EQ(right, std::set<std::string>{"good"});
}

// Vulkan demands no subgroup operation but the basic ones of a device: Mesa's lavapipe has no clustered ones.
TEST(Check, SubgroupOperationsThatTheDeviceLacksAreNoFailures) {
  const CheckReport report = Check({Kernel("subgroups")}, Options());
  EXPECT_TRUE(report.ok());
  ASSERT_EQ(report.rows.size(), 2u);
  EXPECT_EQ(report.rows[0].skipped, "");
  const bool has_them = EnumerateDevices().at(0).features.contains("subgroupClustered");
  EXPECT_EQ(report.rows[1].skipped, has_them ? "" : "feature subgroupClustered is missing (for GroupNonUniformClustered)");
  EXPECT_EQ(report.rows[1].variants, has_them ? 2 : 0);
}

TEST(Prepare, AVariantIsHeldAgainstTheDevicesSubgroupOperations) {
  const hone::Kernel kernel = LoadKernel(Kernel("subgroups"));
  const Binary clustered = *Compiler().Compile(kernel, "clustered", {{"WG", 64}}).binary;
  DeviceInfo device = GenericDevice();
  device.features = {"subgroupBasic", "subgroupArithmetic", "subgroupClustered"};
  EXPECT_EQ(MissingFor(clustered, device), "");
  device.features.erase("subgroupClustered");
  EXPECT_EQ(MissingFor(clustered, device), "feature subgroupClustered is missing (for GroupNonUniformClustered)");
  EXPECT_EQ(MissingFor(*Compiler().Compile(kernel, "plain", {{"WG", 64}}).binary, device), "");
}

TEST(Check, NoKernelThere) {
  EXPECT_THROW(Check({"/nonexistent"}, Options()), Error);
  EXPECT_THROW(Check({std::string(HONE_SOURCE_DIR) + "/tests/tuner"}, Options()), Error);
}

}  // namespace
}  // namespace hone
