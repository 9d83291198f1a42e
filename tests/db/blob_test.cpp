#include "db/blob.h"

#include <gtest/gtest.h>

#include "db/error.h"

namespace hone {
namespace {

std::vector<double> RoundTrip(const std::vector<double>& samples) {
  const std::string bytes = PackSamples(samples);
  return UnpackSamples(std::as_bytes(std::span(bytes)));
}

TEST(Samples, WholeNanosecondsAreExact) {
  const std::vector<double> samples{5120, 5088, 0, 123456789012.0, 1};
  EXPECT_EQ(RoundTrip(samples), samples);
  EXPECT_TRUE(RoundTrip({}).empty());
  EXPECT_EQ(PackSamples(std::vector<double>{64, 65}).size(), 4u);  // unit, two bytes, one byte
}

TEST(Samples, FractionsAreKeptToAPicosecond) {
  const auto back = RoundTrip({5120.1234, 0.5});
  EXPECT_NEAR(back[0], 5120.1234, 5e-4);
  EXPECT_EQ(back[1], 0.5);
  EXPECT_EQ(RoundTrip(back), back);
}

TEST(Samples, WhatIsNoDurationIsRefused) {
  for (const double bad : {-1.0, 1e16, 0.0 / 0.0, 1.0 / 0.0}) EXPECT_THROW(PackSamples(std::vector<double>{bad}), Error) << bad;
}

TEST(Samples, DamagedBytesAreRefused) {
  const auto unpack = [](const std::string& bytes) { UnpackSamples(std::as_bytes(std::span(bytes))); };
  EXPECT_THROW(unpack("x"), Error);
  EXPECT_THROW(unpack("n\x80"), Error);
  EXPECT_THROW(unpack("n\x01"), Error);                        // -1
  EXPECT_THROW(unpack("n" + std::string(11, '\x80')), Error);  // longer than 64 bits
  EXPECT_THROW(unpack("n" + std::string(9, '\xff') + "\x01"), Error);
}

TEST(Blob, CompressionRoundTripsAndChecks) {
  const std::string text(100000, 'a');
  const std::string frame = Compress(text);
  EXPECT_LT(frame.size(), 200u);
  EXPECT_EQ(Decompress(std::as_bytes(std::span(frame)), text.size()), text);
  EXPECT_THROW(Decompress(std::as_bytes(std::span(frame)), text.size() - 1), Error);
  EXPECT_THROW(Decompress(std::as_bytes(std::span(frame)), text.size() + 1), Error);
  EXPECT_THROW(Decompress(std::as_bytes(std::span(frame)), std::size_t{1} << 40), Error);
  EXPECT_THROW(Decompress(std::as_bytes(std::span(frame).first(10)), text.size()), Error);
}

}  // namespace
}  // namespace hone
