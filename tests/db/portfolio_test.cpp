#include "db/portfolio.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <filesystem>
#include <random>

#include "db/pack.h"
#include "tests/db/sample.h"

namespace hone {
namespace {

// Timings of variants by the cases each covers at `within` 0.
std::vector<Timing> Covering(const std::vector<std::vector<std::size_t>>& cases_of) {
  std::vector<Timing> timings;
  for (std::size_t variant = 0; variant < cases_of.size(); ++variant) {
    for (const std::size_t at : cases_of[variant]) timings.push_back({variant, at, 100});
  }
  return timings;
}

TEST(Portfolio, IsSmallerThanTheGreedyOne) {
  // Greedy takes variant 2 (four cases), then needs both others: three. Two are enough.
  const Portfolio found = FindPortfolio(std::vector<double>(6, 100), Covering({{0, 1, 2}, {3, 4, 5}, {1, 2, 3, 4}}), 0);
  EXPECT_EQ(found.variants, (std::vector<std::size_t>{0, 1}));
  EXPECT_TRUE(found.smallest);
}

TEST(Portfolio, WithinDecides) {
  const std::vector<double> best{100, 200};
  const std::vector<Timing> timings{{7, 0, 100}, {8, 1, 200}, {9, 0, 102}, {9, 1, 204.1}};
  EXPECT_EQ(FindPortfolio(best, timings, 0).variants, (std::vector<std::size_t>{7, 8}));
  EXPECT_EQ(FindPortfolio(best, timings, 0.02).variants, (std::vector<std::size_t>{7, 8}));
  EXPECT_EQ(FindPortfolio(best, timings, 0.021).variants, (std::vector<std::size_t>{9}));
}

TEST(Portfolio, CasesThatNobodyCoversAreLeftOut) {
  EXPECT_TRUE(FindPortfolio({100}, {{0, 0, 200}}, 0.5).variants.empty());
  EXPECT_EQ(FindPortfolio({100, 100}, {{0, 0, 100}}, 0).variants, (std::vector<std::size_t>{0}));
  EXPECT_TRUE(FindPortfolio({}, {}, 0).variants.empty());
}

// Against every subset of up to ten variants.
TEST(Portfolio, NoSubsetIsSmaller) {
  std::mt19937 random(1);
  for (int round = 0; round < 300; ++round) {
    const std::size_t cases = 1 + random() % 9, variants = 1 + random() % 10;
    std::vector<std::vector<std::size_t>> cases_of(variants);
    std::vector<unsigned> masks(variants);
    for (std::size_t variant = 0; variant < variants; ++variant) {
      for (std::size_t at = 0; at < cases; ++at) {
        if (random() % 3) continue;
        cases_of[variant].push_back(at);
        masks[variant] |= 1u << at;
      }
    }
    unsigned all = 0;
    for (const unsigned mask : masks) all |= mask;
    int fewest = 99;
    for (unsigned subset = 0; subset < 1u << variants; ++subset) {
      unsigned covered = 0;
      for (std::size_t variant = 0; variant < variants; ++variant) covered |= subset >> variant & 1 ? masks[variant] : 0;
      if (covered == all) fewest = std::min(fewest, std::popcount(subset));
    }
    const Portfolio found = FindPortfolio(std::vector<double>(cases, 100), Covering(cases_of), 0);
    unsigned covered = 0;
    for (const std::size_t variant : found.variants) covered |= masks[variant];
    ASSERT_EQ(covered, all) << round;
    ASSERT_EQ(static_cast<int>(found.variants.size()), fewest) << round;
    ASSERT_TRUE(found.smallest) << round;
  }
}

TEST(Portfolio, LargeOnesEndToo) {
  std::mt19937 random(2);
  std::vector<std::vector<std::size_t>> cases_of(2000);
  for (auto& cases : cases_of) {
    for (std::size_t at = 0; at < 300; ++at) {
      if (random() % 20 == 0) cases.push_back(at);
    }
  }
  const Portfolio found = FindPortfolio(std::vector<double>(300, 100), Covering(cases_of), 0);
  std::vector<bool> covered(300);
  for (const std::size_t variant : found.variants) {
    for (const std::size_t at : cases_of[variant]) covered[at] = true;
  }
  EXPECT_EQ(std::ranges::count(covered, true), 300);
  EXPECT_LT(found.variants.size(), 60u);
}

// Three devices, four problems, variants by WG × PER_LANE. PER_LANE=2 is 1.5 % slower than the best everywhere; each
// case has another best. WG=256 needs an extension that the third device lacks.
class PackWithin : public testing::Test {
 protected:
  static Values Point(int wg, int per_lane) { return {{"WG", wg}, {"PER_LANE", per_lane}}; }
  static DeviceInfo Device(int index) {
    DeviceInfo device = SampleDevice("Device " + std::to_string(index));
    if (index == 2) device.extensions.clear();
    return device;
  }
  void SetUp() override {
    Store store = Store::Open(tuned_, Store::Mode::kCreate);
    for (const int wg : {64, 128, 256}) {
      for (const int per_lane : {1, 2, 4}) {
        store.PutBinary(SampleBinary(SampleKernel(), "strided", Point(wg, per_lane), {{"T", "float"}}));
      }
    }
    for (int device = 0; device < 3; ++device) {
      const std::int64_t run = store.BeginRun({.command = std::to_string(device)}, Device(device));
      for (int problem = 0; problem < 4; ++problem) {
        const bool odd = (device + problem) % 2 != 0;
        const double scale = 1000.0 * (1 + problem);
        const auto put = [&](int wg, int per_lane, double slower) {
          if (wg == 256 && device == 2) return;
          store.PutMeasurement(run, Device(device), SampleMeasurement(Point(wg, per_lane), scale * slower, 1 << problem));
        };
        put(64, 1, odd ? 1.0 : 1.5);
        put(128, 1, odd ? 1.5 : 1.0);
        put(64, 2, 1.015);
        put(256, 4, 1.005);
        put(128, 4, 3);
      }
    }
  }
  TemporaryFolder folder_;
  std::string tuned_ = folder_ / "tuned.db", packed_ = folder_ / "packed.db";
};

TEST_F(PackWithin, WinnersOfEachCase) {
  const PackResult result = Pack(tuned_, packed_);
  EXPECT_EQ(result.winners, 12);
  EXPECT_EQ(result.slowest, 0);
  const Store packed = Store::Open(packed_, Store::Mode::kReadOnly);
  for (int device = 0; device < 3; ++device) {
    for (int problem = 0; problem < 4; ++problem) {
      const Values asked{{"T", "float"}, {"n", 1 << problem}};
      EXPECT_EQ(packed.Best("axpy", asked, Device(device).Key())->point, Point((device + problem) % 2 ? 64 : 128, 1));
    }
  }
}

TEST_F(PackWithin, OneVariantForAll) {
  const PackResult result = Pack(tuned_, packed_, {.within = 0.02});
  EXPECT_EQ(result.winners, 12);
  EXPECT_NEAR(result.slowest, 0.015, 1e-9);
  const Store packed = Store::Open(packed_, Store::Mode::kReadOnly);
  for (int device = 0; device < 3; ++device) {
    for (int problem = 0; problem < 4; ++problem) {
      const Values asked{{"T", "float"}, {"n", 1 << problem}};
      EXPECT_EQ(packed.Best("axpy", asked, Device(device).Key())->point, Point(64, 2));
    }
  }
  EXPECT_TRUE(packed.LoadBinary("axpy", "strided", Point(64, 2), {{"T", "float"}}));
  EXPECT_FALSE(packed.LoadBinary("axpy", "strided", Point(128, 1), {{"T", "float"}}));
}

// Where the extension is missing, PER_LANE=2 is best on average; on the devices that have it, WG=256 is.
TEST_F(PackWithin, PortableVariantsByWhatTheyNeed) {
  const PackResult result = Pack(tuned_, packed_);
  EXPECT_EQ(result.portable, (std::vector<std::string>{"axpy T=float strided PER_LANE=2 WG=64: 0.985",
                                                       "axpy T=float strided PER_LANE=4 WG=256: 0.995"}));
  const Store packed = Store::Open(packed_, Store::Mode::kReadOnly);
  EXPECT_TRUE(packed.LoadBinary("axpy", "strided", Point(64, 2), {{"T", "float"}}));
  EXPECT_TRUE(packed.LoadBinary("axpy", "strided", Point(256, 4), {{"T", "float"}}));
  // A reader computes the same from the packed file: the portable variants' measurements are there.
  EXPECT_EQ(packed.Results("axpy", {{"T", "float"}, {"n", 1}}, Device(0).Key()).size(), 3u);
  EXPECT_EQ(packed.Results("axpy", {{"T", "float"}, {"n", 1}}, Device(2).Key()).size(), 2u);
}

TEST_F(PackWithin, IsReproducible) {
  Pack(tuned_, packed_, {.within = 0.02});
  Pack(tuned_, folder_ / "again.db", {.within = 0.02});
  EXPECT_EQ(std::filesystem::file_size(packed_), std::filesystem::file_size(folder_ / "again.db"));
}

}  // namespace
}  // namespace hone
