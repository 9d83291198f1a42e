#include "tools/show_modules.h"

#include <cstdio>

#include "compiler/compile.h"
#include "compiler/defines.h"
#include "compiler/readback.h"
#include "db/error.h"
#include "tuner/contract.h"

namespace hone {
namespace {

std::string TextOf(const Module& module, const std::string& form, const std::vector<std::string>& buffers) {
  if (form == "spirv") return Disassemble(module.words);
  if (form == "stats") return StatsText(module, buffers);
  const Language language = form == "glsl" ? Language::kGlsl : form == "hlsl" ? Language::kHlsl : Language::kMsl;
  return Decompile(module, language, buffers);
}

// A line a pass. A database does not know where the sources are, so the commands are for the kernel's folder.
int ShowCommands(Kernel kernel, const VariantName& wanted, const Values& types) {
  const Pattern* pattern = FindPattern(kernel, wanted.pattern);
  if (!pattern) {
    std::vector<std::string> names;
    for (const Pattern& one : kernel.patterns) names.push_back(one.name);
    throw Error("kernel '" + kernel.name + "' has no pattern '" + wanted.pattern + "'" + DidYouMean(wanted.pattern, names));
  }
  kernel.folder = ".";
  for (const Pass& pass : pattern->passes) {
    std::printf("%s\n", CommandLine(kernel, *pattern, pass, wanted.point, types).c_str());
  }
  return 0;
}

}  // namespace

int ShowModules(const Store& store, const Kernel& kernel, const Arguments& arguments) {
  const VariantName wanted = arguments.Has("variant") ? VariantFromText(arguments.Text("variant")) : DefaultVariant(kernel);
  const Values types = CompleteTypes(kernel, TypesOf(kernel, Values::FromText(arguments.Text("problem"))));
  if (arguments.Text("as") == "glslc") return ShowCommands(kernel, wanted, types);
  const auto binary = store.LoadBinary(kernel.name, wanted.pattern, wanted.point, types);
  if (!binary)
    throw Error(store.path() + ": no SPIR-V of " + kernel.name + " " + ToText(wanted) + " ('hone compile' makes it)");
  std::vector<std::string> buffers;
  for (const Buffer& buffer : kernel.buffers) buffers.push_back(buffer.name);
  for (const Buffer& buffer : binary->GetPattern().workspaces) buffers.push_back(buffer.name);
  for (std::size_t pass = 0; pass < binary->modules.size(); ++pass) {
    const std::string& shader = binary->GetPattern().passes[pass].shader;
    if (binary->modules.size() > 1) std::printf("%s// pass %zu: %s\n", pass == 0 ? "" : "\n", pass, shader.c_str());
    std::fputs(TextOf(*binary->modules[pass], arguments.Text("as"), buffers).c_str(), stdout);
  }
  return 0;
}

}  // namespace hone
