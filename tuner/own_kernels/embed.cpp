// embed OUT.cpp SHADER.comp...: the tuner's own shaders as SPIR-V in a C++ source. Runs while hone is built, so that a worker
// starts without a compiler.
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "compiler/glsl.h"
#include "compiler/optimize.h"
#include "compiler/reflect.h"
#include "compiler/threads.h"

namespace hone {
namespace {

std::string ModuleText(const std::filesystem::path& path) {
  const std::string file = path.filename().string();
  std::ifstream in(path);
  SourceTree tree;
  tree.files = {file};
  tree.texts[file] = {std::istreambuf_iterator<char>(in), {}};
  GlslResult glsl;
  RunOnLargeStack([&] { glsl = CompileGlsl(tree, {}); });
  if (glsl.words.empty()) throw Error(glsl.diagnostics.front().ToText());
  std::string text =
      "    {\"" + path.stem().string() + "\",\n     R\"json(" + InterfaceToJson(Reflect(glsl.words)) + ")json\",\n     {";
  for (const std::uint32_t word : Optimize(glsl.words, {})) text += std::to_string(word) + "u,";
  return text + "}},\n";
}

int Main(int argc, char** argv) {
  std::string text =
      "// Made by tuner/own_kernels/embed.cpp.\n#include \"tuner/own_kernel.h\"\n\nnamespace hone {\n\n"
      "const std::vector<OwnModule>& OwnModules() {\n  static const std::vector<OwnModule> modules{\n";
  for (int i = 2; i < argc; ++i) text += ModuleText(argv[i]);
  text += "  };\n  return modules;\n}\n\n}  // namespace hone\n";
  std::ofstream out(argv[1]);
  out << text;
  return out.flush() ? 0 : 1;
}

}  // namespace
}  // namespace hone

int main(int argc, char** argv) {
  try {
    return argc > 1 ? hone::Main(argc, argv) : 2;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
  }
}
