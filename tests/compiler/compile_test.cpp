#include "compiler/compile.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <set>

#include "compiler/optimize.h"
#include "compiler/template.h"
#include "tests/compiler/temporary_kernel.h"

namespace hone {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

const std::string kAxpy = std::string(HONE_SOURCE_DIR) + "/kernels/axpy";

TEST(Compile, AxpyHasTheInterfaceOfItsManifest) {
  const Kernel kernel = LoadKernel(kAxpy);
  Compiler compiler;
  const CompileResult result = compiler.Compile(kernel, "strided", kernel.patterns[0].default_point);
  ASSERT_TRUE(result.ok()) << result.ToText();
  ASSERT_EQ(result.binary->modules.size(), 1u);
  const Module& module = *result.binary->modules[0];
  EXPECT_EQ(module.words[0], 0x07230203u);
  EXPECT_EQ(module.words[1], 0x00010600u);  // SPIR-V 1.6
  EXPECT_EQ(module.hash, HashOf(std::span<const std::uint32_t>(module.words)));
  EXPECT_EQ(Validate(module.words), "");
  const ModuleInterface& interface = module.interface;
  ASSERT_EQ(interface.push.size(), 2u);
  EXPECT_EQ(interface.push[0].name, "n");
  EXPECT_EQ(interface.push[0].type, "uint");
  EXPECT_EQ(interface.push[0].offset, 0u);
  EXPECT_EQ(interface.push[1].name, "a");
  EXPECT_EQ(interface.push[1].type, "float");
  EXPECT_EQ(interface.push[1].offset, 4u);
  EXPECT_EQ(interface.push_bytes, 8u);
  ASSERT_EQ(interface.bindings.size(), 2u);
  EXPECT_FALSE(interface.bindings[0].writes);
  EXPECT_TRUE(interface.bindings[1].writes);
  EXPECT_THAT(interface.local_size, ElementsAre(256u, 1u, 1u));
}

TEST(Compile, WhatAShaderUsesTheManifestRequires) {
  TemporaryKernel files;
  std::string shader = MinimalShader();
  shader.insert(shader.find("layout"),
                "#extension GL_ARB_gpu_shader_int64 : require\n"
                "#extension GL_KHR_shader_subgroup_arithmetic : require\n");
  shader.replace(shader.find("x[index];"), 9, "float(uint64_t(x[index]) * n) + subgroupAdd(1.0);");
  files.Write("main.comp", shader);
  files.Write("plain.comp", MinimalShader());
  std::string manifest = MinimalManifest("WG = [64]", "ceil_div(n, WG)", "plain.comp");
  files.Write("kernel.toml", manifest);
  Compiler compiler;
  const CompileResult refused = compiler.Compile(LoadKernel(files.folder()), "only", {{"WG", 64}});
  EXPECT_FALSE(refused.ok());
  EXPECT_EQ(refused.diagnostics.size(), 1u);  // a subgroup operation is nothing that one could enable
  EXPECT_THAT(refused.ToText(), HasSubstr("kernel.toml: error: main.comp uses Int64, but pattern 'only' does not require"));
  EXPECT_THAT(refused.ToText(), HasSubstr("requires = { features = [\"shaderInt64\"] }"));
  manifest.insert(manifest.find("[pattern.only.parameters]"), "[pattern.only]\nrequires = { features = [\"shaderInt64\"] }\n");
  files.Write("kernel.toml", manifest);
  const CompileResult result = compiler.Compile(LoadKernel(files.folder()), "only", {{"WG", 64}});
  EXPECT_TRUE(result.ok()) << result.ToText();
}

TEST(Compile, EqualCodeIsOneModule) {
  TemporaryKernel files;
  // ITEMS is read by a formula only: both points have the same code.
  files.Write("kernel.toml", MinimalManifest("WG = [64]\nITEMS = [1, 2]", "ceil_div(n, WG * ITEMS)"));
  files.Write("main.comp", MinimalShader());
  const Kernel kernel = LoadKernel(files.folder());
  Compiler compiler;
  const auto a = compiler.Compile(kernel, "only", {{"WG", 64}, {"ITEMS", 1}});
  const auto b = compiler.Compile(kernel, "only", {{"WG", 64}, {"ITEMS", 2}});
  ASSERT_TRUE(a.ok()) << a.ToText();
  ASSERT_TRUE(b.ok()) << b.ToText();
  EXPECT_EQ(a.binary->modules[0], b.binary->modules[0]);
  EXPECT_EQ(compiler.counters().translated, 1u);
}

TEST(Compile, CodeThatDiffersInNamesAndCommentsOnlyIsOneBlob) {
  TemporaryKernel one, two;
  one.Write("kernel.toml", MinimalManifest("WG = [64]", "ceil_div(n, WG)"));
  two.Write("kernel.toml", MinimalManifest("WG = [64]", "ceil_div(n, WG)"));
  one.Write("main.comp", MinimalShader());
  std::string renamed = MinimalShader();
  renamed.insert(renamed.find("void main"), "// a comment\n\n");
  for (std::size_t at = 0; (at = renamed.find("index", at)) != std::string::npos;) renamed.replace(at, 5, "position");
  two.Write("main.comp", renamed);
  Compiler compiler;
  const auto a = compiler.Compile(LoadKernel(one.folder()), "only", {{"WG", 64}});
  const auto b = compiler.Compile(LoadKernel(two.folder()), "only", {{"WG", 64}});
  ASSERT_TRUE(a.ok() && b.ok()) << a.ToText() << b.ToText();
  EXPECT_EQ(a.binary->modules[0]->hash, b.binary->modules[0]->hash);
}

TEST(Compile, OutputDoesNotDependOnTheNumberOfThreads) {
  const Kernel kernel = LoadKernel(kAxpy);
  std::vector<Variant> variants;
  for (const Value& wg : kernel.patterns[0].parameters[0].values) {
    for (const Value& per_lane : kernel.patterns[0].parameters[1].values) {
      variants.push_back({"strided", {{"WG", wg}, {"PER_LANE", per_lane}}, {}});
    }
  }
  std::vector<std::vector<Hash>> runs;
  for (unsigned threads : {1u, 2u, 7u}) {
    CompilerOptions options;
    options.threads = threads;
    Compiler compiler(options);
    std::vector<Hash> hashes;
    compiler.CompileMany(kernel, variants, [&](std::size_t index, CompileResult result) {
      ASSERT_TRUE(result.ok()) << result.ToText();
      EXPECT_EQ(index, hashes.size());
      EXPECT_EQ(result.binary->point, variants[index].point);
      hashes.push_back(result.binary->modules[0]->hash);
    });
    ASSERT_EQ(hashes.size(), variants.size());
    runs.push_back(hashes);
  }
  EXPECT_EQ(runs[0], runs[1]);
  EXPECT_EQ(runs[0], runs[2]);
}

// bfloat16_t is as new as the compiler: one that does not know it says so.
TEST(Compile, ElementTypesOfEveryKind) {
  const Kernel kernel = LoadKernel(std::string(HONE_TEST_DATA) + "/kernels/element_types");
  Compiler compiler;
  std::set<Hash> modules;
  for (const TypeChoice::Option& option : kernel.types[0].options) {
    const CompileResult result = compiler.Compile(kernel, "only", {{"WG", 64}}, {{"T", option.glsl}});
    if (option.glsl == "bfloat16_t" && !result.ok()) {
      EXPECT_THAT(result.ToText(), ::testing::HasSubstr("extension not supported: GL_EXT_bfloat16"));
      continue;
    }
    ASSERT_TRUE(result.ok()) << result.ToText();
    EXPECT_TRUE(modules.insert(result.binary->modules[0]->hash).second) << option.glsl << " is code of its own";
  }
  EXPECT_GE(modules.size(), 4u);
}

TEST(Compile, GlslErrorsPointIntoTheIncludedFile) {
  TemporaryKernel files;
  files.Write("kernel.toml", MinimalManifest("WG = [64]", "ceil_div(n, WG)"));
  files.Write("helper.glsl", "// one\n#define TWICE(x) ((x) + missing_name)\nfloat Twice(float v) {\n  return TWICE(v);\n}\n");
  std::string shader = MinimalShader();
  shader.insert(shader.find("void main"), "#include \"helper.glsl\"\n");
  files.Write("main.comp", shader);
  Compiler compiler;
  const CompileResult result = compiler.Compile(LoadKernel(files.folder()), "only", {{"WG", 64}});
  EXPECT_FALSE(result.ok());
  ASSERT_FALSE(result.diagnostics.empty());
  const Diagnostic& first = result.diagnostics[0];
  EXPECT_EQ(first.where.file, files.folder() + "/helper.glsl");
  EXPECT_EQ(first.where.line, 4);
  EXPECT_EQ(first.source_line, "  return TWICE(v);");
  EXPECT_EQ(first.text, "'missing_name': undeclared identifier");
  EXPECT_EQ(first.variant, "made only WG=64");
}

TEST(Compile, AllErrorsOfAShaderAreReported) {
  TemporaryKernel files;
  files.Write("kernel.toml", MinimalManifest("WG = [64]", "ceil_div(n, WG)"));
  std::string shader = MinimalShader();
  shader.insert(shader.find("void main"), "float A() { return one_missing; }\nfloat B() { return two_missing; }\n");
  files.Write("main.comp", shader);
  Compiler compiler;
  const CompileResult result = compiler.Compile(LoadKernel(files.folder()), "only", {{"WG", 64}});
  EXPECT_THAT(result.ToText(), HasSubstr("'one_missing': undeclared identifier"));
  EXPECT_THAT(result.ToText(), HasSubstr("'two_missing': undeclared identifier"));
}

struct Mismatch {
  const char* from;
  const char* to;
  const char* message;
};

void PrintTo(const Mismatch& mismatch, std::ostream* out) { *out << mismatch.to; }

class CompileMismatch : public ::testing::TestWithParam<Mismatch> {};

TEST_P(CompileMismatch, IsAClearError) {
  TemporaryKernel files;
  files.Write("kernel.toml", MinimalManifest("WG = [64]", "ceil_div(n, WG)"));
  std::string shader = MinimalShader();
  const std::string from = GetParam().from;
  ASSERT_NE(shader.find(from), std::string::npos);
  shader.replace(shader.find(from), from.size(), GetParam().to);
  files.Write("main.comp", shader);
  Compiler compiler;
  const CompileResult result = compiler.Compile(LoadKernel(files.folder()), "only", {{"WG", 64}});
  EXPECT_FALSE(result.ok());
  EXPECT_THAT(result.ToText(), HasSubstr(GetParam().message));
}

INSTANTIATE_TEST_SUITE_P(
    All, CompileMismatch,
    ::testing::Values(
        Mismatch{"uint n;", "uint length_of_all; uint n;",
                 "main.comp:5:8: error: push constant 'length_of_all' is not a [[push]] of the manifest"},
        Mismatch{"uint n;", "int n;", "push constant 'n' is 'int' here and 'uint' in the manifest"},
        Mismatch{"uint n;", "uint n; vec2 a;", "push constant 'a' is not a [[push]] of the manifest"},
        Mismatch{"binding = 1", "binding = 7",
                 "main.comp:4:8: error: binding 7 is beyond the kernel's 2 buffers and the pattern's 0 workspaces"},
        Mismatch{"y[index] = x[index]", "x[index] = y[index]",
                 "binding 0 is written, but buffer 'x' has access = \"read\" in the manifest"},
        Mismatch{"void main", "layout(constant_id = 3) const uint ROUNDS = 4;\nvoid main",
                 "specialization constant 'ROUNDS' is no parameter with specialize = true"},
        Mismatch{"#version 460\n", "", "main.comp:1:1: error: a shader must begin with #version 460 (or 450)"},
        Mismatch{"#version 460", "#version 310 es", "main.comp:1:1: error: a shader must begin with #version 460 (or 450)"},
        Mismatch{"layout(local_size_x = WG)", "layout(local_size_x_id = 4)",
                 "main.comp:2:20: error: specialization constant 4 has no name: declare it"},
        Mismatch{"void main", "layout(set = 1, binding = 0) buffer Z { float z[]; };\nvoid main",
                 "declares a buffer in descriptor set 1;"},
        Mismatch{"void main", "layout(binding = 5) uniform U { float u; };\nvoid main", "declares a uniform buffer"},
        Mismatch{"void main", "layout(binding = 5, r32f) uniform image2D picture;\nvoid main",
                 "declares an image, sampler or other descriptor ('picture')"},
        Mismatch{"#version 460", "#version 460\n#include \"nowhere.glsl\"",
                 "main.comp:2:2: error: '#include': no such file for header name: nowhere.glsl"}));

TEST(Compile, UnknownPatternsAndTypesAreErrors) {
  const Kernel kernel = LoadKernel(kAxpy);
  Compiler compiler;
  EXPECT_THROW(compiler.Compile(kernel, "stridet", {}), Error);
  EXPECT_THROW(compiler.Compile(kernel, "strided", kernel.patterns[0].default_point, {{"U", std::string("float")}}), Error);
}

TEST(Compile, KeysFollowIncludesAndOnlyTheMacrosThatMatter) {
  TemporaryKernel files;
  files.Write("kernel.toml", MinimalManifest("WG = [64, 128]\nITEMS = [1, 2]", "ceil_div(n, WG * ITEMS)"));
  files.Write("helper.glsl", "// one\n");
  std::string shader = MinimalShader();
  shader.insert(shader.find("void main"), "#include \"helper.glsl\"\n");
  files.Write("main.comp", shader);
  const Kernel kernel = LoadKernel(files.folder());
  const Values point{{"WG", 64}, {"ITEMS", 1}};
  const Hash before = Compiler().Key(kernel, "only", point);
  EXPECT_EQ(before, Compiler().Key(kernel, "only", point));
  EXPECT_EQ(before, Compiler().Key(kernel, "only", {{"WG", 64}, {"ITEMS", 2}}));
  EXPECT_NE(before, Compiler().Key(kernel, "only", {{"WG", 128}, {"ITEMS", 1}}));
  files.Write("helper.glsl", "// two\n");
  EXPECT_NE(before, Compiler().Key(kernel, "only", point));
}

class MapCache : public ModuleCache {
 public:
  std::shared_ptr<const Module> Find(const Hash& key) override { return modules.contains(key) ? modules.at(key) : nullptr; }
  void Put(const Hash& key, const Module& module) override { modules[key] = std::make_shared<const Module>(module); }
  std::map<Hash, std::shared_ptr<const Module>> modules;
};

TEST(Compile, AFilledCacheLeavesNothingToCompile) {
  const Kernel kernel = LoadKernel(kAxpy);
  MapCache cache;
  CompilerOptions options;
  options.cache = &cache;
  const Values point = kernel.patterns[0].default_point;
  Compiler first(options), second(options);
  const auto a = first.Compile(kernel, "strided", point);
  const auto b = second.Compile(kernel, "strided", point);
  ASSERT_TRUE(a.ok() && b.ok());
  EXPECT_EQ(first.counters().translated, 1u);
  EXPECT_EQ(second.counters().translated, 0u);
  EXPECT_EQ(second.counters().cached, 1u);
  EXPECT_EQ(a.binary->modules[0]->words, b.binary->modules[0]->words);
}

}  // namespace
}  // namespace hone
