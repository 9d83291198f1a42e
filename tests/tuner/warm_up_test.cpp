#include "tuner/warm_up.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace hone {
namespace {

// A device whose clock is six times too slow until it has worked for `cold_ns`; samples last 200 us at least.
struct SlowAtFirst {
  double call_ns = 1e6, cold_ns = 0;
  double worked_ns = 0;
  int samples = 0;

  WarmUpSample operator()() {
    const double now_ns = worked_ns < cold_ns ? 6 * call_ns : call_ns;
    const double busy_ns = std::max(now_ns, 200e3);
    worked_ns += busy_ns;
    ++samples;
    return {now_ns, busy_ns};
  }
};

double WarmUpOf(SlowAtFirst& device, const WarmUpFrom& from) {
  return WarmUp(from, [&] { return device(); });
}

constexpr double kBusy_ns = 1e9;

TEST(WarmUp, WhatIsHopelessOnAWarmDeviceIsSampledOnce) {
  SlowAtFirst device{.call_ns = 9e6};
  EXPECT_EQ(WarmUpOf(device, {.busy_ns = kBusy_ns, .hopeless_above_ns = 8e6}), 9e6);
  EXPECT_EQ(device.samples, 1);
}

TEST(WarmUp, AnIdleClockMakesNothingHopeless) {
  SlowAtFirst device{.call_ns = 1.5e6, .cold_ns = 290e6};  // 9 ms at first
  EXPECT_EQ(WarmUpOf(device, {.busy_ns = 0, .hopeless_above_ns = 8e6}), 1.5e6);
  EXPECT_GE(device.worked_ns, 300e6);
}

TEST(WarmUp, AnIdleClockMakesNoCallTooLong) {
  SlowAtFirst device{.call_ns = 300e6, .cold_ns = 1e9};  // 1.8 s at first: longer than the whole warm-up
  EXPECT_EQ(WarmUpOf(device, {.busy_ns = 0, .long_ns = 1e9}), 300e6);
  EXPECT_EQ(device.samples, 2);
}

TEST(WarmUp, ALongCallOnAWarmDeviceIsNotRepeated) {
  SlowAtFirst device{.call_ns = 2e9};
  EXPECT_EQ(WarmUpOf(device, {.busy_ns = kBusy_ns, .long_ns = 1e9}), 2e9);
  EXPECT_EQ(device.samples, 1);
}

TEST(WarmUp, ClocksAreUpOnceAGpuHasWorked) {
  EXPECT_FALSE(ClocksAreUp({.busy_ns = 299e6}));
  EXPECT_TRUE(ClocksAreUp({.busy_ns = 301e6}));
  EXPECT_TRUE(ClocksAreUp({.gpu = false, .busy_ns = 0}));
}

TEST(WarmUp, ABusyDeviceIsSteadyAfterTwoSamplesOfAMillisecond) {
  SlowAtFirst device{.call_ns = 1e6};
  EXPECT_EQ(WarmUpOf(device, {.busy_ns = kBusy_ns, .hopeless_above_ns = 8e6}), 1e6);
  EXPECT_EQ(device.samples, 2);
}

}  // namespace
}  // namespace hone
