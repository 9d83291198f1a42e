// The kernel library: every pattern at its default point, at corners and at seeded samples of its space.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <iterator>
#include <random>
#include <sstream>

#include "compiler/compile.h"
#include "compiler/defines.h"
#include "compiler/optimize.h"
#include "compiler/readback.h"
#include "compiler/template.h"
#include "db/formula.h"
#include "tests/compiler/temporary_kernel.h"

namespace hone {
namespace {

namespace fs = std::filesystem;

std::vector<std::string> Kernels() {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(std::string(HONE_SOURCE_DIR) + "/kernels")) {
    if (fs::exists(entry.path() / "kernel.toml")) names.push_back(entry.path().filename().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

bool IsLegal(const Kernel& kernel, const Pattern& pattern, const Values& point, const Values& types) {
  const DeviceInfo device = GenericDevice();
  const Lookup limits = [&](std::string_view name) -> std::optional<double> {
    const auto at = device.limits.find(std::string(name));
    return at == device.limits.end() ? std::nullopt : std::optional<double>(at->second);
  };
  for (const Constraint& constraint : pattern.where) {
    if (Formula::Parse(constraint.text).Evaluate(LookupIn({kernel.problems.front(), types, point}, limits)) == 0) return false;
  }
  return true;
}

// The default point, the first and the last legal point, and up to `samples` legal ones at random.
std::vector<Values> Points(const Kernel& kernel, const Pattern& pattern, const Values& types, int samples) {
  std::vector<Values> points{pattern.default_point};
  const auto add = [&](const auto& choose) {
    Values point;
    for (const Parameter& parameter : pattern.parameters)
      point.Set(parameter.name, parameter.values[choose(parameter.values.size())]);
    if (IsLegal(kernel, pattern, point, types) && std::find(points.begin(), points.end(), point) == points.end())
      points.push_back(point);
  };
  add([](std::size_t) { return std::size_t{0}; });
  add([](std::size_t count) { return count - 1; });
  std::minstd_rand random(7);
  for (int i = 0; i < samples * 20 && static_cast<int>(points.size()) < samples + 2; ++i) {
    add([&](std::size_t count) { return random() % count; });
  }
  return points;
}

std::vector<Values> TypesOf(const Kernel& kernel) {
  std::vector<Values> all{Values()};
  for (const TypeChoice& type : kernel.types) {
    std::vector<Values> longer;
    for (const Values& types : all) {
      for (const TypeChoice::Option& option : type.options) {
        longer.push_back(types);
        longer.back().Set(type.name, option.glsl);
      }
    }
    all = std::move(longer);
  }
  return all;
}

int Shell(const std::string& command) { return std::system(command.c_str()); }

class KernelLibrary : public ::testing::TestWithParam<std::string> {
 protected:
  Kernel kernel_ = LoadKernel(std::string(HONE_SOURCE_DIR) + "/kernels/" + GetParam());
};

TEST_P(KernelLibrary, CompilesAndPassesSpirvValOfTheCommandLine) {
  TemporaryKernel files;
  Compiler compiler;
  std::set<Hash> seen;
  std::string paths;
  const auto keep = [&](const CompileResult& result) {
    ASSERT_TRUE(result.ok()) << result.ToText();
    EXPECT_TRUE(result.diagnostics.empty()) << result.ToText();
    for (const auto& module : result.binary->modules) {
      if (!seen.insert(module->hash).second) continue;
      const std::string name = module->hash.ToHex() + ".spv";
      files.Write(name, std::string(reinterpret_cast<const char*>(module->words.data()), module->words.size() * 4));
      paths += " " + files.folder() + "/" + name;
    }
  };
  for (const Values& types : TypesOf(kernel_)) {
    for (const Pattern& pattern : kernel_.patterns) {
      for (const Values& point : Points(kernel_, pattern, types, 1))
        keep(compiler.Compile(kernel_, pattern.name, point, types));
    }
    if (kernel_.reference_cpp.empty()) keep(compiler.CompileReference(kernel_, types));
  }
  if (std::string(HONE_SPIRV_VAL).empty()) GTEST_SKIP() << "no spirv-val here";
  EXPECT_EQ(Shell("for f in" + paths + "; do " HONE_SPIRV_VAL " --target-env vulkan1.3 $f || exit 1; done"), 0);
}

TEST_P(KernelLibrary, CompilesWithStockGlslcAndThePrintedFlags) {
  if (std::string(HONE_GLSLC).empty()) GTEST_SKIP() << "no glslc here";
  TemporaryKernel files;
  for (const Pattern& pattern : kernel_.patterns) {
    bool newer = false;  // than distributions' glslc knows
    for (const std::string& feature : pattern.requires_.features) newer |= feature.starts_with("cooperativeMatrix");
    for (const std::string& extension : pattern.requires_.extensions)
      newer |= extension.find("cooperative_matrix") != std::string::npos;
    if (newer) continue;
    const Values types = CompleteTypes(kernel_, {});
    const Values point = Points(kernel_, pattern, types, 1).back();
    std::set<std::string> done;
    for (const Pass& pass : pattern.passes) {
      std::string line = CommandLine(kernel_, pattern, pass, point, types);
      if (!done.insert(line).second) continue;
      line.replace(0, 5, HONE_GLSLC);
      EXPECT_EQ(Shell(line + " -o " + files.folder() + "/out.spv"), 0) << line;
    }
  }
}

// spirv-opt's own -O (SPIRV-Tools 2025.1, Optimizer::RegisterPerformancePasses), of which hone's leaves out the repetitions.
constexpr const char* kSpirvOptO =
    "--wrap-opkill --eliminate-dead-branches --merge-return --inline-entry-points-exhaustive --eliminate-dead-functions "
    "--eliminate-dead-code-aggressive --private-to-local --eliminate-local-single-block --eliminate-local-single-store "
    "--eliminate-dead-code-aggressive --scalar-replacement=100 --convert-local-access-chains --eliminate-local-single-block "
    "--eliminate-local-single-store --eliminate-dead-code-aggressive --ssa-rewrite --eliminate-dead-code-aggressive --ccp "
    "--eliminate-dead-code-aggressive --loop-unroll --eliminate-dead-branches --redundancy-elimination "
    "--combine-access-chains --simplify-instructions --scalar-replacement=100 --convert-local-access-chains "
    "--eliminate-local-single-block --eliminate-local-single-store --eliminate-dead-code-aggressive --ssa-rewrite "
    "--eliminate-dead-code-aggressive --vector-dce --eliminate-dead-inserts --eliminate-dead-branches "
    "--simplify-instructions --if-conversion --copy-propagate-arrays --reduce-load-size --eliminate-dead-code-aggressive "
    "--merge-blocks --redundancy-elimination --eliminate-dead-branches --merge-blocks --simplify-instructions";

TEST_P(KernelLibrary, IsOptimizedAsWellAsBySpirvOpt) {
  const auto instructions = [](const Kernel& kernel, const Pattern& pattern) {
    const CompileResult result = Compiler().Compile(kernel, pattern.name, pattern.default_point);
    EXPECT_TRUE(result.ok()) << result.ToText();
    std::uint32_t count = 0;
    if (!result.ok()) return count;
    for (const auto& module : result.binary->modules) count += Stats(*module).instructions;
    return count;
  };
  Kernel theirs = kernel_;
  std::istringstream passes(kSpirvOptO);
  theirs.optimize.assign(std::istream_iterator<std::string>(passes), {});
  for (const Pattern& pattern : theirs.patterns) {
    if (!pattern.optimize.empty() || !kernel_.optimize.empty()) continue;
    EXPECT_LE(instructions(kernel_, pattern), 1.01 * instructions(theirs, pattern)) << pattern.name;
  }
}

INSTANTIATE_TEST_SUITE_P(All, KernelLibrary, ::testing::ValuesIn(Kernels()), [](const auto& test) { return test.param; });

}  // namespace
}  // namespace hone
