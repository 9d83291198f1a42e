#include "tuner/waiting.h"

#include <gtest/gtest.h>

namespace hone {
namespace {

using Indices = std::vector<std::size_t>;

TEST(Waiting, AllStayWhereThereIsRoom) {
  EXPECT_EQ(ThoseThatGo({}, 0), Indices());
  EXPECT_EQ(ThoseThatGo(std::vector<Kept>{{100, 1}, {200, 5}}, 300), Indices());
}

TEST(Waiting, ThoseGoThatSaveLeastTimeForTheirSize) {
  const std::vector<Kept> kept{{1000, 50}, {10, 5}, {1000, 3000}, {1000, 10}};
  EXPECT_EQ(ThoseThatGo(kept, 2500), Indices({3}));
  EXPECT_EQ(ThoseThatGo(kept, 1500), Indices({0, 3}));
  EXPECT_EQ(ThoseThatGo(kept, 1005), Indices({0, 1, 3}));
  EXPECT_EQ(ThoseThatGo(kept, 0), Indices({0, 1, 2, 3}));
}

TEST(Waiting, OfEqualsTheEarlierGo) {
  EXPECT_EQ(ThoseThatGo(std::vector<Kept>{{100, 1}, {100, 1}, {100, 1}}, 150), Indices({0, 1}));
}

}  // namespace
}  // namespace hone
