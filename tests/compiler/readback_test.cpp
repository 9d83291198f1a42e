#include "compiler/readback.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "compiler/compile.h"
#include "compiler/template.h"
#include "tests/compiler/temporary_kernel.h"

namespace hone {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

std::shared_ptr<const Module> Axpy() {
  const Kernel kernel = LoadKernel(std::string(HONE_SOURCE_DIR) + "/kernels/axpy");
  Compiler compiler;
  const auto result = compiler.Compile(kernel, "strided", kernel.patterns[0].default_point);
  if (!result.ok()) throw Error(result.ToText());
  return result.binary->modules[0];
}

// features: what the pattern requires, as in "\"shaderInt64\"".
std::shared_ptr<const Module> Made(const std::string& shader, const std::string& features = "") {
  TemporaryKernel files;
  std::string manifest = MinimalManifest("WG = [64]", "ceil_div(n, WG)");
  manifest.insert(manifest.find("[[pattern.only"), "[pattern.only]\nrequires = { features = [" + features + "] }\n");
  files.Write("kernel.toml", manifest);
  files.Write("main.comp", shader);
  Compiler compiler;
  const auto result = compiler.Compile(LoadKernel(files.folder()), "only", {{"WG", 64}});
  if (!result.ok()) throw Error(result.ToText());
  return result.binary->modules[0];
}

TEST(Readback, DisassemblesWithoutNames) {
  const std::string text = Disassemble(Axpy()->words);
  EXPECT_THAT(text, HasSubstr("OpEntryPoint GLCompute"));
  EXPECT_THAT(text, HasSubstr("LocalSize 256 1 1"));
  EXPECT_THAT(text, Not(HasSubstr("OpName ")));
}

TEST(Readback, DecompilesToThreeLanguagesWithNamesRestored) {
  const auto module = Axpy();
  const std::vector<std::string> buffers{"x", "y"};
  const std::string glsl = Decompile(*module, Language::kGlsl, buffers);
  EXPECT_THAT(glsl, HasSubstr("layout(local_size_x = 256"));
  EXPECT_THAT(glsl, HasSubstr("y.data["));
  EXPECT_THAT(glsl, HasSubstr("push.n"));
  EXPECT_THAT(Decompile(*module, Language::kHlsl, buffers), HasSubstr("[numthreads(256, 1, 1)]"));
  EXPECT_THAT(Decompile(*module, Language::kMsl, buffers), HasSubstr("kernel void main0("));
}

TEST(Readback, ACooperativeMatrixIsRefusedInPlainWords) {
  std::string shader = MinimalShader();
  shader.insert(shader.find("layout"),
                "#extension GL_KHR_cooperative_matrix : require\n#extension GL_KHR_memory_scope_semantics : require\n"
                "#extension GL_EXT_shader_explicit_arithmetic_types : require\n");
  shader.replace(shader.find("  if (index"), shader.find("}\n)") - shader.find("  if (index"),
                 "  coopmat<float, gl_ScopeSubgroup, 16, 16, gl_MatrixUseAccumulator> c;\n"
                 "  coopMatLoad(c, x, 0, 16, gl_CooperativeMatrixLayoutRowMajor);\n"
                 "  if (index < n) coopMatStore(c, y, 0, 16, gl_CooperativeMatrixLayoutRowMajor);\n}\n");
  const auto module = Made(shader, "\"cooperativeMatrix\", \"vulkanMemoryModel\"");
  ASSERT_EQ(module->interface.bindings.size(), 2u);
  EXPECT_FALSE(module->interface.bindings[0].writes);
  EXPECT_TRUE(module->interface.bindings[1].writes);
  EXPECT_EQ(Stats(*module).by_class.at("cooperative matrix"), 2u);
  try {
    Decompile(*module, Language::kGlsl);
    FAIL();
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), HasSubstr("this module cannot be shown as GLSL: "));
    EXPECT_THAT(error.what(), HasSubstr("(as SPIR-V it can)"));
  }
}

TEST(Readback, DamagedModulesAreErrors) {
  Module module = *Axpy();
  module.words.resize(module.words.size() / 2);
  EXPECT_THROW(Decompile(module, Language::kGlsl), Error);
  module.words.assign(100, 7);
  EXPECT_THROW(Disassemble(module.words), Error);
  EXPECT_EQ(Stats(module).instructions, 0u);
}

TEST(Readback, CountsByClassAndMemory) {
  std::string shader = MinimalShader();
  shader.insert(shader.find("void main"), "shared float tile[WG * 2];\n");
  shader.replace(shader.find("if (index < n)"), 14,
                 "tile[gl_LocalInvocationIndex] = x[index] * 2.0;\n  barrier();\n"
                 "  if (tile[WG - 1 - gl_LocalInvocationIndex] > 0.5) atomicAdd(counter[0], 1u);\n  if (index < n)");
  shader.replace(shader.find("layout(binding = 1) buffer Y { float y[]; };"), 44,
                 "layout(binding = 1) buffer Y { float y[]; };\nlayout(binding = 1) buffer C { uint counter[]; };");
  const auto module = Made(shader);
  const ModuleStats stats = Stats(*module);
  EXPECT_EQ(stats.by_class.at("global load"), 2u);
  EXPECT_EQ(stats.by_class.at("global store"), 1u);
  EXPECT_EQ(stats.by_class.at("shared load"), 1u);
  EXPECT_EQ(stats.by_class.at("shared store"), 1u);
  EXPECT_EQ(stats.by_class.at("barrier"), 1u);
  EXPECT_EQ(stats.by_class.at("atomic"), 1u);
  EXPECT_EQ(stats.by_class.at("float arithmetic"), 1u);
  EXPECT_EQ(stats.shared_bytes, 512u);
  const std::string text = StatsText(*module, {}, {"x", "y"});
  EXPECT_THAT(text, HasSubstr("shared memory           512 bytes\n"));
  EXPECT_THAT(text, HasSubstr("local size              64 x 1 x 1\n"));
  EXPECT_THAT(text, HasSubstr("binding 0 x             read\n"));
}

}  // namespace
}  // namespace hone
