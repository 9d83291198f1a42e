// Damaged manifests, GLSL and SPIR-V: an Error or diagnostics, never a crash. HONE_FUZZ_SECONDS: how long each test goes on
// (2 by default; CI gives 60 in all). HONE_FUZZ_SEED: where it starts. A failing input is left in HONE_FUZZ_INPUT, if set.
#include <gtest/gtest.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>

#include "compiler/glsl.h"
#include "compiler/optimize.h"
#include "compiler/readback.h"
#include "compiler/reflect.h"
#include "compiler/template.h"
#include "compiler/threads.h"
#include "tests/compiler/mutate.h"
#include "tests/compiler/temporary_kernel.h"

namespace hone {
namespace {

namespace fs = std::filesystem;

double Seconds() { return std::getenv("HONE_FUZZ_SECONDS") ? std::atof(std::getenv("HONE_FUZZ_SECONDS")) : 2; }
unsigned Seed() { return std::getenv("HONE_FUZZ_SEED") ? static_cast<unsigned>(std::atoi(std::getenv("HONE_FUZZ_SEED"))) : 1; }

std::vector<std::string> Texts(const std::string& folder, const std::string& extension) {
  std::vector<std::string> paths, texts;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (entry.path().extension() == extension) paths.push_back(entry.path().string());
  }
  std::sort(paths.begin(), paths.end());
  for (const std::string& path : paths) texts.push_back(ReadTextFile(path));
  return texts;
}

// Calls `body` with damaged texts until the time is over.
template <typename Body>
void Fuzz(Mutator mutator, const Body& body) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::duration<double>(Seconds());
  int done = 0;
  double longest = 0;
  while (std::chrono::steady_clock::now() < end) {
    const std::string text = mutator.Next();
    if (const char* path = std::getenv("HONE_FUZZ_INPUT")) std::ofstream(path, std::ios::binary) << text;
    const auto start = std::chrono::steady_clock::now();
    body(text);
    longest = std::max(longest, std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
    ++done;
  }
  EXPECT_GT(done, 0);
  EXPECT_LT(longest, 20) << "one input took that many seconds";
  ::testing::Test::RecordProperty("inputs", done);
}

TEST(Mutation, DamagedManifestsAreErrors) {
  std::vector<std::string> corpus = Texts(std::string(HONE_SOURCE_DIR) + "/kernels", ".toml");
  for (std::string& text : Texts(HONE_TEST_DATA, ".toml")) corpus.push_back(std::move(text));
  const std::vector<std::string> words{"[", "]", "[[", "]]", "{", "}", "=", "\"", "'''", "\"\"\"", "\n", "#", ".", ",", "problem", "pattern",
                                       "parameters", "where", "values", "requires", "buffer", "push", "pass", "n", "WG", "ceil_div(",
                                       "is_pow2(", ")", "(", "^", "?", ":", "%", "&&", "nan", "inf", "1979-05-27", "true", "\\u0000", "\t"};
  int accepted = 0;
  Fuzz(Mutator(std::move(corpus), words, Seed()), [&](const std::string& text) {
    try {
      const Kernel kernel = ParseManifest(text, "kernel.toml", "fuzzed");
      EXPECT_FALSE(kernel.patterns.empty());
      EXPECT_EQ(KernelToJson(KernelFromJson(KernelToJson(kernel))), KernelToJson(kernel));  // what is accepted can be stored
      ++accepted;
    } catch (const Error& error) {
      EXPECT_NE(std::string(error.what()), "");
    }
  });
  ::testing::Test::RecordProperty("accepted", accepted);
}

TEST(Mutation, DamagedGlslIsDiagnosed) {
  const std::vector<std::string> words{"{", "}", "(", ")", "[", "]", ";", "if", "for", "#if", "#define", "#include \"grid.glsl\"", "#endif", "##",
                                       "\n", "\\\n", "layout", "shared", "uint", "float", "vec4", "struct", "void", "const", "return",
                                       "gl_WorkGroupID", "barrier()", "subgroupAdd(", "atomicAdd(", "//", "/*", "*/", "#version 460", "#line 7",
                                       "WG", "constant_id", "local_size_x", "buffer", "0", "1.0", "-", "<<", "~", "%"};
  TemporaryKernel files;
  RunOnLargeStack([&] {
    Fuzz(Mutator(Texts(std::string(HONE_SOURCE_DIR) + "/kernels", ".comp"), words, Seed()), [&](const std::string& text) {
      files.Write("main.comp", text);
      const SourceTree tree = ReadSourceTree(files.folder() + "/main.comp", {std::string(HONE_SOURCE_DIR) + "/kernels/common"});
      const GlslResult result = CompileGlsl(tree, {{"WG", "64"}, {"PER_LANE", "4"}, {"T", "float"}, {"T_BYTES", "4"}});
      EXPECT_TRUE(!result.words.empty() || !result.diagnostics.empty());
      if (result.words.empty()) return;
      Reflect(result.words);
      if (!Validate(result.words).empty()) return;
      EXPECT_EQ(Validate(Optimize(result.words, {})), "");
    });
  });
}

TEST(Mutation, DamagedSpirvIsAnError) {
  TemporaryKernel files;
  files.Write("main.comp", MinimalShader());
  const GlslResult made = CompileGlsl(ReadSourceTree(files.folder() + "/main.comp", {}), {{"WG", "64"}});
  ASSERT_FALSE(made.words.empty());
  std::mt19937 random(Seed());
  const auto end = std::chrono::steady_clock::now() + std::chrono::duration<double>(Seconds());
  while (std::chrono::steady_clock::now() < end) {
    Module module;
    module.words = made.words;
    for (unsigned times = 1 + random() % 4; times > 0; --times) {
      std::uint32_t& word = module.words[random() % module.words.size()];
      word = random() % 2 ? static_cast<std::uint32_t>(random()) : word ^ (1u << (random() % 32));
    }
    if (random() % 4 == 0) module.words.resize(random() % module.words.size());
    module.interface = Reflect(module.words);
    Stats(module);
    StatsText(module);
    for (Language language : {Language::kGlsl, Language::kHlsl, Language::kMsl}) {
      try {
        Decompile(module, language);
      } catch (const Error&) {
      }
    }
    try {
      Disassemble(module.words);
    } catch (const Error&) {
    }
  }
}

}  // namespace
}  // namespace hone
