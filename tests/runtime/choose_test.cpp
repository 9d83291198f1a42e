#include "runtime/choose.h"

#include <gtest/gtest.h>

#include "tests/runtime/test_database.h"

namespace hone {
namespace {

DeviceInfo Card(const std::string& name, std::uint32_t vendor = 0x10de, std::uint32_t driver = 1) {
  DeviceInfo device = GenericDevice();
  device.name = name;
  device.vendor_id = vendor;
  device.device_id = static_cast<std::uint32_t>(std::hash<std::string>{}(name));
  device.driver_version = driver;
  return device;
}

class ChooseTest : public ::testing::Test {
 protected:
  // The first candidate, as "WG match".
  std::string First(const DeviceInfo& device, std::int64_t n) { return All(device, n).front(); }
  std::vector<std::string> All(const DeviceInfo& device, std::int64_t n) {
    const Store store = Store::Open(database_.path(), Store::Mode::kReadOnly);
    std::vector<std::string> all;
    Choose(store, *test::Axpy().kernel, {{"n", n}}, device, [&](const Candidate& candidate) {
      all.push_back(std::to_string(*candidate.point.Integer("WG")) + " " + std::string(ToText(candidate.match)));
      reasons_.push_back(candidate.reason);
      return false;
    });
    return all;
  }
  test::Database database_;
  std::vector<std::string> reasons_;
};

TEST_F(ChooseTest, TheManifestsDefaultWhereNothingIsMeasured) {
  EXPECT_EQ(All(Card("new"), 100), (std::vector<std::string>{"64 manifest default"}));
}

TEST_F(ChooseTest, ExactIsTheFastestThatWorked) {
  const auto card = Card("mine");
  database_.Measure(card, 1000, 32, 90);
  database_.Measure(card, 1000, 64, 50);
  database_.Measure(card, 1000, 128, 0, Outcome::kWrongResult);
  const auto all = All(card, 1000);
  EXPECT_EQ(all[0], "64 exact");
  EXPECT_NE(reasons_[0].find("50 ns"), std::string::npos) << reasons_[0];
  EXPECT_NE(std::find(all.begin(), all.end(), "32 exact"), all.end());
  for (const auto& one : all) EXPECT_FALSE(one.starts_with("128")) << one;
}

TEST_F(ChooseTest, WhatAPlayoffChoseComesFirst) {
  database_.Measure(Card("mine"), 1000, 32, 95, Outcome::kOk, "finalist");
  database_.Measure(Card("mine"), 1000, 64, 100, Outcome::kOk, "playoff");
  EXPECT_EQ(First(Card("mine"), 1000), "64 exact");
  EXPECT_EQ(First(Card("mine"), 1200), "64 nearest problem");
  EXPECT_EQ(First(Card("mine", 0x10de, 7), 1000), "64 other driver");
}

TEST_F(ChooseTest, NearestIsByLogarithm) {
  const auto card = Card("mine");
  database_.Measure(card, 1000, 32, 10);
  database_.Measure(card, 16000, 128, 10);
  EXPECT_EQ(First(card, 3000), "32 nearest problem");
  EXPECT_EQ(First(card, 5000), "128 nearest problem");  // nearer to 1000 in numbers, to 16000 in logarithms
  EXPECT_EQ(First(card, 0), "32 nearest problem");
}

TEST_F(ChooseTest, RungsInOrder) {
  database_.Measure(Card("stranger", 0x1002), 1000, 32, 10);
  EXPECT_EQ(First(Card("mine"), 1000), "32 portable");
  database_.Measure(Card("cousin"), 1000, 64, 10);
  EXPECT_EQ(First(Card("mine"), 1000), "64 same family");
  database_.Measure(Card("mine", 0x10de, 7), 2000, 128, 10);
  EXPECT_EQ(First(Card("mine"), 1000), "128 other driver");
  database_.Measure(Card("mine"), 5, 32, 10);
  EXPECT_EQ(First(Card("mine"), 1000), "32 nearest problem");
  database_.Measure(Card("mine"), 1000, 64, 10);
  EXPECT_EQ(First(Card("mine"), 1000), "64 exact");
}

// Each card's own winner is bad elsewhere; the one that is good everywhere is portable.
TEST_F(ChooseTest, PortableIsTheBestGeometricMean) {
  const auto one = Card("one", 1), two = Card("two", 2);
  database_.Measure(one, 1000, 32, 100);
  database_.Measure(one, 1000, 64, 110);
  database_.Measure(one, 1000, 128, 1000);
  database_.Measure(two, 1000, 32, 1000);
  database_.Measure(two, 1000, 64, 110);
  database_.Measure(two, 1000, 128, 100);
  EXPECT_EQ(First(Card("new", 3), 1000), "64 portable");
  EXPECT_NE(reasons_[0].find("90 %"), std::string::npos) << reasons_[0];
}

TEST_F(ChooseTest, PortablePunishesWhatFailsElsewhere) {
  const auto one = Card("one", 1), two = Card("two", 2);
  database_.Measure(one, 1000, 32, 100);
  database_.Measure(one, 1000, 64, 150);
  database_.Measure(two, 1000, 32, 0, Outcome::kOverLimit);
  database_.Measure(two, 1000, 64, 100);
  database_.Measure(two, 1000, 128, 300);
  EXPECT_EQ(First(Card("new", 3), 1000), "64 portable");
}

// Of what is best where a feature is missing, nothing follows for a card that has it.
TEST_F(ChooseTest, PortableLooksAtCardsWithTheSameFeatures) {
  Kernel kernel = *test::Axpy().kernel;
  kernel.patterns[0].parameters[0].requires_["128"] = {{"shaderInt64"}, {}};
  const auto plain = Card("plain", 1);
  auto able = Card("able", 2), newcomer = Card("new", 3);
  able.features = newcomer.features = {"shaderInt64"};
  database_.Measure(plain, 1000, 32, 100);
  database_.Measure(plain, 1000, 64, 1000);
  database_.Measure(able, 1000, 32, 300);
  database_.Measure(able, 1000, 128, 100);
  const auto first = [&](const DeviceInfo& device) {
    std::string found;
    Choose(Store::Open(database_.path(), Store::Mode::kReadOnly), kernel, {{"n", 1000}}, device, [&](const auto& one) {
      found = one.point.ToText();
      return true;
    });
    return found;
  };
  EXPECT_EQ(first(newcomer), "WG=128");
  EXPECT_EQ(first(Card("new", 3)), "WG=32");
}

TEST(Distance, IsOverIntegersOfTheSameTypes) {
  EXPECT_EQ(Distance({{"n", 7}}, {{"n", 7}}), 0);
  EXPECT_EQ(Distance({{"n", 7}}, {{"n", 31}}), 2);
  EXPECT_EQ(Distance({{"n", 0}}, {{"n", 0}}), 0);
  EXPECT_EQ(Distance({{"T", "float"}, {"n", 7}}, {{"T", "int"}, {"n", 7}}), std::nullopt);
  EXPECT_EQ(Distance({{"m", 7}}, {{"n", 7}}), std::nullopt);
}

}  // namespace
}  // namespace hone
