#include "tuner/check.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

#include "db/error.h"

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

TEST(Check, NoKernelThere) {
  EXPECT_THROW(Check({"/nonexistent"}, Options()), Error);
  EXPECT_THROW(Check({std::string(HONE_SOURCE_DIR) + "/tests/tuner"}, Options()), Error);
}

}  // namespace
}  // namespace hone
