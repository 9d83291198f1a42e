#include "tuner/priors.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "tests/tuner/synthetic.h"

namespace hone {
namespace {

class PriorsTest : public testing::Test {
 protected:
  PriorsTest() : file_(std::filesystem::path(testing::TempDir()) / "priors_test.db") {
    std::filesystem::remove(file_);
    kernel_.name = "tiled";
    kernel_.integers = {{"n", 1, 1 << 20}};
    Pattern pattern;
    pattern.name = "tiled";
    for (const auto& [name, values] : {std::pair{"X", Powers(0, 3)}, {"TILE", Powers(0, 2)}}) {
      pattern.parameters.push_back({name, values, false, {}});
    }
    kernel_.patterns = {pattern};
    here_.name = "here";
    there_.name = "there";
  }
  void Source(const std::string& text) { kernel_.source_hash = HashOf(text); }
  void Measured(Store& store, const DeviceInfo& device, std::int64_t n,
                std::initializer_list<std::pair<int, double>> x_and_ns) {
    store.PutKernel(kernel_);
    const std::int64_t run = store.BeginRun({"hone tune", "0.1.0", "auto", 1}, device);
    for (const auto& [x, ns] : x_and_ns) {
      Measurement one;
      one.kernel = "tiled";
      one.pattern = "tiled";
      one.point = {{"X", x}, {"TILE", 1}};
      one.problem = {{"n", n}};
      one.phase = "search";
      one.samples_ns = {ns, ns, ns};
      one.statistics = Summarize(one.samples_ns);
      store.PutMeasurement(run, device, one);
    }
    store.EndRun(run);
  }
  std::filesystem::path file_;
  Kernel kernel_;
  DeviceInfo here_ = GenericDevice(), there_ = GenericDevice();
  const Values problem_{{"n", 1024}};
};

TEST_F(PriorsTest, AreOtherDevicesOtherProblemsAndOlderSources) {
  Store store = Store::Open(file_.string(), Store::Mode::kCreate);
  Source("old");
  Measured(store, here_, 1024, {{1, 50}, {2, 40}, {4, 60}});
  Source("new");
  Measured(store, here_, 1024, {{8, 10}});  // known as it is: no prior
  Measured(store, there_, 1024, {{1, 7}, {2, 6}, {4, 5}, {8, 9}});
  Measured(store, here_, 2048, {{1, 100}, {2, 300}, {4, 200}});
  Measured(store, there_, 2048, {{1, 1}, {2, 2}, {4, 3}});  // another problem on another device
  Measured(store, here_, 4096, {{1, 1}, {2, 2}});           // too few
  const Space space = Space::FromKernel(kernel_, problem_, here_);
  const auto priors = PriorsFrom(store, space, "tiled", problem_, here_);
  const auto point = [&](int x) { return space.Find("tiled", {{"X", x}, {"TILE", 1}}).value(); };
  ASSERT_EQ(priors.size(), 3u);
  EXPECT_EQ(priors[0].label, there_.Key());
  EXPECT_EQ(priors[0].costs,
            (std::vector<std::pair<PointId, double>>{{point(4), 5}, {point(2), 6}, {point(1), 7}, {point(8), 9}}));
  EXPECT_EQ(priors[1].label, "an older source");
  EXPECT_EQ(priors[1].costs.front(), (std::pair<PointId, double>{point(2), 40}));
  EXPECT_EQ(priors[2].label, "n=2048");
  EXPECT_EQ(priors[2].costs.back(), (std::pair<PointId, double>{point(2), 300}));
}

TEST_F(PriorsTest, AnEmptyDatabaseHasNone) {
  Store store = Store::Open(file_.string(), Store::Mode::kCreate);
  Source("new");
  store.PutKernel(kernel_);
  EXPECT_TRUE(PriorsFrom(store, Space::FromKernel(kernel_, problem_, here_), "tiled", problem_, here_).empty());
}

}  // namespace
}  // namespace hone
