#include "db/diff.h"

#include <gtest/gtest.h>

#include "tests/db/sample.h"

namespace hone {
namespace {

class DiffTest : public testing::Test {
 protected:
  void Put(Store& store, std::int64_t n, double ns, const DeviceInfo& device = SampleDevice(),
           const std::string& source = "1") {
    store.PutKernel(SampleKernel("axpy", source));
    store.PutMeasurement(store.BeginRun({}, device), device, SampleMeasurement({{"WG", 64}}, ns, n));
  }
  TemporaryFolder folder_;
  Store before_ = Store::Open(folder_ / "a.db", Store::Mode::kCreate),
        after_ = Store::Open(folder_ / "b.db", Store::Mode::kCreate);
};

TEST_F(DiffTest, FasterSlowerSameAppearedVanished) {
  Put(before_, 1, 100);
  Put(before_, 2, 100);
  Put(before_, 3, 100);
  Put(before_, 4, 100);
  Put(after_, 1, 50);
  Put(after_, 2, 200);
  Put(after_, 3, 101);  // its interval meets the other's
  Put(after_, 5, 100);
  const auto differences = Diff(before_, after_);
  ASSERT_EQ(differences.size(), 5u);
  EXPECT_EQ(differences[0].change, Change::kFaster);
  EXPECT_DOUBLE_EQ(differences[0].ratio, 0.5);
  EXPECT_EQ(differences[1].change, Change::kSlower);
  EXPECT_EQ(differences[2].change, Change::kSame);
  EXPECT_EQ(differences[3].change, Change::kVanished);
  EXPECT_FALSE(differences[3].after);
  EXPECT_EQ(differences[4].change, Change::kAppeared);
  EXPECT_EQ(differences[4].problem.ToText(), "T=float n=5");
  for (const Difference& d : differences) EXPECT_FALSE(d.source_changed);
}

TEST_F(DiffTest, AnotherDriverIsTheSameGpuAndAnotherSourceIsSaid) {
  Put(before_, 1, 100, SampleDevice("GPU", "driver 1"));
  Put(after_, 1, 50, SampleDevice("GPU", "driver 2"), "2");
  Put(after_, 1, 50, SampleDevice("Other GPU", "driver 2"), "2");
  const auto differences = Diff(before_, after_);
  ASSERT_EQ(differences.size(), 2u);
  EXPECT_EQ(differences[0].change, Change::kAppeared);
  EXPECT_EQ(differences[1].change, Change::kFaster);
  EXPECT_NE(differences[1].device_before, differences[1].device_after);
  EXPECT_TRUE(differences[1].source_changed);
}

TEST_F(DiffTest, TheSameDatabaseHasNoDifference) {
  Put(before_, 1, 100);
  for (const Difference& d : Diff(before_, before_)) EXPECT_EQ(d.change, Change::kSame);
}

}  // namespace
}  // namespace hone
