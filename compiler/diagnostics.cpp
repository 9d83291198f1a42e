#include "compiler/diagnostics.h"

#include <algorithm>
#include <cstdio>
#include <tuple>

namespace hone {
namespace {

auto Order(const Diagnostic& d) { return std::tie(d.where.file, d.where.line, d.where.column, d.severity, d.text); }

std::string Headline(const Diagnostic& d) {
  std::string text = d.where.file.empty() ? "" : d.where.ToText() + ": ";
  text += d.severity + ": " + d.text;
  if (!d.source_line.empty()) text += "\n    " + d.source_line;
  if (!d.source_line.empty() && d.where.column > 0) text += "\n    " + std::string(d.where.column - 1, ' ') + "^";
  return text;
}

std::string Lines(const std::vector<Diagnostic>& diagnostics) {
  std::string text;
  for (const Diagnostic& d : diagnostics) text += (text.empty() ? "" : "\n") + Headline(d);
  return text;
}

std::vector<Diagnostic> Sorted(std::vector<Diagnostic> diagnostics) {
  std::stable_sort(diagnostics.begin(), diagnostics.end(),
                   [](const Diagnostic& a, const Diagnostic& b) { return Order(a) < Order(b); });
  return diagnostics;
}

}  // namespace

Diagnostic MakeError(Location where, std::string text, std::string source_line) {
  Diagnostic d;
  d.where = std::move(where);
  d.text = std::move(text);
  d.source_line = std::move(source_line);
  return d;
}

std::string Diagnostic::ToText() const { return Headline(*this) + (variant.empty() ? "" : "\n  in " + variant); }

ManifestError::ManifestError(std::vector<Diagnostic> diagnostics)
    : Error(Lines(Sorted(diagnostics))), diagnostics_(Sorted(std::move(diagnostics))) {}

void DiagnosticLog::Add(const Diagnostic& diagnostic) {
  char place[32];
  std::snprintf(place, sizeof place, "\n%010d:%010d\n", diagnostic.where.line, diagnostic.where.column);
  const std::string key = diagnostic.where.file + place + diagnostic.severity + "\n" + diagnostic.text;
  std::lock_guard lock(mutex_);
  auto [at, is_new] = entries_.try_emplace(key, Entry{diagnostic, 0});
  ++at->second.count;
  // The kept variant is the least, so that threads do not decide which one is shown.
  if (!is_new && std::tie(diagnostic.variant, diagnostic.source_line) <
                     std::tie(at->second.diagnostic.variant, at->second.diagnostic.source_line)) {
    at->second.diagnostic = diagnostic;
  }
}

std::vector<DiagnosticLog::Entry> DiagnosticLog::Entries() const {
  std::lock_guard lock(mutex_);
  std::vector<Entry> entries;
  for (const auto& [key, entry] : entries_) entries.push_back(entry);
  return entries;
}

bool DiagnosticLog::empty() const {
  std::lock_guard lock(mutex_);
  return entries_.empty();
}

std::string DiagnosticLog::ToText() const {
  std::string text;
  for (const Entry& entry : Entries()) {
    text += entry.diagnostic.ToText();
    if (entry.count > 1 && !entry.diagnostic.variant.empty()) {
      text += " and " + std::to_string(entry.count - 1) + (entry.count == 2 ? " more variant" : " more variants");
    }
    text += "\n";
  }
  return text;
}

}  // namespace hone
