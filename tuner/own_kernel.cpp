#include "tuner/own_kernel.h"

#include "compiler/glsl.h"
#include "compiler/optimize.h"
#include "compiler/reflect.h"

namespace hone {

Binary OwnKernel(const OwnKernelSource& source) {
  const std::string file = source.name + ".comp";
  SourceTree tree;
  tree.files = {file};
  tree.texts[file] = source.glsl;
  const GlslResult glsl = CompileGlsl(tree, {});
  if (glsl.words.empty()) throw Error(file + ", which hone brings along, does not compile");
  auto module = std::make_shared<Module>();
  module->interface = Reflect(glsl.words);
  module->words = Optimize(glsl.words, {});
  module->hash = HashOf(std::span<const std::uint32_t>(module->words));

  auto kernel = std::make_shared<Kernel>();
  kernel->name = source.name;
  kernel->integers = source.integers;
  for (const std::string& buffer : source.buffers) kernel->buffers.push_back({buffer, "uint", "1", Access::kReadWrite, {}});
  for (const auto& [name, type] : source.push_constants) kernel->push_constants.push_back({name, type, "", 0});
  Pattern pattern;
  pattern.name = "only";
  pattern.passes.push_back({.shader = file, .groups = {source.groups}});
  kernel->patterns.push_back(pattern);
  return {.kernel = kernel, .pattern = "only", .modules = {module}};
}

}  // namespace hone
