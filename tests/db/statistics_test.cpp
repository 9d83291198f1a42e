#include "db/statistics.h"

#include <gtest/gtest.h>

namespace hone {
namespace {

TEST(Summarize, SmallSets) {
  EXPECT_EQ(Summarize({}).median_ns, 0);
  const Statistics one = Summarize({5});
  EXPECT_EQ(one.median_ns, 5);
  EXPECT_EQ(one.low_ns, 5);
  EXPECT_EQ(one.high_ns, 5);
  const Statistics four = Summarize({4, 1, 3, 2});
  EXPECT_EQ(four.median_ns, 2.5);
  EXPECT_EQ(four.mad_ns, 1);
  EXPECT_EQ(four.min_ns, 1);
  EXPECT_EQ(four.low_ns, 1);
  EXPECT_EQ(four.high_ns, 4);
}

// Ranks of the 95 % interval as in tables of the sign test: 10 samples: 2nd and 9th; 20: 6th and 15th; 100: 40th and
// 61st.
TEST(CountOutliers, ByTheModifiedZScore) {
  EXPECT_EQ(CountOutliers({}), 0u);
  EXPECT_EQ(CountOutliers({5, 5, 5}), 0u);
  EXPECT_EQ(CountOutliers({1, 2, 3, 4, 5}), 0u);
  EXPECT_EQ(CountOutliers({1, 2, 3, 4, 8.1}), 0u);                                // 0.6745 * 5.1 / 1 = 3.44
  EXPECT_EQ(CountOutliers({1, 2, 3, 4, 8.3}), 1u);                                // 3.57
  EXPECT_EQ(CountOutliers({10, 10, 10, 10, 10, 10, 10, 10, 10, 20, 10, 1}), 2u);  // more than half are equal
}

TEST(Summarize, IntervalRanksOfTheTables) {
  const auto ranks = [](int count) {
    std::vector<double> samples;
    for (int i = count; i >= 1; --i) samples.push_back(i);
    const Statistics statistics = Summarize(samples);
    return std::pair(statistics.low_ns, statistics.high_ns);
  };
  EXPECT_EQ(ranks(5), std::pair(1.0, 5.0));
  EXPECT_EQ(ranks(6), std::pair(1.0, 6.0));
  EXPECT_EQ(ranks(10), std::pair(2.0, 9.0));
  EXPECT_EQ(ranks(20), std::pair(6.0, 15.0));
  EXPECT_EQ(ranks(100), std::pair(40.0, 61.0));
  EXPECT_EQ(ranks(1000), std::pair(469.0, 532.0));
}

}  // namespace
}  // namespace hone
