#include "tuner/space.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "db/error.h"
#include "tests/tuner/synthetic.h"

namespace hone {
namespace {

using testing::Test;

Kernel TwoPatterns() {
  Kernel kernel;
  kernel.name = "toy";
  kernel.folder = "kernels/toy";
  kernel.integers = {{.name = "n"}};
  Pattern flat{.name = "flat"};
  flat.parameters = {{.name = "WG", .values = Powers(5, 10)}, {.name = "PER_LANE", .values = Powers(0, 4)}};
  flat.where = {{"WG <= maxComputeWorkGroupInvocations", 9, 3}, {"WG * PER_LANE <= n", 10, 3}};
  Pattern tiled{.name = "tiled"};
  tiled.parameters = {{.name = "WG", .values = Powers(6, 8)},
                      {.name = "STORE", .values = {Value{std::string("float")}, Value{std::string("float16_t")}}},
                      {.name = "TILE", .values = Powers(2, 5)}};
  tiled.where = {{"TILE * TILE * STORE_BYTES <= 1024", 20, 3}};
  kernel.patterns = {flat, tiled};
  return kernel;
}

TEST(Space, IsWhatNaiveFilteringLeaves) {
  const Space space = TiledSpace();
  std::uint64_t naive = 0;
  for (int x = 0; x <= 8; ++x) {
    for (int y = 0; y <= 5; ++y) naive += (1 << x) * (1 << y) <= 1024 ? 5 * 3 * 2 : 0;
  }
  EXPECT_EQ(space.Count(), naive);
  EXPECT_EQ(space.RawCount(), 9.0 * 6 * 5 * 3 * 2);
}

TEST(Space, NumbersAndPointsAreOneToOne) {
  const Space space = TiledSpace();
  std::set<std::string> texts;
  for (PointId point = 0; point < space.Count(); ++point) {
    const Values values = space.PointOf(point);
    texts.insert(values.ToText());
    ASSERT_EQ(space.Find(space.CodesOf(point)), point);
    ASSERT_EQ(space.Find("tiled", values), point);
    ASSERT_EQ(space.Nearest(space.CodesOf(point)), point);
  }
  EXPECT_EQ(texts.size(), space.Count());
  EXPECT_EQ(space.Find("tiled", Values::FromText("X=256 Y=32 TILE=1 VEC=1 PAD=0")), std::nullopt);  // 8192 > 1024
  EXPECT_EQ(space.Find("tiled", Values::FromText("X=256 Y=1")), std::nullopt);
}

TEST(Space, NearestOfAnIllegalPointIsLegalAndNear) {
  const Space space = TiledSpace();
  Codes codes = space.CodesOf(0);
  for (std::size_t d = 0; d < codes.size(); ++d) codes[d] = static_cast<Code>(space.dimensions()[d].values.size() - 1);
  ASSERT_EQ(space.Find(codes), std::nullopt);
  const Codes near = space.CodesOf(space.Nearest(codes));
  double least = 1e9;
  for (PointId point = 0; point < space.Count(); ++point) least = std::min(least, space.Distance(codes, space.CodesOf(point)));
  EXPECT_DOUBLE_EQ(space.Distance(codes, near), least);
}

TEST(Space, HammingNeighboursAreExactlyTheLegalPointsOneValueAway) {
  const Space space = TiledSpace();
  for (PointId point = 0; point < space.Count(); point += 97) {
    std::vector<PointId> near;
    space.Neighbours(point, Neighbourhood::kHamming, near);
    std::set<PointId> expected;
    const Codes here = space.CodesOf(point);
    for (PointId other = 0; other < space.Count(); ++other) {
      const Codes there = space.CodesOf(other);
      int differ = 0;
      for (std::size_t d = 0; d < here.size(); ++d) differ += here[d] != there[d];
      if (differ == 1) expected.insert(other);
    }
    ASSERT_EQ(std::set<PointId>(near.begin(), near.end()), expected);
    ASSERT_EQ(near.size(), expected.size());
    std::vector<PointId> adjacent;
    space.Neighbours(point, Neighbourhood::kAdjacent, adjacent);
    ASSERT_LE(adjacent.size(), 2 * here.size());
    for (PointId one : adjacent) ASSERT_TRUE(expected.contains(one));
  }
}

TEST(Space, SamplesLegalPointsUniformly) {
  const Space space = Space::FromParts(
      {{.pattern = "p", .parameters = {{"A", Range(1, 10)}, {"B", Range(1, 10)}}, .where = {ProductAtMost({"A", "B"}, 10)}}});
  Random random(7);
  std::vector<int> hits(space.Count());
  constexpr int kPerPoint = 1000;
  for (std::uint64_t i = 0; i < space.Count() * kPerPoint; ++i) ++hits[space.Sample(random)];
  double chi = 0;
  for (int hit : hits) chi += (hit - kPerPoint) * (hit - kPerPoint) / static_cast<double>(kPerPoint);
  const double freedom = static_cast<double>(hits.size()) - 1;
  EXPECT_LT(chi, freedom + 5 * std::sqrt(2 * freedom));
}

TEST(Space, KnowsGeometricStepsFromLinearOnesAndWords) {
  const Space space =
      Space::FromParts({{.pattern = "p",
                         .parameters = {{"WG", Powers(5, 10)},
                                        {"PAD", Range(0, 3)},
                                        {"SCOPE", {Value{std::string("subgroup")}, Value{std::string("workgroup")}}}}}});
  ASSERT_EQ(space.dimensions().size(), 3u);
  EXPECT_EQ(space.dimensions()[0].kind, Dimension::Kind::kLog);
  EXPECT_EQ(space.dimensions()[1].kind, Dimension::Kind::kOrdinal);
  EXPECT_EQ(space.dimensions()[2].kind, Dimension::Kind::kCategorical);
  EXPECT_NEAR(space.dimensions()[0].positions[1], 0.2, 1e-12);
}

TEST(Space, OfAKernelIsTheUnionOfItsPatterns) {
  DeviceInfo device;
  device.limits["maxComputeWorkGroupInvocations"] = 512;
  const Space space = Space::FromKernel(TwoPatterns(), Values::FromText("n=1024"), device);
  std::uint64_t flat = 0, tiled = 0;
  for (int wg = 32; wg <= 512; wg *= 2) {
    for (int lane = 1; lane <= 16; lane *= 2) flat += wg * lane <= 1024;
  }
  for (int bytes : {4, 2}) {
    for (int tile = 4; tile <= 32; tile *= 2) tiled += tile * tile * bytes <= 1024 ? 3 : 0;
  }
  EXPECT_EQ(space.Count(), flat + tiled);
  ASSERT_TRUE(space.has_patterns());
  EXPECT_EQ(space.dimensions()[0].name, "pattern");
  EXPECT_EQ(space.PatternOf(0), "flat");
  EXPECT_EQ(space.PatternOf(flat), "tiled");
  for (PointId point = 0; point < space.Count(); ++point) {
    ASSERT_EQ(space.Find(space.CodesOf(point)), point);
    ASSERT_EQ(space.Find(space.PatternOf(point), space.PointOf(point)), point);
  }
  std::vector<PointId> near;
  space.Neighbours(0, Neighbourhood::kHamming, near);
  EXPECT_TRUE(std::any_of(near.begin(), near.end(), [&](PointId p) { return space.PatternOf(p) == "tiled"; }));
  EXPECT_EQ(Space::FromKernel(TwoPatterns(), Values::FromText("n=1024"), device, {"tiled"}).Count(), tiled);
}

TEST(Space, LeavesOutWhatTheDeviceLacks) {
  Kernel kernel = TwoPatterns();
  kernel.patterns[1].parameters[1].requires_["float16_t"].features = {"shaderFloat16"};
  DeviceInfo device;
  device.limits["maxComputeWorkGroupInvocations"] = 512;
  const Values problem = Values::FromText("n=1024");
  const std::uint64_t without = Space::FromKernel(kernel, problem, device).Count();
  device.features.insert("shaderFloat16");
  EXPECT_GT(Space::FromKernel(kernel, problem, device).Count(), without);
  kernel.patterns[1].requires_.extensions = {"VK_KHR_cooperative_matrix"};
  EXPECT_FALSE(Space::FromKernel(kernel, problem, device).has_patterns());
}

TEST(Space, ErrorsNameTheConstraintsPlace) {
  Kernel kernel = TwoPatterns();
  kernel.patterns[0].where = {{"WG <= nonsense", 9, 3}};
  try {
    Space::FromKernel(kernel, Values::FromText("n=1024"), DeviceInfo{});
    FAIL();
  } catch (const Error& error) {
    EXPECT_STREQ(error.what(), "kernels/toy/kernel.toml:9:3: error: 'nonsense' in 'where' of pattern 'flat' has no value here");
  }
  EXPECT_THROW(Space::FromKernel(TwoPatterns(), Values::FromText("n=1024"), DeviceInfo{}, {"tilde"}), Error);
}

TEST(Space, HundredMillionRawPointsAreNotVisitedOneByOne) {
  // 10^8 raw: eight parameters of ten values in one connected group; about 10^5 legal.
  SpacePart part{.pattern = "big"};
  for (char name = 'A'; name <= 'H'; ++name) part.parameters.emplace_back(std::string(1, name), Range(1, 10));
  for (char name = 'A'; name < 'H'; ++name) {
    part.where.push_back({{std::string(1, name), std::string(1, static_cast<char>(name + 1))},
                          [](std::span<const double> x) { return std::abs(x[0] - x[1]) <= 2; }});
  }
  const Space space = Space::FromParts({part});
  EXPECT_EQ(space.RawCount(), 1e8);
  EXPECT_GT(space.Count(), 10000u);
  EXPECT_LT(space.evaluations(), 1000u);  // tables of 100 answers
}

TEST(Space, UnconstrainedParametersCostNothing) {
  SpacePart part{.pattern = "free"};
  for (char name = 'A'; name <= 'G'; ++name) part.parameters.emplace_back(std::string(1, name), Range(1, 10));
  const Space space = Space::FromParts({part});
  EXPECT_EQ(space.Count(), 10000000u);
  for (PointId point : {PointId{0}, PointId{1234567}, PointId{9999999}}) EXPECT_EQ(space.Find(space.CodesOf(point)), point);
}

TEST(Space, MayBeEmptyOrOnePoint) {
  const Space none = Space::FromParts({{.pattern = "p",
                                        .parameters = {{"A", Range(1, 3)}},
                                        .where = {{{"A"}, [](std::span<const double>) { return false; }}}}});
  EXPECT_EQ(none.Count(), 0u);
  const Space one = Space::FromParts({{.pattern = "p", .parameters = {}}});
  EXPECT_EQ(one.Count(), 1u);
  EXPECT_TRUE(one.PointOf(0).empty());
  EXPECT_EQ(Space::FromParts({}).Count(), 0u);
}

TEST(Space, OfRecordedPointsHoldsExactlyThem) {
  const Space space = Space::FromPoints({{"a", Values::FromText("X=4 Y=1")},
                                         {"a", Values::FromText("X=1 Y=2")},
                                         {"a", Values::FromText("X=4 Y=1")},
                                         {"b", Values::FromText("X=2 Z=3")}});
  EXPECT_EQ(space.Count(), 3u);
  EXPECT_TRUE(space.Find("b", Values::FromText("X=2 Z=3")).has_value());
  EXPECT_FALSE(space.Find("a", Values::FromText("X=1 Y=1")).has_value());
  EXPECT_FALSE(space.Find("a", Values::FromText("X=2 Z=3")).has_value());
}

}  // namespace
}  // namespace hone
