#include "compiler/glsl.h"

#include <glslang/Public/ResourceLimits.h>
#include <glslang/Public/ShaderLang.h>
#include <glslang/SPIRV/GlslangToSpv.h>

#include <algorithm>
#include <cstdio>
#include <memory>
#include <mutex>

namespace hone {
namespace {

// Serves includes from what ReadSourceTree read: a compilation touches no disk.
class TreeIncluder : public glslang::TShader::Includer {
 public:
  explicit TreeIncluder(const SourceTree& tree) : tree_(tree) {}

  IncludeResult* includeLocal(const char* name, const char* from, size_t depth) override { return Include(name, from, depth); }
  IncludeResult* includeSystem(const char* name, const char* from, size_t depth) override { return Include(name, from, depth); }
  void releaseInclude(IncludeResult* result) override { delete result; }

 private:
  IncludeResult* Include(const char* name, const char* from, size_t depth) {
    const std::string includer = from && *from ? from : tree_.files[0];
    const auto at = tree_.includes.find({includer, name});
    static constexpr std::string_view kMissing = "no such file";
    if (at == tree_.includes.end()) return new IncludeResult("", kMissing.data(), kMissing.size(), nullptr);
    static constexpr std::string_view kTooDeep = "includes are nested more than 64 deep";
    if (depth > 64) return new IncludeResult("", kTooDeep.data(), kTooDeep.size(), nullptr);
    const std::string& text = tree_.texts.at(at->second);
    return new IncludeResult(at->second, text.data(), text.size(), nullptr);
  }

  const SourceTree& tree_;
};

void Initialize() {
  static std::once_flag once;
  std::call_once(once, [] { glslang::InitializeProcess(); });
}

std::string Preamble(const Defines& defines) {
  std::string text = "#extension GL_GOOGLE_include_directive : enable\n";
  for (const auto& [name, value] : defines) text += "#define " + name + " " + value + "\n";
  return text;
}

std::string_view WithoutBlanksAndComments(std::string_view text) {
  while (!text.empty()) {
    if (text.front() == ' ' || text.front() == '\t' || text.front() == '\n' || text.front() == '\r') {
      text.remove_prefix(1);
    } else if (text.starts_with("//")) {
      text.remove_prefix(std::min(text.find('\n'), text.size()));
    } else if (text.starts_with("/*")) {
      const std::size_t end = text.find("*/", 2);
      text.remove_prefix(end == std::string_view::npos ? text.size() : end + 2);
    } else {
      break;
    }
  }
  return text;
}

// glslang knows many versions and profiles, and prints to stdout where they contradict each other: two are enough.
bool HasSupportedVersion(std::string_view text) {
  text = WithoutBlanksAndComments(text);
  const auto line = std::string(text.substr(0, text.find_first_of("\r\n")));
  int version = 0, used = 0;
  if (std::sscanf(line.c_str(), " # version %9d%n", &version, &used) != 1) return false;
  std::string_view rest = std::string_view(line).substr(static_cast<std::size_t>(used));
  rest = WithoutBlanksAndComments(rest);
  if (rest.starts_with("core")) rest = WithoutBlanksAndComments(rest.substr(4));
  return (version == 450 || version == 460) && rest.empty();
}

void Append(std::vector<Diagnostic>& to, std::vector<Diagnostic> from) {
  to.insert(to.end(), std::make_move_iterator(from.begin()), std::make_move_iterator(from.end()));
}

}  // namespace

GlslResult CompileGlsl(const SourceTree& tree, const Defines& defines) {
  Initialize();
  constexpr EShLanguage kStage = EShLangCompute;
  constexpr auto kMessages =
      static_cast<EShMessages>(EShMsgSpvRules | EShMsgVulkanRules | EShMsgDisplayErrorColumn | EShMsgCascadingErrors);
  GlslResult result;
  if (!HasSupportedVersion(tree.texts.at(tree.files[0]))) {
    Diagnostic d = MakeError({tree.files[0], 1, 1}, "a shader must begin with #version 460 (or 450)");
    d.source_line = std::string(tree.Line(tree.files[0], 1));
    result.diagnostics.push_back(std::move(d));
    return result;
  }
  const std::string preamble = Preamble(defines);
  const std::string& text = tree.texts.at(tree.files[0]);
  const char* texts[] = {text.c_str()};
  const int lengths[] = {static_cast<int>(text.size())};
  const char* names[] = {tree.files[0].c_str()};

  glslang::TShader shader(kStage);
  shader.setStringsWithLengthsAndNames(texts, lengths, names, 1);
  shader.setPreamble(preamble.c_str());
  shader.setEnvInput(glslang::EShSourceGlsl, kStage, glslang::EShClientVulkan, 100);
  shader.setEnvClient(glslang::EShClientVulkan, glslang::EShTargetVulkan_1_3);
  shader.setEnvTarget(glslang::EShTargetSpv, glslang::EShTargetSpv_1_6);
  TreeIncluder includer(tree);
  const bool parsed = shader.parse(GetDefaultResources(), 110, ENoProfile, false, false, kMessages, includer);
  Append(result.diagnostics, ParseGlslLog(shader.getInfoLog(), tree));

  glslang::TProgram program;
  if (parsed) {
    program.addShader(&shader);
    const bool linked = program.link(kMessages);
    Append(result.diagnostics, ParseGlslLog(program.getInfoLog(), tree));
    if (linked) {
      glslang::SpvOptions options;
      spv::SpvBuildLogger logger;
      glslang::GlslangToSpv(*program.getIntermediate(kStage), result.words, &logger, &options);
      Append(result.diagnostics, ParseGlslLog(logger.getAllMessages(), tree));
    }
  }
  bool has_error = false;
  for (const Diagnostic& d : result.diagnostics) has_error |= d.severity == "error";
  if (result.words.empty() && !has_error) {
    result.diagnostics.push_back(MakeError({tree.files[0]}, "glslang made no code and gave no reason"));
  }
  if (has_error) result.words.clear();
  return result;
}

std::string GlslVersion() {
  const glslang::Version version = glslang::GetVersion();
  return "glslang " + std::to_string(version.major) + "." + std::to_string(version.minor) + "." + std::to_string(version.patch);
}

}  // namespace hone
