#include "compiler/toml_reader.h"

#include <algorithm>

namespace hone {
namespace {

constexpr std::size_t kMaxErrors = 100, kMaxShown = 160;

bool IsLetter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// The line as it can stand in a message: "" where it is long or is not plain text.
std::string Shown(std::string_view line) {
  if (line.ends_with('\r')) line.remove_suffix(1);
  std::string shown(line);
  std::replace(shown.begin(), shown.end(), '\t', ' ');
  const bool is_plain = std::all_of(shown.begin(), shown.end(), [](char c) { return c >= ' ' && c <= '~'; });
  return is_plain && shown.size() <= kMaxShown ? shown : "";
}

}  // namespace

bool IsIdentifier(std::string_view text) {
  return !text.empty() && text.size() <= 64 && IsLetter(text[0]) &&
         std::all_of(text.begin(), text.end(), [](char c) { return IsLetter(c) || IsDigit(c); });
}

ManifestLog::ManifestLog(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    lines_.push_back(text.substr(at, end - at));
    at = end + 1;
  }
}

std::string_view ManifestLog::Line(int line) const {
  return line >= 1 && static_cast<std::size_t>(line) <= lines_.size() ? lines_[line - 1] : std::string_view();
}

void ManifestLog::Add(const Location& where, const std::string& fact) {
  if (diagnostics_.size() < kMaxErrors) diagnostics_.push_back(MakeError(where, fact, Shown(Line(where.line))));
}

void ManifestLog::ThrowIfAny() const {
  if (!diagnostics_.empty()) throw ManifestError(diagnostics_);
}

TableReader::TableReader(const TomlNode& node, std::string what, ManifestLog& log)
    : node_(node), what_(std::move(what)), log_(log) {
  if (node.kind != TomlNode::Kind::kTable) {
    log_.Add(node.where, what_ + " must be a table, not " + std::string(ToText(node.kind)));
  }
}

const TomlNode* TableReader::Get(const std::string& key) {
  known_.push_back(key);
  return node_.Find(key);
}

const TomlNode* TableReader::Get(const std::string& key, TomlNode::Kind kind) {
  const TomlNode* node = Get(key);
  if (!node || node->kind == kind) return node;
  log_.Add(node->where, "'" + key + "' must be " + std::string(ToText(kind)) + ", not " + std::string(ToText(node->kind)));
  return nullptr;
}

const TomlNode* TableReader::Need(const std::string& key, TomlNode::Kind kind) {
  const TomlNode* node = Get(key, kind);
  if (!node && !node_.Find(key) && node_.kind == TomlNode::Kind::kTable) {
    log_.Add(node_.where, what_ + " needs '" + key + "'");
  }
  return node;
}

const TomlNode* TableReader::GetTables(const std::string& key) {
  const TomlNode* node = Get(key);
  if (!node || node->kind != TomlNode::Kind::kTable) return node ? Get(key, TomlNode::Kind::kArray) : nullptr;
  log_.Add(node->where, "'" + key + "' is written [[" + key + "]], once for each: double brackets");
  return nullptr;
}

const TomlNode* TableReader::NeedTables(const std::string& key) {
  const TomlNode* node = GetTables(key);
  if (!node && !node_.Find(key) && node_.kind == TomlNode::Kind::kTable)
    log_.Add(node_.where, what_ + " needs [[" + key + "]]");
  return node;
}

std::string TableReader::String(const std::string& key) {
  const TomlNode* node = Get(key, TomlNode::Kind::kString);
  return node ? node->text : "";
}

std::string TableReader::NeedString(const std::string& key) {
  const TomlNode* node = Need(key, TomlNode::Kind::kString);
  if (node && node->text.empty()) log_.Add(node->where, "'" + key + "' is empty");
  return node ? node->text : "";
}

std::optional<double> TableReader::Number(const std::string& key) {
  const TomlNode* node = Get(key);
  if (!node) return std::nullopt;
  if (node->kind == TomlNode::Kind::kInteger || node->kind == TomlNode::Kind::kFloat) return node->number;
  log_.Add(node->where, "'" + key + "' must be a number, not " + std::string(ToText(node->kind)));
  return std::nullopt;
}

bool TableReader::Boolean(const std::string& key, bool otherwise) {
  const TomlNode* node = Get(key, TomlNode::Kind::kBoolean);
  return node ? node->boolean : otherwise;
}

std::vector<std::string> TableReader::Strings(const std::string& key) {
  std::vector<std::string> texts;
  const TomlNode* node = Get(key, TomlNode::Kind::kArray);
  if (!node) return texts;
  for (const TomlNode& item : node->items) {
    if (item.kind == TomlNode::Kind::kString && !item.text.empty()) {
      texts.push_back(item.text);
    } else {
      log_.Add(item.where, "'" + key + "' must hold non-empty strings");
    }
  }
  return texts;
}

std::vector<const TomlMember*> TableReader::Rest() {
  rest_taken_ = true;
  std::vector<const TomlMember*> rest;
  for (const TomlMember& member : node_.members) {
    if (std::find(known_.begin(), known_.end(), member.key) == known_.end()) rest.push_back(&member);
  }
  return rest;
}

void TableReader::Finish() {
  if (rest_taken_) return;
  for (const TomlMember* member : Rest()) {
    log_.Add(member->where, "unknown key '" + member->key + "' in " + what_ + DidYouMean(member->key, known_));
  }
}

std::optional<Value> ReadValue(const TomlNode& node, const std::string& what, ManifestLog& log) {
  if (node.kind == TomlNode::Kind::kInteger) return Value(node.integer);
  if (node.kind == TomlNode::Kind::kString && IsIdentifier(node.text)) return Value(node.text);
  if (node.kind == TomlNode::Kind::kString) {
    log.Add(node.where, what + " must be an integer or a word of letters, digits and '_', not \"" + node.text + "\"");
  } else {
    log.Add(node.where, what + " must be an integer or a word, not " + std::string(ToText(node.kind)));
  }
  return std::nullopt;
}

}  // namespace hone
