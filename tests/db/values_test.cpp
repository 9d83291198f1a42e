#include "db/values.h"

#include <gtest/gtest.h>

#include "db/error.h"

namespace hone {
namespace {

TEST(Values, TextIsSortedAndRoundTrips) {
  const Values values = Values::FromText("WG=256, PER_LANE=4  T=float16_t");
  EXPECT_EQ(values.ToText(), "PER_LANE=4 T=float16_t WG=256");
  EXPECT_EQ(Values::FromText(values.ToText()), values);
  EXPECT_EQ(values, (Values{{"T", "float16_t"}, {"WG", 256}, {"PER_LANE", 4}}));
  EXPECT_EQ(Values::FromText("a=-5 b=007").ToText(), "a=-5 b=7");
  EXPECT_TRUE(Values::FromText(" , ").empty());
}

TEST(Values, BadTextIsRefused) {
  for (const char* text : {"WG", "=1", "1a=2", "a=", "a=b-c", "a=1 a=2", "a=99999999999999999999", "a=1;rm", "a==1", "a=-"}) {
    EXPECT_THROW(Values::FromText(text), Error) << text;
  }
  Values values;
  EXPECT_THROW(values.Set("a b", 1), Error);
  EXPECT_THROW(values.Set("a", std::string("12")), Error);
  EXPECT_THROW(values.Set("a", std::string("x y")), Error);
}

TEST(Values, FindAndMerge) {
  const Values base{{"a", 1}, {"b", 2}}, over{{"b", 3}, {"c", "word"}};
  const Values merged = base.MergedWith(over);
  EXPECT_EQ(merged.ToText(), "a=1 b=3 c=word");
  EXPECT_EQ(merged.Integer("b"), 3);
  EXPECT_EQ(merged.Integer("c"), std::nullopt);
  EXPECT_EQ(merged.Find("d"), nullptr);
}

}  // namespace
}  // namespace hone
