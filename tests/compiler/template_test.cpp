#include "compiler/template.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <regex>
#include <set>

#include "compiler/manifest_reader.h"
#include "compiler/sources.h"

namespace hone {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

const std::string kKernels = std::string(HONE_SOURCE_DIR) + "/kernels";

// A kernel that says everything a manifest can say; tests/data/everything.
Kernel Everything() { return LoadKernel(std::string(HONE_TEST_DATA) + "/everything"); }

TEST(Template, ReadsTheKernelLibrary) {
  int kernels = 0;
  for (const auto& entry : fs::directory_iterator(kKernels)) {
    if (!fs::exists(entry.path() / "kernel.toml")) continue;
    SCOPED_TRACE(entry.path());
    const Kernel kernel = LoadKernel(entry.path().string());
    EXPECT_EQ(kernel.name, entry.path().filename().string());
    EXPECT_EQ(kernel.folder, entry.path().string());
    ++kernels;
  }
  EXPECT_GE(kernels, 1);
}

TEST(Template, ReadsEverythingAManifestCanSay) {
  const Kernel k = Everything();
  EXPECT_EQ(k.name, "everything");
  EXPECT_EQ(k.summary, "every key of a manifest once");
  EXPECT_EQ(k.source, "this test");
  EXPECT_THAT(k.optimize, ElementsAre("-Os"));
  ASSERT_EQ(k.integers.size(), 2u);
  EXPECT_EQ(k.integers[0].name, "rows");
  EXPECT_EQ(k.integers[0].min, 1);
  EXPECT_EQ(k.integers[0].max, 2147483647);
  EXPECT_EQ(k.integers[1].name, "n");
  EXPECT_EQ(k.integers[1].min, 0);
  EXPECT_EQ(k.integers[1].max, 4096);
  ASSERT_EQ(k.where.size(), 1u);
  EXPECT_EQ(k.where[0].text, "n % 2 == 0");
  EXPECT_EQ(k.where[0].line, 4);
  ASSERT_EQ(k.types.size(), 1u);
  EXPECT_EQ(k.types[0].name, "T");
  ASSERT_EQ(k.types[0].options.size(), 2u);
  EXPECT_EQ(k.types[0].options[1].glsl, "float16_t");
  EXPECT_THAT(k.types[0].options[1].requires_.features, ElementsAre("shaderFloat16", "storageBuffer16BitAccess"));
  EXPECT_THAT(k.types[0].options[1].requires_.extensions, ElementsAre("VK_KHR_shader_float16_int8"));
}

TEST(Template, ReadsBuffersAndFills) {
  const Kernel k = Everything();
  ASSERT_EQ(k.buffers.size(), 8u);
  EXPECT_EQ(k.buffers[0].name, "x");
  EXPECT_EQ(k.buffers[0].type, "T");
  EXPECT_EQ(k.buffers[0].length, "rows * n");
  EXPECT_EQ(k.buffers[0].access, Access::kRead);
  const std::vector<std::tuple<Fill::Kind, double, double>> fills{
      {Fill::Kind::kUniform, -2, 2},    {Fill::Kind::kNormal, 0, 1},     {Fill::Kind::kRamp, 0, 0.5},
      {Fill::Kind::kConstant, 7, 1},    {Fill::Kind::kZero, -1, 1},      {Fill::Kind::kIntegers, 0, 99},
      {Fill::Kind::kRandomBits, -1, 1}, {Fill::Kind::kRandomBits, -1, 1}};
  for (std::size_t i = 0; i < fills.size(); ++i) {
    SCOPED_TRACE(i);
    EXPECT_EQ(k.buffers[i].fill.kind, std::get<0>(fills[i]));
    EXPECT_EQ(k.buffers[i].fill.low, std::get<1>(fills[i]));
    EXPECT_EQ(k.buffers[i].fill.high, std::get<2>(fills[i]));
  }
  EXPECT_EQ(k.buffers[6].access, Access::kWrite);
  EXPECT_EQ(k.buffers[7].access, Access::kReadWrite);
}

TEST(Template, ReadsPushConstants) {
  const Kernel k = Everything();
  ASSERT_EQ(k.push_constants.size(), 4u);
  EXPECT_EQ(k.push_constants[0].value, "n");  // the problem integer of that name
  EXPECT_EQ(k.push_constants[1].value, "DIGIT * BITS");
  EXPECT_EQ(k.push_constants[2].value, "");
  EXPECT_EQ(k.push_constants[2].test, 2.5);
  EXPECT_EQ(k.push_constants[3].value, "");
  EXPECT_EQ(k.push_constants[3].test, 1);
}

TEST(Template, ReadsPatternsInTheOrderOfTheFile) {
  const Kernel k = Everything();
  ASSERT_EQ(k.patterns.size(), 2u);
  EXPECT_EQ(k.patterns[0].name, "sorted");
  EXPECT_EQ(k.patterns[1].name, "direct");
  const Pattern& p = k.patterns[0];
  EXPECT_EQ(p.summary, "two loops");
  EXPECT_THAT(p.requires_.features, ElementsAre("subgroupSizeControl"));
  EXPECT_THAT(p.optimize, ElementsAre("-O", "--loop-unroll"));
  ASSERT_EQ(p.parameters.size(), 5u);
  EXPECT_EQ(p.parameters[0].name, "WG");
  EXPECT_THAT(p.parameters[0].values, ElementsAre(Value(64), Value(128)));
  EXPECT_EQ(p.parameters[1].name, "BITS");
  EXPECT_TRUE(p.parameters[2].specialize);
  EXPECT_THAT(p.parameters[3].requires_.at("4").features, ElementsAre("shaderInt8"));
  EXPECT_THAT(p.parameters[4].values, ElementsAre(Value(std::string("rowwise")), Value(std::string("columnwise"))));
  EXPECT_EQ(p.default_point.ToText(), "BITS=8 ORDER=rowwise UNROLL=1 VEC=4 WG=128");
  EXPECT_EQ(k.patterns[1].default_point.ToText(), "WG=32");
}

TEST(Template, ReadsWorkspacesPassesAndLoops) {
  const Pattern p = Everything().patterns[0];
  ASSERT_EQ(p.workspaces.size(), 2u);
  EXPECT_EQ(p.workspaces[0].name, "tmp");
  EXPECT_EQ(p.workspaces[0].length, "rows * n");
  EXPECT_EQ(p.workspaces[0].access, Access::kReadWrite);
  ASSERT_EQ(p.loops.size(), 1u);
  EXPECT_EQ(p.loops[0].count, "32 / BITS");
  EXPECT_EQ(p.loops[0].index, "DIGIT");
  EXPECT_THAT(p.loops[0].swap, ElementsAre(std::pair<std::string, std::string>("x", "tmp")));
  ASSERT_EQ(p.passes.size(), 3u);
  EXPECT_THAT(p.passes[0].groups, ElementsAre("ceil_div(n, WG)"));
  EXPECT_EQ(p.passes[0].when, "n > WG");
  EXPECT_EQ(p.passes[0].subgroup_size, "32");
  EXPECT_EQ(p.passes[0].defines.at("FINAL"), "1");
  EXPECT_EQ(p.passes[0].loop, "");
  EXPECT_THAT(p.passes[1].groups, ElementsAre("ceil_div(n, WG)", "rows", "1"));
  EXPECT_EQ(p.passes[1].loop, "digits");
  EXPECT_EQ(p.passes[2].when, "DIGIT == 0");
}

TEST(Template, CompletesProblemsWithDefaultTypes) {
  const Kernel k = Everything();
  ASSERT_EQ(k.problems.size(), 2u);
  EXPECT_EQ(k.problems[0].ToText(), "T=float n=1024 rows=8");
  EXPECT_EQ(k.problems[1].ToText(), "T=float16_t n=4096 rows=2");
  EXPECT_EQ(k.check_problems.size(), 1u);
}

TEST(Template, ReadsReferenceAndTolerances) {
  const Kernel k = Everything();
  EXPECT_EQ(k.reference_pass.shader, "reference.comp");
  EXPECT_THAT(k.reference_pass.groups, ElementsAre("ceil_div(n, 64)"));
  EXPECT_THAT(k.reference_requires.features, ElementsAre("shaderFloat64"));
  EXPECT_EQ(k.reference_pass.defines.at("SLOW"), "1");
  ASSERT_EQ(k.tolerances.size(), 4u);
  EXPECT_EQ(k.tolerances.at("").relative, 1e-6);
  EXPECT_EQ(k.tolerances.at("").absolute, 0);
  EXPECT_EQ(k.tolerances.at("float16_t").kind, Tolerance::Kind::kStatistical);
  EXPECT_EQ(k.tolerances.at("float16_t").relative, 0.01);
  EXPECT_EQ(k.tolerances.at("float16_t").absolute, 10);
  EXPECT_EQ(k.tolerances.at("y").kind, Tolerance::Kind::kUlp);
  EXPECT_EQ(k.tolerances.at("z").kind, Tolerance::Kind::kExact);
  EXPECT_EQ(k.bytes, "2 * rows * n * T_BYTES");
  EXPECT_EQ(k.flops, "rows * n");
}

TEST(Template, KnowsTheFeaturesThatTheRuntimeAsksFor) {
  const std::string source = ReadTextFile(std::string(HONE_SOURCE_DIR) + "/runtime/features.cpp");
  const std::regex row(R"(ROW\([a-z0-9_.]+,\s*(\w+)\))");
  std::set<std::string> asked;
  const std::size_t table = source.find("#define HONE_FEATURES"), end = source.find("\n\n", table);
  const std::string rows = source.substr(table, end - table);
  for (std::sregex_iterator at(rows.begin(), rows.end(), row), last; at != last; ++at) asked.insert((*at)[1]);
  EXPECT_EQ(asked, std::set<std::string>(FeatureNames().begin(), FeatureNames().end()));
}

TEST(Template, AMissingFolderIsAnErrorThatSaysSo) {
  try {
    LoadKernel("no/such/kernel");
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(std::string(error.what()), "no/such/kernel: no such folder (a kernel is a folder with a kernel.toml)");
  }
}

TEST(Template, TheSourceHashFollowsEveryIncludedFile) {
  const fs::path root = fs::temp_directory_path() / ("hone_template_test_" + std::to_string(::getpid()));
  fs::remove_all(root);
  fs::create_directories(root);
  fs::copy(kKernels + "/axpy", root / "axpy", fs::copy_options::recursive);
  fs::create_directories(root / "common");
  const auto write = [&](const fs::path& file, const std::string& text) { std::ofstream(root / file) << text; };
  write("axpy/strided.comp", "#version 460\n#include \"shared.glsl\"\nvoid main() { uint w = WG * PER_LANE; }\n");
  write("common/shared.glsl", "#include \"deep.glsl\"\n");
  write("common/deep.glsl", "// one\n");
  const Kernel before = LoadKernel((root / "axpy").string());
  const Kernel again = LoadKernel((root / "axpy").string());
  write("common/deep.glsl", "// two\n");
  const Kernel after = LoadKernel((root / "axpy").string());
  EXPECT_EQ(before.source_hash, again.source_hash);
  EXPECT_NE(before.source_hash, after.source_hash);
  EXPECT_THAT(SourceFiles(after), ::testing::Contains(HasSubstr("common/deep.glsl")));
  fs::remove_all(root);
}

}  // namespace
}  // namespace hone
