// A parameter as a macro, as a specialization constant that the driver fixes, and as one that Freeze fixed: on a Vulkan
// device the three compute the same. tests/data/kernels/both_ways has one shader for all of them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <set>

#include "compiler/compile.h"
#include "compiler/optimize.h"
#include "compiler/readback.h"
#include "compiler/template.h"
#include "runtime/context.h"

namespace hone {
namespace {

constexpr std::uint32_t kLength = 997;

class BothWays : public ::testing::Test {
 protected:
  void SetUp() override {
    if (EnumerateDevices().empty()) GTEST_SKIP() << "no Vulkan device here";
    context_.emplace();
    for (std::uint32_t i = 0; i < kLength; ++i) x_.push_back(i * 2654435761u >> 20);
  }

  Binary Compiled(const std::string& pattern, const Values& point) {
    CompileResult result = compiler_.Compile(kernel_, pattern, point);
    EXPECT_TRUE(result.ok()) << result.ToText();
    return *result.binary;
  }

  std::vector<std::uint32_t> Run(const Binary& binary) {
    const GpuBuffer x = context_->CreateBuffer(kLength * 4), y = context_->CreateBuffer(kLength * 4);
    context_->Upload(x, x_.data(), kLength * 4);
    context_->Fill(y, 0xff);
    context_->Run(context_->CreatePipeline(binary, {{"n", std::int64_t{kLength}}}), {x, y});
    std::vector<std::uint32_t> result(kLength);
    context_->Download(y, result.data(), kLength * 4);
    return result;
  }

  std::vector<std::uint32_t> Expected() const {
    std::vector<std::uint32_t> sums(kLength, 0);
    for (std::uint32_t i = 0; i < kLength; ++i) {
      for (std::uint32_t j = 0; j < 24; ++j) sums[i] += (j + 1) * x_[(i + j) % kLength];
    }
    return sums;
  }

  const Kernel kernel_ = LoadKernel(std::string(HONE_TEST_DATA) + "/kernels/both_ways");
  Compiler compiler_;
  std::optional<Context> context_;
  std::vector<std::uint32_t> x_;
};

TEST_F(BothWays, ComputeTheSame) {
  const std::vector<std::uint32_t> expected = Expected();
  const Pattern& constants = *FindPattern(kernel_, "constants");
  std::set<Hash> shared;
  for (const Value& wg : constants.parameters[0].values) {
    for (const Value& rounds : constants.parameters[1].values) {
      const Values point{{"WG", wg}, {"ROUNDS", rounds}};
      SCOPED_TRACE(point.ToText());
      const Binary macro = Compiled("macros", point), constant = Compiled("constants", point);
      Binary frozen = constant;
      frozen.modules[0] = std::make_shared<const Module>(Freeze(*constant.modules[0], point));
      EXPECT_EQ(constant.modules[0]->interface.spec_constants.size(), 2u);
      EXPECT_EQ(macro.modules[0]->interface.spec_constants.size() + frozen.modules[0]->interface.spec_constants.size(), 0u);
      EXPECT_EQ(frozen.modules[0]->interface.local_size, macro.modules[0]->interface.local_size);
      EXPECT_EQ(frozen.modules[0]->interface.shared_bytes, macro.modules[0]->interface.shared_bytes);
      EXPECT_EQ(Stats(*frozen.modules[0]).loops, Stats(*macro.modules[0]).loops);  // frozen, it is unrolled as well
      EXPECT_EQ(Run(macro), expected);
      EXPECT_EQ(Run(constant), expected);
      EXPECT_EQ(Run(frozen), expected);
      shared.insert(constant.modules[0]->hash);
    }
  }
  EXPECT_EQ(shared.size(), 1u);  // nine points, one module
}

}  // namespace
}  // namespace hone
