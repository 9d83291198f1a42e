// The parts of reading a manifest that template*.cpp share. Not for use outside of compiler/template*.cpp.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "compiler/toml_reader.h"
#include "db/kernel.h"

namespace hone {

using Names = std::vector<std::string>;

// What one manifest is read into, and the names known so far.
struct ManifestReader {
  ManifestLog& log;
  Kernel kernel;
  Names problem_names;                                    // integers and T_BYTES: for buffers, work and problems
  bool problem_unknown = false;                           // [problem] is missing: then no formula's names can be checked
  Names push_names;                                       // problem_names, parameters and loop indices of all patterns
  std::map<std::string, Location> parameter_places;       // by "pattern.parameter"
  std::vector<std::pair<std::string, Location>> shaders;  // every file a pass names, and where
  std::vector<std::pair<std::size_t, const TomlNode*>> push_values;  // formulas of push constants, checked last

  void Read(const TomlNode& root);

  // template_contract.cpp: everything outside of [pattern.*].
  void ReadProblem(const TomlNode* node);
  void ReadTypes(const TomlNode* node);
  void ReadBuffers(const TomlNode* node);
  Buffer ReadBuffer(const TomlNode& node, const std::string& what, const Names& names, bool is_workspace);
  Fill ReadFill(const TomlNode& node);
  void ReadPush(const TomlNode* node);
  void CheckPushValues();

  // template_problems.cpp: [tune], [check], [work].
  void ReadTune(const TomlNode* node);
  void ReadCheck(const TomlNode* node);
  void ReadWork(const TomlNode* node);
  std::vector<Values> ReadProblems(const TomlNode* node);
  void CheckProblem(const Values& problem, const Location& where);
  void ReadReference(const TomlNode& node);
  void ReadTolerances(const TomlNode& node);
  Tolerance ReadTolerance(const TomlNode& node);

  // template_pattern.cpp
  void ReadPatterns(const TomlNode* node);
  Pattern ReadPattern(const TomlMember& member);
  void ReadParameters(const TomlNode* node, Pattern& pattern, Names& names);
  Parameter ReadParameter(const TomlMember& member);
  void ReadDefaultPoint(const TomlNode* node, const Location& where, Pattern& pattern);
  void CheckDefaultPoint(const Pattern& pattern, const Location& where);

  // template_pass.cpp
  void ReadPasses(const TomlNode* node, const Location& where, Pattern& pattern, const Names& names);
  Pass ReadPass(const TomlNode& node, const Pattern& pattern, const Names& names);
  std::vector<std::string> ReadGroups(const TomlNode* node, const Names& names);
  std::map<std::string, std::string> ReadDefines(const TomlNode* node);
  void ReadLoops(const TomlNode* node, Pattern& pattern, const Names& names);
  void CheckLoops(const Pattern& pattern, const Location& where);

  // Shared by them.
  Requires ReadRequires(const TomlNode* node);
  void ReadRequiresInto(TableReader& table, Requires& out);  // keys features, extensions
  std::vector<Constraint> ReadWhere(const TomlNode* node, const Names& names);
  std::vector<std::string> ReadOptimize(TableReader& table);
  // The text of a formula (a string or an integer); reported when it does not parse. "" when it is neither.
  std::string ReadFormula(const TomlNode& node, const std::string& key, const Names& names);
  // Reports a name that is no identifier or that `taken` has; adds it to `taken`. is_macro: reports what GLSL or formulas own
  // too.
  bool CheckName(const std::string& name, const Location& where, const std::string& what, Names& taken, bool is_macro = true);
  std::vector<const TomlNode*> Tables(const TomlNode* node, const std::string& what);  // the items of [[what]]
  const TypeChoice* FindType(const std::string& name) const;
};

bool Contains(const Names& names, std::string_view name);
bool IsInteger(std::string_view scalar);  // a GLSL integer scalar type
const Names& ScalarTypes();
const Names& FeatureNames();  // that a manifest may require

}  // namespace hone
