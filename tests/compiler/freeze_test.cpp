#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "compiler/compile.h"
#include "compiler/optimize.h"
#include "compiler/readback.h"
#include "compiler/template.h"
#include "db/module_needs.h"
#include "tests/compiler/temporary_kernel.h"

namespace hone {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

// Sums ROUNDS elements an invocation; ROUNDS is a specialization constant unless the macro is given.
std::string RoundsShader() {
  std::string shader = MinimalShader();
  shader.insert(shader.find("void main"), "#ifndef ROUNDS\nlayout(constant_id = 7) const uint ROUNDS = 1;\n#endif\n");
  shader.replace(shader.find("  if (index < n)"), 16,
                 "  float sum = 0;\n  for (uint i = 0; i < ROUNDS; ++i) sum += x[index * ROUNDS + i];\n  if (index < n)");
  shader.replace(shader.find("= x[index];"), 11, "= sum;");
  return shader;
}

Kernel Rounds(TemporaryKernel& files, bool specialize) {
  files.Write("kernel.toml", MinimalManifest(std::string("WG = [64]\nROUNDS = { values = [1, 2, 4], specialize = ") +
                                                 (specialize ? "true }" : "false }"),
                                             "ceil_div(n, WG)", "reference.comp"));
  files.Write("main.comp", RoundsShader());
  files.Write("reference.comp", MinimalShader());
  return LoadKernel(files.folder());
}

TEST(Freeze, PointsOfASpecializationConstantShareTheirModule) {
  TemporaryKernel files;
  const Kernel kernel = Rounds(files, true);
  Compiler compiler;
  const auto one = compiler.Compile(kernel, "only", {{"WG", 64}, {"ROUNDS", 1}});
  const auto four = compiler.Compile(kernel, "only", {{"WG", 64}, {"ROUNDS", 4}});
  ASSERT_TRUE(one.ok() && four.ok()) << one.ToText();
  EXPECT_EQ(one.binary->modules[0], four.binary->modules[0]);
  const auto& constants = one.binary->modules[0]->interface.spec_constants;
  ASSERT_EQ(constants.size(), 1u);
  EXPECT_EQ(constants[0].name, "ROUNDS");
  EXPECT_EQ(constants[0].id, 7u);
  EXPECT_EQ(constants[0].type, "uint");
  EXPECT_THAT(Disassemble(one.binary->modules[0]->words), HasSubstr("OpSpecConstant "));
}

TEST(Freeze, MakesOrdinaryCodeOfEachPoint) {
  TemporaryKernel files;
  const Kernel kernel = Rounds(files, true);
  Compiler compiler;
  const auto result = compiler.Compile(kernel, "only", {{"WG", 64}, {"ROUNDS", 4}});
  ASSERT_TRUE(result.ok());
  const Module& module = *result.binary->modules[0];
  const Module four = Freeze(module, {{"ROUNDS", 4}}), two = Freeze(module, {{"ROUNDS", 2}});
  EXPECT_NE(four.hash, two.hash);
  EXPECT_EQ(four.hash, HashOf(std::span<const std::uint32_t>(four.words)));
  EXPECT_EQ(four.hash, Freeze(module, {{"ROUNDS", 4}}).hash);
  EXPECT_EQ(Validate(four.words), "");
  EXPECT_TRUE(four.interface.spec_constants.empty());
  EXPECT_THAT(Disassemble(four.words), Not(HasSubstr("SpecConstant")));
  EXPECT_THAT(Disassemble(four.words), HasSubstr("%uint_4 "));
}

TEST(Freeze, LeavesAModuleWithoutConstantsAlone) {
  TemporaryKernel files;
  const Kernel kernel = Rounds(files, false);
  Compiler compiler;
  const auto result = compiler.Compile(kernel, "only", {{"WG", 64}, {"ROUNDS", 4}});
  ASSERT_TRUE(result.ok()) << result.ToText();
  EXPECT_EQ(Freeze(*result.binary->modules[0], {{"ROUNDS", 4}}).words, result.binary->modules[0]->words);
}

TEST(Freeze, UnrollsWhatTheShaderAsksToUnroll) {
  TemporaryKernel files;
  Rounds(files, true);
  std::string shader = RoundsShader();
  shader.replace(shader.find("  for ("), 7, "  [[unroll]] for (");
  shader.insert(shader.find("layout"), "#extension GL_EXT_control_flow_attributes : require\n");
  files.Write("main.comp", shader);
  Compiler compiler;
  const auto result = compiler.Compile(LoadKernel(files.folder()), "only", {{"WG", 64}, {"ROUNDS", 4}});
  ASSERT_TRUE(result.ok()) << result.ToText();
  EXPECT_EQ(Stats(*result.binary->modules[0]).loops, 1u);
  const Module four = Freeze(*result.binary->modules[0], {{"ROUNDS", 4}});
  EXPECT_EQ(Stats(four).loops, 0u);
  EXPECT_EQ(Stats(four).by_class.at("global load"), 4u);
}

TEST(Freeze, FixesTheLocalSize) {
  TemporaryKernel files;
  files.Write("kernel.toml",
              MinimalManifest("WG = { values = [64, 128], specialize = true }", "ceil_div(n, WG)", "reference.comp"));
  std::string shader = MinimalShader();
  shader.replace(shader.find("local_size_x = WG"), 17, "local_size_x_id = 0");
  shader.insert(shader.find("layout(binding"), "layout(constant_id = 0) const uint WG = 32;\n");
  files.Write("main.comp", shader);
  files.Write("reference.comp", MinimalShader());
  Compiler compiler;
  const auto result = compiler.Compile(LoadKernel(files.folder()), "only", {{"WG", 128}});
  ASSERT_TRUE(result.ok()) << result.ToText();
  EXPECT_THAT(result.binary->modules[0]->interface.local_size, ElementsAre(1u, 1u, 1u));  // until it is specialized
  EXPECT_THAT(LocalSizeAt(*result.binary->modules[0], {{"WG", 128}}), ElementsAre(128u, 1u, 1u));
  const Module frozen = Freeze(*result.binary->modules[0], {{"WG", 128}});
  EXPECT_THAT(frozen.interface.local_size, ElementsAre(128u, 1u, 1u));
  EXPECT_THAT(Disassemble(frozen.words), HasSubstr("LocalSize 128 1 1"));
}

TEST(Freeze, AWordIsNoConstant) {
  TemporaryKernel files;
  const Kernel kernel = Rounds(files, true);
  Compiler compiler;
  const auto result = compiler.Compile(kernel, "only", {{"WG", 64}, {"ROUNDS", 4}});
  ASSERT_TRUE(result.ok());
  EXPECT_THROW(Freeze(*result.binary->modules[0], {{"ROUNDS", std::string("many")}}), Error);
}

TEST(Freeze, AParameterThatNoShaderDeclaresIsAnError) {
  TemporaryKernel files;
  files.Write("kernel.toml",
              MinimalManifest("WG = [64]\nROUNDS = { values = [1], specialize = true }", "ceil_div(n, WG * ROUNDS)"));
  files.Write("main.comp", MinimalShader());
  Compiler compiler;
  const auto result = compiler.Compile(LoadKernel(files.folder()), "only", {{"WG", 64}, {"ROUNDS", 1}});
  EXPECT_THAT(result.ToText(),
              HasSubstr("made/kernel.toml: error: parameter 'ROUNDS' of pattern 'only' has specialize = true, but no "
                        "shader declares it (layout(constant_id = 0) const uint ROUNDS = 1;)"));
}

TEST(Optimize, KnowsItsFlags) {
  for (const char* flag : {"-O", "-Os", "none", "--loop-unroll", "--ssa-rewrite"}) EXPECT_TRUE(IsOptimizerFlag(flag)) << flag;
  for (const char* flag : {"", "-O2", "--no-such-pass", "loop-unroll", "-"}) EXPECT_FALSE(IsOptimizerFlag(flag)) << flag;
}

TEST(Optimize, NoneKeepsTheCodeAndStillStripsNames) {
  TemporaryKernel files;
  files.Write("kernel.toml", "optimize = [\"none\"]\n" + MinimalManifest("WG = [64]", "ceil_div(n, WG)"));
  files.Write("main.comp", MinimalShader());
  Compiler compiler;
  const auto result = compiler.Compile(LoadKernel(files.folder()), "only", {{"WG", 64}});
  ASSERT_TRUE(result.ok()) << result.ToText();
  const std::string text = Disassemble(result.binary->modules[0]->words);
  EXPECT_THAT(text, HasSubstr("OpVariable %_ptr_Function_uint Function"));
  EXPECT_THAT(text, Not(HasSubstr("OpName ")));
}

}  // namespace
}  // namespace hone
