#include "tools/show_modules.h"

#include <cstdio>

#include "compiler/compile.h"
#include "compiler/defines.h"
#include "compiler/readback.h"
#include "db/error.h"
#include "tools/table.h"
#include "tuner/contract.h"

namespace hone {
namespace {

std::string TextOf(const Binary& binary, std::size_t pass, const std::string& form) {
  const Module& module = *binary.modules[pass];
  std::vector<std::string> buffers;
  for (const Buffer& buffer : binary.kernel->buffers) buffers.push_back(buffer.name);
  for (const Buffer& buffer : binary.GetPattern().workspaces) buffers.push_back(buffer.name);
  if (form == "spirv") return Disassemble(module.words);
  if (form == "stats") return StatsText(module, binary.point, buffers);
  const Language language = form == "glsl" ? Language::kGlsl : form == "hlsl" ? Language::kHlsl : Language::kMsl;
  return Decompile(module, language, buffers);
}

// What compiles each pass. A database does not know where the sources are, so the commands are for the kernel's folder.
std::vector<std::string> CompileCommands(Kernel kernel, const Pattern& pattern, const Values& point, const Values& types) {
  kernel.folder = ".";
  std::vector<std::string> lines;
  for (const Pass& pass : pattern.passes) lines.push_back(CommandLine(kernel, pattern, pass, point, types) + "\n");
  return lines;
}

}  // namespace

int ShowModules(const Store& store, const Kernel& kernel, const Arguments& arguments) {
  const VariantName wanted = arguments.Has("variant") ? VariantFromText(arguments.Text("variant")) : DefaultVariant(kernel);
  const Values types = CompleteTypes(kernel, TypesOf(kernel, Values::FromText(arguments.Text("problem"))));
  const Pattern& pattern = RequirePattern(kernel, wanted.pattern);
  const std::string form = arguments.Text("as");
  std::vector<std::string> texts;
  if (form == "glslc") {
    texts = CompileCommands(kernel, pattern, wanted.point, types);
  } else {
    const auto binary = store.LoadBinary(kernel.name, wanted.pattern, wanted.point, types);
    if (!binary)
      throw Error(store.path() + ": no SPIR-V of " + kernel.name + " " + ToText(wanted) + " ('hone compile' makes it)");
    for (std::size_t pass = 0; pass < binary->modules.size(); ++pass) texts.push_back(TextOf(*binary, pass, form));
  }
  Json json = Json::array();
  for (std::size_t pass = 0; pass < texts.size(); ++pass) {
    const std::string& shader = pattern.passes[pass].shader;
    json.push_back({{"pass", pass}, {"shader", shader}, {"text", texts[pass]}});
    if (arguments.Flag("json")) continue;
    if (form != "glslc" && texts.size() > 1) std::printf("%s// pass %zu: %s\n", pass == 0 ? "" : "\n", pass, shader.c_str());
    std::fputs(texts[pass].c_str(), stdout);
  }
  if (arguments.Flag("json")) PrintJson(json);
  return 0;
}

}  // namespace hone
