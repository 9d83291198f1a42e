#include "tuner/gaussian.h"

#include <gtest/gtest.h>

#include <cmath>

#include "tests/tuner/synthetic.h"

namespace hone {
namespace {

// Costs that add up over X and Y, and do not care about PAD; a quarter of the points of TiledSpace.
std::vector<Gaussian::Sample> Additive(const Space& space, std::size_t stride) {
  std::vector<Gaussian::Sample> samples;
  for (PointId point = 0; point < space.Count(); point += stride) {
    const Values at = space.PointOf(point);
    const auto log = [&](const char* name) { return std::log2(static_cast<double>(*at.Integer(name))); };
    samples.push_back({point, 5 + 0.2 * log("X") + 0.3 * log("Y"), 1 + 0.5 * log("TILE")});
  }
  return samples;
}

TEST(Gaussian, PredictsPointsBetweenTheSamples) {
  const Space space = TiledSpace();
  Gaussian gaussian(space);
  const auto all = Additive(space, 1);
  gaussian.Fit(Additive(space, 17));
  double squares = 0, spread = 0;
  for (const Gaussian::Sample& sample : all) {
    const Gaussian::Guess guess = gaussian.Look(sample.point);
    squares += std::pow(guess.cost - sample.cost, 2) / static_cast<double>(all.size());
    spread += std::pow(guess.seconds - sample.seconds, 2) / static_cast<double>(all.size());
  }
  EXPECT_LT(std::sqrt(squares), 0.1);  // the costs spread by 0.6, the seconds by 0.7
  EXPECT_LT(std::sqrt(spread), 0.2);
}

TEST(Gaussian, IsSureOnlyWhereItLooked) {
  const Space space = TiledSpace();
  Gaussian gaussian(space);
  auto samples = Additive(space, 1);
  samples.resize(60);  // small X only
  gaussian.Fit(samples);
  EXPECT_LT(gaussian.Deviation(samples[30].point), 0.1 * gaussian.Deviation(space.Count() - 1));
  for (PointId point = 0; point < space.Count(); point += 7) {
    EXPECT_LE(gaussian.Deviation(point), gaussian.Look(point).deviation_at_most + 1e-9) << point;
  }
}

TEST(Gaussian, SurvivesOneSampleAndEqualOnes) {
  const Space space = TiledSpace();
  Gaussian gaussian(space);
  gaussian.Fit(std::vector<Gaussian::Sample>{{3, 1.5, 0}});
  EXPECT_NEAR(gaussian.Look(3).cost, 1.5, 1e-6);
  gaussian.Fit(std::vector<Gaussian::Sample>{{3, 2, 0}, {9, 2, 0}, {27, 2, 0}});
  EXPECT_NEAR(gaussian.Look(11).cost, 2, 1e-9);
  EXPECT_TRUE(std::isfinite(gaussian.Deviation(11)));
}

}  // namespace
}  // namespace hone
