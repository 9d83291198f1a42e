#include "tuner/ahead.h"

#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <string>
#include <thread>

namespace hone {
namespace {

TEST(CompileAhead, WhatCompiledOutlivesARest) {
  std::atomic<int> compiled = 0;
  CompileAhead ahead(
      [&](PointId point) {
        ++compiled;
        return Compiled{.binary = Binary(), .message = std::to_string(point)};
      },
      1);
  const std::array<PointId, 2> points{7, 8};
  ahead.Expect(points);
  while (ahead.Ready().size() < points.size()) std::this_thread::yield();
  EXPECT_EQ(ahead.Take(8)->message, "8");
  ahead.Rest();
  EXPECT_EQ(compiled, 2);
  EXPECT_EQ(ahead.Take(7)->message, "7");
  EXPECT_EQ(compiled, 2);
  EXPECT_EQ(ahead.Take(8)->message, "8");  // taken before: compiled anew
  EXPECT_EQ(compiled, 3);
}

}  // namespace
}  // namespace hone
