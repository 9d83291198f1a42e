#include "compiler/template.h"

#include <algorithm>
#include <filesystem>

#include "compiler/manifest_reader.h"
#include "compiler/sources.h"
#include "db/formula.h"

namespace hone {
namespace fs = std::filesystem;
namespace {

constexpr std::size_t kMaxManifestBytes = 1 << 20;

bool IsInFormula(const Kernel& kernel, const Pattern& pattern, const std::string& name) {
  std::vector<std::string> formulas;
  for (const PushConstant& push : kernel.push_constants) formulas.push_back(push.value);
  for (const Buffer& workspace : pattern.workspaces) formulas.push_back(workspace.length);
  for (const Loop& loop : pattern.loops) formulas.push_back(loop.count);
  for (const Pass& pass : pattern.passes) {
    formulas.insert(formulas.end(), pass.groups.begin(), pass.groups.end());
    formulas.push_back(pass.when);
    formulas.push_back(pass.subgroup_size);
    for (const auto& [define, value] : pass.defines) formulas.push_back(value);
  }
  return std::any_of(formulas.begin(), formulas.end(),
                     [&](const std::string& formula) { return formula.find(name) != std::string::npos; });
}

// Every parameter must matter: some shader of its pattern, or some formula, names it.
void CheckUse(ManifestReader& reader, const std::string& folder, const std::vector<std::string>& include_dirs) {
  std::map<std::string, SourceTree> trees;
  for (const Pattern& pattern : reader.kernel.patterns) {
    std::set<std::string, std::less<>> words;
    bool pastes = false;
    for (const Pass& pass : pattern.passes) {
      auto [at, is_new] = trees.try_emplace(pass.shader);
      if (is_new) at->second = ReadSourceTree((fs::path(folder) / pass.shader).string(), IncludeDirs(folder, include_dirs));
      words.insert(at->second.words.begin(), at->second.words.end());
      pastes |= at->second.pastes;
    }
    for (const Parameter& parameter : pattern.parameters) {
      if (pastes || words.contains(parameter.name) || IsInFormula(reader.kernel, pattern, parameter.name)) continue;
      bool by_value = false;
      for (const Value& value : parameter.values) by_value |= words.contains(parameter.name + "_IS_" + ToText(value));
      if (by_value) continue;
      reader.log.Add(reader.parameter_places[pattern.name + "." + parameter.name],
                     "no shader and no formula reads parameter '" + parameter.name + "'");
    }
  }
  reader.log.ThrowIfAny();
}

TomlNode ParseInto(ManifestLog& log, std::string_view text, const std::string& file) {
  try {
    return ParseToml(text, file);
  } catch (const ManifestError& error) {
    for (const Diagnostic& d : error.diagnostics()) log.Add(d.where, d.text);
    log.ThrowIfAny();
    throw;
  }
}

Kernel Parse(std::string_view text, const std::string& file, const std::string& name, const std::string& folder,
             const std::vector<std::string>& include_dirs) {
  if (text.size() > kMaxManifestBytes) throw Error(file + ": error: a manifest of more than 1 MiB");
  ManifestLog log(text);
  const TomlNode root = ParseInto(log, text, file);
  ManifestReader reader{log};
  reader.kernel.name = name;
  if (!IsIdentifier(name)) log.Add({file}, "a kernel's folder is named with letters, digits and '_', not '" + name + "'");
  reader.Read(root);
  if (!folder.empty()) {
    Names files;
    std::error_code failed;
    for (const auto& entry : fs::directory_iterator(folder, failed)) files.push_back(entry.path().filename().string());
    std::sort(files.begin(), files.end());
    for (const auto& [shader, where] : reader.shaders) {
      if (!fs::is_regular_file(fs::path(folder) / shader, failed)) {
        log.Add(where, "no file '" + shader + "' in the kernel's folder" + DidYouMean(shader, files));
      }
    }
  }
  log.ThrowIfAny();
  if (!folder.empty()) CheckUse(reader, folder, include_dirs);
  return std::move(reader.kernel);
}

std::vector<std::string> Shaders(const Kernel& kernel) {
  std::vector<std::string> shaders;
  if (!kernel.reference_pass.shader.empty()) shaders.push_back(kernel.reference_pass.shader);
  for (const Pattern& pattern : kernel.patterns) {
    for (const Pass& pass : pattern.passes) shaders.push_back(pass.shader);
  }
  std::sort(shaders.begin(), shaders.end());
  shaders.erase(std::unique(shaders.begin(), shaders.end()), shaders.end());
  return shaders;
}

}  // namespace

Kernel ParseManifest(std::string_view text, const std::string& file, const std::string& name) {
  Kernel kernel = Parse(text, file, name, "", {});
  kernel.source_hash = HashOf(text);
  return kernel;
}

Kernel LoadKernel(const std::string& folder, const std::vector<std::string>& include_dirs) {
  fs::path path = fs::path(folder).lexically_normal();
  if (!path.has_filename()) path = path.parent_path();
  const std::string file = (path / "kernel.toml").string();
  std::error_code failed;
  if (!fs::is_directory(path, failed))
    throw Error(path.string() + ": no such folder (a kernel is a folder with a kernel.toml)");
  if (!fs::exists(file, failed)) throw Error(path.string() + ": no kernel.toml in this folder (a kernel is a folder with one)");
  const std::string text = ReadTextFile(file);
  const fs::path absolute = path == "." || path == ".." ? fs::weakly_canonical(path, failed) : path;
  Kernel kernel = Parse(text, file, absolute.filename().string(), path.string(), include_dirs);
  kernel.folder = path.string();
  std::string digest = HashOf(std::string_view(text)).ToHex();
  for (const std::string& shader : Shaders(kernel)) {
    digest += "\n" + ReadSourceTree((path / shader).string(), IncludeDirs(kernel.folder, include_dirs)).hash.ToHex();
  }
  kernel.source_hash = HashOf(std::string_view(digest));
  return kernel;
}

std::vector<std::string> SourceFiles(const Kernel& kernel, const std::vector<std::string>& include_dirs) {
  std::vector<std::string> files{(fs::path(kernel.folder) / "kernel.toml").string()};
  for (const std::string& shader : Shaders(kernel)) {
    const std::string path = (fs::path(kernel.folder) / shader).string();
    for (const std::string& file : ReadSourceTree(path, IncludeDirs(kernel.folder, include_dirs)).files) {
      if (!Contains(files, file)) files.push_back(file);
    }
  }
  return files;
}

void ManifestReader::Read(const TomlNode& root) {
  TableReader table(root, "a manifest", log);
  kernel.summary = table.NeedString("summary");
  kernel.source = table.String("source");
  kernel.optimize = ReadOptimize(table);
  const TomlNode* where = table.Get("where");
  ReadProblem(table.Need("problem", TomlNode::Kind::kTable));
  ReadTypes(table.Get("types", TomlNode::Kind::kTable));
  kernel.where = ReadWhere(where, problem_names);
  ReadBuffers(table.NeedTables("buffer"));
  ReadPush(table.GetTables("push"));
  ReadPatterns(table.Need("pattern", TomlNode::Kind::kTable));
  CheckPushValues();
  ReadTune(table.Need("tune", TomlNode::Kind::kTable));
  ReadCheck(table.Need("check", TomlNode::Kind::kTable));
  ReadWork(table.Need("work", TomlNode::Kind::kTable));
  table.Finish();
}

}  // namespace hone
