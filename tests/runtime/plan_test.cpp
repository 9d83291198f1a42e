#include "runtime/plan.h"

#include <gtest/gtest.h>

#include <cstring>

#include "runtime/device_error.h"
#include "tests/runtime/test_kernels.h"

namespace hone {
namespace {

DeviceInfo Device() {
  DeviceInfo device = GenericDevice();
  device.limits["maxComputeWorkGroupCountX"] = 1000;
  device.limits["maxComputeWorkGroupCountY"] = 1000;
  return device;
}

Outcome OutcomeOf(const Binary& binary, const Values& problem, const DeviceInfo& device) {
  try {
    MakePlan(binary, problem, device);
  } catch (const DeviceError& error) {
    return error.outcome;
  }
  return Outcome::kOk;
}

// A copy of `binary` with its kernel changed.
template <typename Change>
Binary With(Binary binary, Change&& change) {
  Kernel kernel = *binary.kernel;
  change(kernel);
  binary.kernel = std::make_shared<const Kernel>(std::move(kernel));
  return binary;
}

std::uint32_t Word(const Step& step, std::size_t offset) {
  std::uint32_t word;
  std::memcpy(&word, step.push.data() + offset, 4);
  return word;
}

TEST(Plan, FoldsALinearGridOverTheLimit) {
  auto groups = [](std::int64_t n) { return MakePlan(test::Axpy(), {{"n", n}}, Device()).steps.at(0).groups; };
  EXPECT_EQ(groups(64 * 1000), (std::array<std::uint32_t, 3>{1000, 1, 1}));
  EXPECT_EQ(groups(64 * 1001), (std::array<std::uint32_t, 3>{501, 2, 1}));  // one group too many, not 999
  EXPECT_EQ(groups(64 * 1000 * 1000), (std::array<std::uint32_t, 3>{1000, 1000, 1}));
  EXPECT_EQ(OutcomeOf(test::Axpy(), {{"n", 64 * 1000 * 1000 + 1}}, Device()), Outcome::kOverLimit);
}

TEST(Plan, AnEmptyGridIsNoStep) {
  const Plan plan = MakePlan(test::Axpy(), {{"n", 0}}, Device());
  EXPECT_TRUE(plan.steps.empty());
  EXPECT_FALSE(plan.passes[0].used);
}

TEST(Plan, ChecksEveryLimit) {
  const Values problem{{"n", 1000}};
  for (const char* limit : {"maxComputeWorkGroupInvocations", "maxComputeWorkGroupSizeX", "maxPushConstantsSize",
                            "maxStorageBufferRange", "maxComputeWorkGroupCountY", "maxPerStageDescriptorStorageBuffers"}) {
    DeviceInfo device = Device();
    device.limits[limit] = 0;
    EXPECT_EQ(OutcomeOf(test::Axpy(), problem, device), Outcome::kOverLimit) << limit;
  }
  DeviceInfo device = Device();
  device.limits["maxComputeSharedMemorySize"] = 255;
  EXPECT_EQ(OutcomeOf(test::Sum(), {{"n", 100}}, device), Outcome::kOverLimit);
  device.limits["maxComputeSharedMemorySize"] = 256;
  EXPECT_EQ(OutcomeOf(test::Sum(), {{"n", 100}}, device), Outcome::kOk);
}

TEST(Plan, ChecksRequirementsAndConstraints) {
  auto with = [](auto change) { return OutcomeOf(With(test::Axpy(), change), {{"n", 10}}, Device()); };
  EXPECT_EQ(with([](Kernel& k) { k.patterns[0].requires_.features = {"shaderFloat99"}; }), Outcome::kOverLimit);
  EXPECT_EQ(with([](Kernel& k) { k.patterns[0].requires_.extensions = {"VK_NONE_such"}; }), Outcome::kOverLimit);
  EXPECT_EQ(with([](Kernel& k) { k.patterns[0].parameters[0].requires_["64"].features = {"shaderFloat99"}; }),
            Outcome::kOverLimit);
  EXPECT_EQ(with([](Kernel& k) { k.patterns[0].parameters[0].requires_["32"].features = {"shaderFloat99"}; }), Outcome::kOk);
  EXPECT_EQ(with([](Kernel& k) { k.patterns[0].where = {{"WG > 64"}}; }), Outcome::kOverLimit);
  EXPECT_EQ(with([](Kernel& k) { k.patterns[0].where = {{"WG <= maxComputeWorkGroupInvocations && n < 11"}}; }), Outcome::kOk);
}

// SPIR-V that begins with one more capability.
Binary WithCapability(Binary binary, std::uint32_t capability) {
  Module module = *binary.modules[0];
  module.words.insert(module.words.begin() + 5, {2u << 16 | 17, capability});
  binary.modules = {std::make_shared<const Module>(module)};
  return binary;
}

TEST(Plan, ChecksWhatTheModuleItselfUses) {
  constexpr std::uint32_t kInt64Atomics = 12, kArithmetic = 63, kShuffle = 65, kClustered = 67, kUnknown = 99999;
  const auto refusal = [](std::uint32_t capability, const std::set<std::string>& features) -> std::string {
    DeviceInfo device = Device();
    device.features = features;
    try {
      MakePlan(WithCapability(test::Axpy(), capability), {{"n", 10}}, device);
    } catch (const DeviceError& error) {
      EXPECT_EQ(error.outcome, Outcome::kOverLimit);
      return error.what();
    }
    return "";
  };
  EXPECT_EQ(refusal(kArithmetic, {"subgroupBasic", "subgroupArithmetic"}), "");
  EXPECT_EQ(refusal(kArithmetic, {"subgroupBasic"}),
            "kernel axpy strided WG=64: feature subgroupArithmetic is missing (for GroupNonUniformArithmetic)");
  EXPECT_NE(refusal(kShuffle, {"subgroupArithmetic"}), "");
  EXPECT_NE(refusal(kClustered, {"subgroupArithmetic"}), "");
  EXPECT_NE(refusal(kInt64Atomics, {"shaderInt64"}), "");
  EXPECT_EQ(refusal(kInt64Atomics, {"shaderSharedInt64Atomics"}), "");  // one of two will do
  EXPECT_EQ(refusal(kUnknown, {}), "");
}

TEST(Plan, ElementTypesSizeBuffersAndNeedFeatures) {
  const Binary axpy = With(test::Axpy(), [](Kernel& kernel) {
    kernel.types = {{"T", {{"float", {}}, {"float16_t", {{"shaderFloat16"}, {}}}}}};
    kernel.buffers[0].type = "T";
  });
  DeviceInfo device = Device();
  device.features.erase("shaderFloat16");
  EXPECT_EQ(MakePlan(axpy, {{"n", 10}}, device).buffer_bytes, (std::vector<std::uint64_t>{40, 40}));
  EXPECT_EQ(OutcomeOf(axpy, {{"n", 10}, {"T", "float16_t"}}, device), Outcome::kOverLimit);
  device.features.insert("shaderFloat16");
  EXPECT_EQ(MakePlan(axpy, {{"n", 10}, {"T", "float16_t"}}, device).buffer_bytes, (std::vector<std::uint64_t>{20, 40}));
  EXPECT_THROW(MakePlan(axpy, {{"n", 10}, {"T", "double"}}, device), Error);
}

TEST(Plan, BarriersExactlyWhereDataFlows) {
  const Plan sum = MakePlan(test::Sum(), {{"n", 100}}, Device());
  ASSERT_EQ(sum.steps.size(), 2u);
  EXPECT_FALSE(sum.steps[0].barrier_before);
  EXPECT_TRUE(sum.steps[1].barrier_before);
  EXPECT_EQ(Word(sum.steps[0], 0), 100u);  // count = n, then the number of partial sums
  EXPECT_EQ(Word(sum.steps[1], 0), 2u);

  // Two passes that write different buffers need none; a third that reads what the first wrote does.
  Binary apart = With(test::Sum(), [](Kernel& kernel) {
    auto& pattern = kernel.patterns[0];
    pattern.loops.clear();
    kernel.push_constants[0].value = "n";
    pattern.passes = {{.shader = "a", .groups = {"1"}}, {.shader = "b", .groups = {"1"}}, {.shader = "c", .groups = {"1"}}};
  });
  auto writes = [&](std::uint32_t from, std::uint32_t to) {
    Module module = *apart.modules[0];
    module.interface.bindings = {{from, false}, {to, true}};
    return std::make_shared<const Module>(module);
  };
  apart.modules = {writes(0, 1), writes(0, 2), writes(2, 1)};
  const Plan plan = MakePlan(apart, {{"n", 64}}, Device());
  EXPECT_FALSE(plan.steps[1].barrier_before);
  EXPECT_TRUE(plan.steps[2].barrier_before);
}

TEST(Plan, LoopsAlternateTheirOrder) {
  const Plan plan = MakePlan(test::Doubling(), {{"n", 64}, {"rounds", 3}}, Device());
  ASSERT_EQ(plan.steps.size(), 3u);
  EXPECT_EQ(plan.orders, (std::vector<std::vector<std::uint32_t>>{{0, 1}, {1, 0}}));
  for (std::uint32_t i = 0; i < 3; ++i) {
    EXPECT_EQ(plan.steps[i].order, i % 2);
    EXPECT_EQ(plan.steps[i].barrier_before, i > 0);
    EXPECT_EQ(Word(plan.steps[i], 4), i);
  }
}

TEST(Plan, APushConstantThatCannotHoldTheProblemIsOverTheLimit) {
  const Binary wide = With(test::Axpy(), [](Kernel& kernel) { kernel.integers[0].max = std::int64_t{1} << 40; });
  DeviceInfo device = Device();
  for (auto& [name, limit] : device.limits) limit = 1e18;
  EXPECT_EQ(OutcomeOf(wide, {{"n", (std::int64_t{1} << 32) - 1}}, device), Outcome::kOk);
  EXPECT_EQ(OutcomeOf(wide, {{"n", std::int64_t{1} << 32}}, device), Outcome::kOverLimit);
}

TEST(Plan, SubgroupSizesAreChecked) {
  auto with = [](const char* size) {
    return With(test::Axpy(), [&](Kernel& kernel) { kernel.patterns[0].passes[0].subgroup_size = size; });
  };
  DeviceInfo device = Device();
  device.limits["minSubgroupSize"] = 16;
  device.limits["maxSubgroupSize"] = 32;
  device.features.insert({"subgroupSizeControl", "computeFullSubgroups"});
  EXPECT_EQ(MakePlan(with("0"), {{"n", 1}}, device).passes[0].subgroup_size, 0u);
  EXPECT_EQ(MakePlan(with("16"), {{"n", 1}}, device).passes[0].subgroup_size, 16u);
  EXPECT_TRUE(MakePlan(with("16"), {{"n", 1}}, device).passes[0].full_subgroups);
  EXPECT_EQ(OutcomeOf(with("64"), {{"n", 1}}, device), Outcome::kOverLimit);
  EXPECT_EQ(OutcomeOf(with("24"), {{"n", 1}}, device), Outcome::kOverLimit);
  device.limits["maxComputeWorkgroupSubgroups"] = 4;  // 64 invocations
  EXPECT_EQ(OutcomeOf(with("16"), {{"n", 1}}, device), Outcome::kOk);
  device.limits["maxComputeWorkgroupSubgroups"] = 3;
  EXPECT_EQ(OutcomeOf(with("16"), {{"n", 1}}, device), Outcome::kOverLimit);
  EXPECT_EQ(OutcomeOf(with("32"), {{"n", 1}}, device), Outcome::kOk);
  device.features.erase("subgroupSizeControl");
  EXPECT_EQ(OutcomeOf(with("16"), {{"n", 1}}, device), Outcome::kOverLimit);
  device.limits["minSubgroupSize"] = 32;
  EXPECT_EQ(MakePlan(with("32"), {{"n", 1}}, device).passes[0].subgroup_size, 0u);  // there is no other
}

TEST(Plan, AWorkgroupIsAsLargeAsItsPointSpecializesIt) {
  const auto special = [](std::int64_t wg) {
    return With(test::Special(1, wg), [](Kernel& kernel) {
      kernel.patterns[0].where.clear();
      kernel.patterns[0].passes[0].subgroup_size = "16";
    });
  };
  DeviceInfo device = Device();
  device.limits["maxComputeWorkGroupInvocations"] = 64;
  device.limits["minSubgroupSize"] = 16;
  device.features.insert({"subgroupSizeControl", "computeFullSubgroups"});
  EXPECT_EQ(OutcomeOf(special(64), {{"n", 10}}, device), Outcome::kOk);
  EXPECT_EQ(OutcomeOf(special(65), {{"n", 10}}, device), Outcome::kOverLimit);
  EXPECT_EQ(OutcomeOf(special(std::int64_t{1} << 32), {{"n", 10}}, device), Outcome::kOverLimit);
  EXPECT_TRUE(MakePlan(special(32), {{"n", 10}}, device).passes[0].full_subgroups);
  EXPECT_FALSE(MakePlan(special(24), {{"n", 10}}, device).passes[0].full_subgroups);
}

TEST(Plan, AReferenceIsABinaryWithoutPattern) {
  Binary reference = With(test::Axpy(), [](Kernel& kernel) {
    kernel.reference_pass = {.shader = "reference.comp", .groups = {"ceil_div(n, 64)"}};
  });
  reference.pattern.clear();
  reference.point = {};
  EXPECT_EQ(MakePlan(reference, {{"n", 100}}, Device()).steps.at(0).groups[0], 2u);
}

TEST(Plan, HostileBinariesAreErrors) {
  const Values problem{{"n", 10}};
  auto broken = [&](auto change) {
    Binary binary = test::Axpy();
    Module module = *binary.modules[0];
    change(module);
    binary.modules = {std::make_shared<const Module>(module)};
    EXPECT_THROW(MakePlan(binary, problem, Device()), Error);
  };
  broken([](Module& module) { module.interface.bindings = {{7, true}}; });
  broken([](Module& module) { module.interface.push[1].offset = 0xfffffffc; });
  broken([](Module& module) { module.interface.push[1].type = "mat4"; });
  broken([](Module& module) { module.interface.push[1].name = "unknown"; });
  broken([](Module& module) { module.words.clear(); });
  Binary none = test::Axpy();
  none.modules.clear();
  EXPECT_THROW(MakePlan(none, problem, Device()), Error);
  none.modules = {nullptr};
  EXPECT_THROW(MakePlan(none, problem, Device()), Error);
  EXPECT_THROW(MakePlan(With(test::Axpy(), [](Kernel& k) { k.patterns[0].passes[0].groups = {"n +"}; }), problem, Device()),
               Error);
  EXPECT_THROW(MakePlan(With(test::Axpy(), [](Kernel& k) { k.buffers[0].length = "1 / 0"; }), problem, Device()), Error);
  EXPECT_EQ(OutcomeOf(With(test::Doubling(), [](Kernel& k) { k.patterns[0].loops[0].count = "2^40"; }),
                      {{"n", 1}, {"rounds", 1}}, Device()),
            Outcome::kOverLimit);
}

TEST(StoreScalar, ConvertsToTheShadersType) {
  auto stored = [](auto as, const char* type, auto value) {
    std::byte bytes[8];
    StoreScalar({"s", value}, type, bytes);
    std::memcpy(&as, bytes, sizeof(as));
    return as;
  };
  EXPECT_EQ(stored(0.0f, "float", 2.5), 2.5f);
  EXPECT_EQ(stored(0.0f, "float", 3), 3.0f);
  EXPECT_EQ(stored(0.0, "double", 0.1), 0.1);
  EXPECT_EQ(stored(0u, "uint", 4294967295u), 4294967295u);
  EXPECT_EQ(stored(0u, "uint", 7.0), 7u);
  EXPECT_EQ(stored(0, "int", -5), -5);
  EXPECT_EQ(stored(std::uint64_t{}, "uint64_t", ~std::uint64_t{}), ~std::uint64_t{});
  EXPECT_EQ(stored(std::int64_t{}, "int64_t", std::int64_t{-1} << 62), std::int64_t{-1} << 62);
  EXPECT_EQ(stored(std::int8_t{}, "int8_t", -128), -128);
  for (auto [value, half] : {std::pair{1.0, 0x3c00},
                             {-2.0, 0xc000},
                             {65504.0, 0x7bff},
                             {65519.0, 0x7bff},
                             {65520.0, 0x7c00},
                             {5.9604644775390625e-8, 0x0001},
                             {2.9802322387695312e-8, 0x0000},
                             {6.103515625e-5, 0x0400},
                             {1.00048828125, 0x3c00},
                             {1.00146484375, 0x3c02},
                             {0.0, 0}}) {
    EXPECT_EQ(stored(std::uint16_t{}, "float16_t", value), half) << value;
  }
  EXPECT_EQ(stored(std::uint16_t{}, "bfloat16_t", 1.0), 0x3f80);
  EXPECT_EQ(stored(std::uint16_t{}, "bfloat16_t", 1.00390625), 0x3f80);  // ties to even
  EXPECT_EQ(stored(std::uint16_t{}, "bfloat16_t", 1.01171875), 0x3f82);
  std::byte bytes[8];
  EXPECT_THROW(StoreScalar({"s", -1}, "uint", bytes), Error);
  EXPECT_THROW(StoreScalar({"s", 2.5}, "int", bytes), Error);
  EXPECT_THROW(StoreScalar({"s", 4294967296.0}, "uint", bytes), Error);
  EXPECT_THROW(StoreScalar({"s", 128}, "int8_t", bytes), Error);
  EXPECT_THROW(StoreScalar({"s", 1}, "vec4", bytes), Error);
}

}  // namespace
}  // namespace hone
