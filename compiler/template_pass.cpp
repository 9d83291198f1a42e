// Passes and loops of a pattern.
#include <algorithm>
#include <filesystem>
#include <set>

#include "compiler/manifest_reader.h"

namespace hone {
namespace {

// A shader lies in its kernel's folder; what kernels share is included.
bool IsInside(const std::string& shader) {
  const std::filesystem::path path = std::filesystem::path(shader).lexically_normal();
  return !path.empty() && path.is_relative() && *path.begin() != ".." && shader.find('\0') == std::string::npos;
}

const Buffer* FindBuffer(const Kernel& kernel, const Pattern& pattern, const std::string& name) {
  for (const std::vector<Buffer>* list : {&kernel.buffers, &pattern.workspaces}) {
    for (const Buffer& buffer : *list) {
      if (buffer.name == name) return &buffer;
    }
  }
  return nullptr;
}

}  // namespace

std::vector<std::string> ManifestReader::ReadGroups(const TomlNode* node, const Names& names) {
  std::vector<std::string> groups;
  if (!node) return groups;
  if (node->kind != TomlNode::Kind::kArray) return {ReadFormula(*node, "groups", names)};
  if (node->items.size() != 3) log.Add(node->where, "'groups' is one formula (a linear grid) or three: [\"x\", \"y\", \"z\"]");
  for (const TomlNode& item : node->items) groups.push_back(ReadFormula(item, "groups", names));
  return groups;
}

std::map<std::string, std::string> ManifestReader::ReadDefines(const TomlNode* node) {
  std::map<std::string, std::string> defines;
  if (!node) return defines;
  if (node->kind != TomlNode::Kind::kTable) log.Add(node->where, "'defines' must be a table, as in { FINAL = 1 }");
  for (const TomlMember& member : node->members) {
    if (!IsIdentifier(member.key)) log.Add(member.where, "define '" + member.key + "' is no name: use letters, digits and '_'");
    if (member.value.kind == TomlNode::Kind::kInteger) {
      defines[member.key] = std::to_string(member.value.integer);
    } else if (member.value.kind == TomlNode::Kind::kString && member.value.text.find_first_of("\n\r\\") == std::string::npos) {
      defines[member.key] = member.value.text;
    } else {
      log.Add(member.value.where, "define '" + member.key + "' must be an integer or a string of one line");
    }
  }
  return defines;
}

Pass ManifestReader::ReadPass(const TomlNode& node, const Pattern& pattern, const Names& names) {
  Pass pass;
  TableReader table(node, "[[pass]]", log);
  pass.shader = table.NeedString("shader");
  if (!pass.shader.empty()) {
    const Location& where = node.Find("shader")->where;
    if (IsInside(pass.shader)) {
      shaders.emplace_back(pass.shader, where);
    } else {
      log.Add(where, "shader '" + pass.shader + "' must lie in the kernel's folder");
    }
  }
  Names known = names;
  if (const TomlNode* loop = table.Get("loop", TomlNode::Kind::kString)) {
    Names loops;
    for (const Loop& candidate : pattern.loops) {
      loops.push_back(candidate.name);
      if (candidate.name == loop->text) known.push_back(candidate.index);
    }
    if (!Contains(loops, loop->text)) {
      log.Add(loop->where, "no [pattern." + pattern.name + ".loop." + loop->text + "]" + DidYouMean(loop->text, loops));
    }
    pass.loop = loop->text;
  }
  if (const TomlNode* groups = table.Get("groups")) {
    pass.groups = ReadGroups(groups, known);
  } else {
    log.Add(node.where, "[[pass]] needs 'groups'");
  }
  if (const TomlNode* when = table.Get("when")) pass.when = ReadFormula(*when, "when", known);
  if (const TomlNode* size = table.Get("subgroup_size")) pass.subgroup_size = ReadFormula(*size, "subgroup_size", known);
  pass.defines = ReadDefines(table.Get("defines"));
  for (const auto& [name, value] : pass.defines) {
    const auto owns = [&](const Parameter& parameter) { return parameter.name == name; };
    if (FindType(name) || std::any_of(pattern.parameters.begin(), pattern.parameters.end(), owns)) {
      log.Add(node.Find("defines")->where, "define '" + name + "' is already the name of a parameter or a type");
    }
  }
  table.Finish();
  return pass;
}

void ManifestReader::ReadPasses(const TomlNode* node, const Location& where, Pattern& pattern, const Names& names) {
  for (const TomlNode* item : Tables(node, "pass")) pattern.passes.push_back(ReadPass(*item, pattern, names));
  if (node && pattern.passes.empty()) log.Add(node->where, "pattern '" + pattern.name + "' has no pass");
  if (node) CheckLoops(pattern, where);
}

void ManifestReader::ReadLoops(const TomlNode* node, Pattern& pattern, const Names& names) {
  if (!node) return;
  Names taken = names;
  for (const Parameter& parameter : pattern.parameters) taken.push_back(parameter.name);
  for (const TomlMember& member : node->members) {
    Loop loop;
    loop.name = member.key;
    TableReader table(member.value, "loop '" + member.key + "'", log);
    if (const TomlNode* count = table.Get("count")) {
      loop.count = ReadFormula(*count, "count", names);
    } else {
      log.Add(member.where, "loop '" + member.key + "' needs 'count'");
    }
    loop.index = table.NeedString("index");
    if (!loop.index.empty()) {
      CheckName(loop.index, member.value.Find("index")->where, "loop index", taken);
      if (!Contains(push_names, loop.index)) push_names.push_back(loop.index);
    }
    const TomlNode* swap = table.Get("swap", TomlNode::Kind::kArray);
    for (const TomlNode& pair : swap ? swap->items : std::vector<TomlNode>{}) {
      const bool is_pair = pair.items.size() == 2 && pair.items[0].kind == TomlNode::Kind::kString &&
                           pair.items[1].kind == TomlNode::Kind::kString;
      if (!is_pair) {
        log.Add(pair.where, "'swap' holds pairs of buffer names, as in [[\"keys\", \"keys_tmp\"]]");
        continue;
      }
      const Buffer* buffers[2];
      for (int i = 0; i < 2; ++i) {
        Names known;
        for (const Buffer& buffer : kernel.buffers) known.push_back(buffer.name);
        for (const Buffer& buffer : pattern.workspaces) known.push_back(buffer.name);
        const TomlNode& name = pair.items[i];
        buffers[i] = FindBuffer(kernel, pattern, name.text);
        if (!buffers[i]) log.Add(name.where, "no buffer '" + name.text + "'" + DidYouMean(name.text, known));
      }
      if (buffers[0] && buffers[1] && buffers[0]->type != buffers[1]->type) {
        log.Add(pair.where, "'swap': '" + buffers[0]->name + "' and '" + buffers[1]->name + "' have different types");
      }
      if (buffers[0] && buffers[0] == buffers[1]) log.Add(pair.where, "'swap': '" + buffers[0]->name + "' with itself");
      loop.swap.emplace_back(pair.items[0].text, pair.items[1].text);
    }
    table.Finish();
    pattern.loops.push_back(std::move(loop));
  }
}

void ManifestReader::CheckLoops(const Pattern& pattern, const Location& where) {
  std::set<std::string> done;
  std::string current;
  for (const Pass& pass : pattern.passes) {
    if (pass.loop == current) continue;
    if (!current.empty()) done.insert(current);
    current = pass.loop;
    if (done.contains(current)) log.Add(where, "the passes of loop '" + current + "' must follow each other");
  }
  done.insert(current);
  for (const Loop& loop : pattern.loops) {
    if (!done.contains(loop.name)) log.Add(where, "no pass has loop = \"" + loop.name + "\"");
  }
}

}  // namespace hone
