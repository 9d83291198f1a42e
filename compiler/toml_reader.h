// Typed reading of a TOML table that collects every error and knows which keys were asked for.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "compiler/diagnostics.h"
#include "compiler/toml.h"
#include "db/values.h"

namespace hone {

// The errors of one manifest, with the lines they point at.
class ManifestLog {
 public:
  explicit ManifestLog(std::string_view text);
  void Add(const Location& where, const std::string& fact);
  void ThrowIfAny() const;                // Errors: ManifestError
  std::string_view Line(int line) const;  // "" when there is none

 private:
  std::vector<std::string_view> lines_;
  std::vector<Diagnostic> diagnostics_;
};

// One table of a manifest. Every getter notes its key; Finish() reports the keys that nobody asked for.
class TableReader {
 public:
  // what: how messages call it, e.g. "[[buffer]]". A node that is no table is reported, then read as an empty table.
  TableReader(const TomlNode& node, std::string what, ManifestLog& log);

  const Location& where() const { return node_.where; }
  ManifestLog& log() { return log_; }

  const TomlNode* Get(const std::string& key);                        // nullptr when absent
  const TomlNode* Get(const std::string& key, TomlNode::Kind kind);   // reports another kind; nullptr then
  const TomlNode* Need(const std::string& key, TomlNode::Kind kind);  // reports absence too

  const TomlNode* GetTables(const std::string& key);  // an array of tables, [[key]]
  const TomlNode* NeedTables(const std::string& key);

  std::string String(const std::string& key);  // "" when absent
  std::string NeedString(const std::string& key);
  std::optional<double> Number(const std::string& key);  // integer or float
  bool Boolean(const std::string& key, bool otherwise);
  std::vector<std::string> Strings(const std::string& key);  // an array of strings; absent: empty

  // The members that are not keys of the form asked for so far: for tables whose keys are the author's names.
  std::vector<const TomlMember*> Rest();

  void Finish();

 private:
  const TomlNode& node_;
  std::string what_;
  ManifestLog& log_;
  std::vector<std::string> known_;
  bool rest_taken_ = false;
};

// An integer or a word. Reports anything else; nullopt then.
std::optional<Value> ReadValue(const TomlNode& node, const std::string& what, ManifestLog& log);

bool IsIdentifier(std::string_view text);  // [A-Za-z_][A-Za-z0-9_]*, at most 64 characters

}  // namespace hone
