#include "tuner/device_fill.h"

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <vector>

#include "compiler/compile.h"
#include "compiler/template.h"
#include "tuner/arena.h"
#include "tuner/contract.h"
#include "tuner/fill.h"

namespace hone {
namespace {

class DeviceFillTest : public testing::Test {
 protected:
  void SetUp() override {
    try {
      fill_.emplace(context_);
    } catch (const Error& error) {
      GTEST_SKIP() << error.what();
    }
  }

  // nullopt: it leaves them to the host.
  std::optional<std::vector<std::byte>> Filled(ElementType type, const Fill& fill, std::uint64_t bytes) {
    const GpuBuffer memory = context_.CreateBuffer(bytes);
    if (!fill_->Fill(type, fill, kSeed, memory, bytes)) return std::nullopt;
    std::vector<std::byte> found(bytes);
    context_.Download(memory, found.data(), bytes);
    return found;
  }

  static constexpr std::uint64_t kSeed = 0xfedcba9876543210;
  Context context_;
  std::optional<DeviceFill> fill_;
};

std::vector<std::byte> Expected(ElementType type, const Fill& fill, std::uint64_t seed, std::uint64_t bytes) {
  std::vector<std::byte> expected(bytes);
  FillElements(type, fill, seed, 0, expected);
  return expected;
}

TEST_F(DeviceFillTest, IsTheHostsToTheBit) {
  const Fill fills[] = {{Fill::Kind::kZero, 1, 1},           {Fill::Kind::kConstant, -2.3, 0},
                        {Fill::Kind::kRamp, 10, 0.37},       {Fill::Kind::kUniform, -3, 1.1},
                        {Fill::Kind::kNormal, 1, 2.7},       {Fill::Kind::kIntegers, -40000.5, 4e9},
                        {Fill::Kind::kUniform, -1e-4, 1e-6}, {Fill::Kind::kRandomBits}};
  for (int i = 0; i <= static_cast<int>(ElementType::kUint64); ++i) {
    const ElementType type{i};
    if (!DeviceFill::Serves(type)) continue;
    for (const Fill& fill : fills) {
      constexpr std::uint64_t kElements = 100003;
      const auto found = Filled(type, fill, kElements * BytesOf(type));
      ASSERT_TRUE(found) << i << ' ' << static_cast<int>(fill.kind);
      EXPECT_EQ(*found, Expected(type, fill, kSeed, found->size())) << i << ' ' << static_cast<int>(fill.kind);
    }
  }
}

TEST_F(DeviceFillTest, LongerThanABindingMayBe) {
  const auto limit = static_cast<std::uint64_t>(context_.info().limits.at("maxStorageBufferRange"));
  if (limit > 1u << 28) GTEST_SKIP() << "a binding may be very long here";
  const Fill fill{Fill::Kind::kUniform, -1, 1};
  const auto found = Filled(ElementType::kFloat16, fill, limit + 70002);
  ASSERT_TRUE(found);
  EXPECT_TRUE(*found == Expected(ElementType::kFloat16, fill, kSeed, found->size()));
}

TEST_F(DeviceFillTest, LeavesToTheHostWhatIsSmallOrLong) {
  EXPECT_FALSE(Filled(ElementType::kFloat, {Fill::Kind::kUniform, -1, 1}, 64));
  EXPECT_FALSE(Filled(ElementType::kDouble, {Fill::Kind::kUniform, -1, 1}, 1 << 20));
  EXPECT_FALSE(Filled(ElementType::kFloat, {Fill::Kind::kIntegers, 0, 1e300}, 1 << 20));
}

TEST_F(DeviceFillTest, WhatAVariantReadsIsWhatAReferenceOnTheHostSees) {
  const auto kernel = std::make_shared<Kernel>(LoadKernel(HONE_SOURCE_DIR "/kernels/copy"));
  kernel->reference_cpp = "copy";
  const Values problem = CompleteProblem(*kernel, {{"n", 100003}});
  Arena arena(context_, {.fill = &*fill_}, kernel, problem, 1);
  arena.FillInputs();
  arena.MakeReference(nullptr, Context::kDefaultTimeout);
  const Pattern& pattern = kernel->patterns.front();
  Compiler compiler;
  const auto compiled = compiler.Compile(*kernel, pattern.name, pattern.default_point, TypesOf(*kernel, problem));
  ASSERT_TRUE(compiled.ok()) << compiled.ToText();
  const Pipeline pipeline = context_.CreatePipeline(*compiled.binary, problem);
  EXPECT_EQ(arena.Check(pipeline, kPoisons[0], false, Context::kDefaultTimeout), std::nullopt);
}

}  // namespace
}  // namespace hone
