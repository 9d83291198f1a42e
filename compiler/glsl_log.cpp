// The compiler's log -> diagnostics. A line reads "ERROR: FILE:LINE:COLUMN: 'TOKEN' : TEXT".
#include <algorithm>
#include <charconv>
#include <optional>

#include "compiler/glsl.h"

namespace hone {
namespace {

std::optional<int> TakeNumber(std::string_view& text) {
  int number = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (failed != std::errc() || end == text.data() + text.size() || *end != ':') return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()) + 1);
  return number;
}

bool TakePrefix(std::string_view& text, std::string_view prefix) {
  if (!text.starts_with(prefix)) return false;
  text.remove_prefix(prefix.size());
  return true;
}

std::string_view Trim(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\r')) text.remove_suffix(1);
  return text;
}

// "'' : missing #endif" -> "missing #endif"; "'foo' : undeclared identifier" -> "'foo': undeclared identifier"
std::string Tidy(std::string_view text) {
  text = Trim(text);
  if (TakePrefix(text, "'' :")) text = Trim(text);
  std::string tidy(text);
  if (const std::size_t at = tidy.find("' : "); at != std::string::npos && tidy.starts_with("'")) tidy.erase(at + 1, 1);
  return tidy;
}

bool IsSummary(std::string_view text) {
  return text.find("compilation errors.") != std::string_view::npos ||
         text.find("compilation terminated") != std::string_view::npos;
}

}  // namespace

std::vector<Diagnostic> ParseGlslLog(std::string_view log, const SourceTree& tree) {
  // The longest name first: one path may begin another.
  std::vector<std::string> files = tree.files;
  std::sort(files.begin(), files.end(), [](const auto& a, const auto& b) { return a.size() > b.size(); });
  std::vector<Diagnostic> found;
  while (!log.empty()) {
    std::string_view line = log.substr(0, log.find('\n'));
    log.remove_prefix(std::min(line.size() + 1, log.size()));
    Diagnostic d;
    if (TakePrefix(line, "WARNING: ")) {
      d.severity = "warning";
    } else if (!TakePrefix(line, "ERROR: ") && !TakePrefix(line, "INTERNAL ERROR: ") && !TakePrefix(line, "error: ")) {
      const std::string_view more = Trim(line);  // the rest of a message of several lines
      if (!more.empty() && !found.empty()) found.back().text += "; " + std::string(more);
      continue;
    }
    if (IsSummary(line)) continue;
    d.where.file = tree.files.empty() ? "" : tree.files[0];
    for (const std::string& file : files) {
      std::string_view rest = line;
      if (!TakePrefix(rest, file) || !TakePrefix(rest, ":")) continue;
      d.where.file = file;
      line = rest;
      if (const auto number = TakeNumber(line)) d.where.line = *number;
      if (const auto number = TakeNumber(line)) d.where.column = *number;
      break;
    }
    d.text = Tidy(line);
    d.source_line = std::string(tree.Line(d.where.file, d.where.line));
    std::replace(d.source_line.begin(), d.source_line.end(), '\t', ' ');
    found.push_back(std::move(d));
  }
  return found;
}

}  // namespace hone
