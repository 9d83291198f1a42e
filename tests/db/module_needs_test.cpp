#include "db/module_needs.h"

#include <gtest/gtest.h>

namespace hone {
namespace {

std::vector<std::string> WhatsOf(std::vector<std::uint32_t> instructions) {
  instructions.insert(instructions.begin(), {0x07230203, 0x10600, 0, 100, 0});
  std::vector<std::string> whats;
  for (const ModuleNeed& need : ReadNeeds(instructions)) whats.emplace_back(need.what);
  return whats;
}

constexpr std::uint32_t Word(std::uint32_t opcode, std::uint32_t count) { return count << 16 | opcode; }

TEST(ModuleNeeds, AreReadFromTheBeginning) {
  const std::uint32_t capability = Word(17, 2), mode = Word(16, 3), mode_id = Word(331, 6), type_void = Word(19, 2);
  EXPECT_EQ(WhatsOf({capability, 1, capability, 63, capability, 424242, mode, 9, 6023, mode_id, 9, 38, 1, 1, 1, type_void, 2,
                     capability, 67}),
            (std::vector<std::string>{"Shader", "GroupNonUniformArithmetic", "MaximallyReconvergesKHR", "LocalSizeId"}));
}

TEST(ModuleNeeds, OfADamagedModuleAreWhatCouldBeRead) {
  EXPECT_EQ(WhatsOf({Word(17, 2), 63, Word(17, 2)}), (std::vector<std::string>{"GroupNonUniformArithmetic"}));
  EXPECT_EQ(WhatsOf({Word(17, 0), 63}), std::vector<std::string>{});
  EXPECT_EQ(WhatsOf({Word(17, 1), Word(17, 65535)}), std::vector<std::string>{});
  EXPECT_TRUE(ReadNeeds({}).empty());
}

TEST(ModuleNeeds, LocalSizesAreSpecialized) {
  const std::uint32_t mode_id = Word(331, 6), decorate = Word(71, 4);
  Module module{.words = {0x07230203, 0x10600, 0, 100, 0, mode_id, 9, 38, 20, 21, 20, decorate, 20, 1, 7},
                .interface = {.spec_constants = {{"WG", 7, "uint"}}, .local_size = {64, 2, 64}}};
  using Size = std::array<std::uint32_t, 3>;
  EXPECT_EQ(LocalSizeAt(module, {{"WG", 128}}), (Size{128, 2, 128}));
  EXPECT_EQ(LocalSizeAt(module, {{"OTHER", 128}}), (Size{64, 2, 64}));
  module.interface.spec_constants.clear();  // frozen
  EXPECT_EQ(LocalSizeAt(module, {{"WG", 128}}), (Size{64, 2, 64}));
}

TEST(ModuleNeeds, CapabilitiesHaveTheirNames) {
  EXPECT_EQ(CapabilityName(6019), "DotProduct");
  EXPECT_EQ(CapabilityName(6018), "DotProductInput4x8BitPacked");
  EXPECT_EQ(CapabilityName(424242), "424242");
}

}  // namespace
}  // namespace hone
