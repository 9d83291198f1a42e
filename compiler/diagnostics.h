// Messages about someone's text: manifests and GLSL. All of a run are collected; equal ones are folded into one with a count.
#pragma once

#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "db/error.h"

namespace hone {

struct Diagnostic {
  Location where;
  std::string severity = "error";  // or "warning"
  std::string text;
  std::string source_line;  // the offending line, without its newline; may be empty
  std::string variant;      // "axpy strided PER_LANE=4 WG=256"; empty for manifests

  // FILE:LINE:COLUMN: error: TEXT
  //     source line
  //     ^
  //   in axpy strided PER_LANE=4 WG=256
  std::string ToText() const;
};

Diagnostic MakeError(Location where, std::string text, std::string source_line = "");

// All errors of one manifest or of several. what(): one after the other, each with its line, in the order of the files.
class ManifestError : public Error {
 public:
  explicit ManifestError(std::vector<Diagnostic> diagnostics);
  const std::vector<Diagnostic>& diagnostics() const { return diagnostics_; }

 private:
  std::vector<Diagnostic> diagnostics_;
};

// Folds diagnostics that differ only in their variant. Threads: any. The result does not depend on the order of Add()s.
class DiagnosticLog {
 public:
  struct Entry {
    Diagnostic diagnostic;  // its variant: the first, by text
    int count = 0;          // variants that have it
  };
  void Add(const Diagnostic& diagnostic);
  std::vector<Entry> Entries() const;  // by file, line, column, text
  bool empty() const;
  // Each entry's text; "  in VARIANT and 41 more variants" where it is folded.
  std::string ToText() const;

 private:
  mutable std::mutex mutex_;
  std::map<std::string, Entry> entries_;  // by everything but the variant
};

}  // namespace hone
