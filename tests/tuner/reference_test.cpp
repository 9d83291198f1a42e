#include "tuner/reference.h"

#include <gtest/gtest.h>

#include "db/error.h"

namespace hone {
namespace {

using Buffers = std::vector<std::vector<double>>;

Buffers Called(const char* name, const Values& problem, Buffers buffers) {
  const std::map<std::string, double> scalars{{"a", 2}};
  FindReference(name)({problem, scalars, buffers});
  return buffers;
}

std::string Refusal(const char* name, const Values& problem, const Buffers& buffers) {
  try {
    Called(name, problem, buffers);
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

TEST(Reference, ComputesInPlace) {
  EXPECT_EQ(Called("axpy", {}, {{1, 2}, {10, 20}}).at(1), (std::vector<double>{12, 24}));
  EXPECT_EQ(Called("transpose", {{"rows", 2}, {"columns", 3}}, {{1, 2, 3, 4, 5, 6}, Buffers::value_type(6)}).at(1),
            (std::vector<double>{1, 4, 2, 5, 3, 6}));
  EXPECT_EQ(Called("gemm", {{"m", 1}, {"n", 2}, {"k", 2}}, {{1, 2}, {3, 4, 5, 6}, {9, 9}}).at(2),
            (std::vector<double>{13, 16}));
  EXPECT_EQ(Called("sort_pairs", {}, {{3, 1, 3}, {7, 8, 9}, {0, 0, 0}, {0, 0, 0}}).at(3), (std::vector<double>{8, 7, 9}));
}

TEST(Reference, AManifestOfOtherBuffersIsAnError) {
  EXPECT_EQ(Refusal("axpy", {}, {{1}, {1, 2}}),
            "its C++ reference needs a buffer of binding 0 with at least 2 elements; the manifest gives it 1");
  const Values square{{"m", 1}, {"n", 1}, {"k", 1}, {"rows", 2}, {"columns", 2}};
  EXPECT_EQ(Refusal("gemm", square, {{1}, {1}}),
            "its C++ reference needs a buffer of binding 2 with at least 1 elements; the manifest has 2 buffers");
  EXPECT_NE(Refusal("transpose", square, {{1, 2, 3, 4}, {1, 2, 3}}), "");
  for (const std::string& name : ReferenceNames()) EXPECT_NE(Refusal(name.c_str(), square, {}), "") << name;
}

}  // namespace
}  // namespace hone
