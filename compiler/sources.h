// Files a kernel is made of: shaders and what they include, found by reading the text (no preprocessing: an include in a
// branch that is not taken counts too).
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "db/error.h"
#include "db/hash.h"

namespace hone {

// Directories searched for `#include`s after the including file's own: the kernel's folder, common/ beside it, then `more`.
std::vector<std::string> IncludeDirs(const std::string& kernel_folder, const std::vector<std::string>& more = {});

// The path of an included file, or "" when there is none. `from`: path of the including file.
std::string FindInclude(std::string_view name, const std::string& from, const std::vector<std::string>& dirs);

// A shader with everything it includes.
struct SourceTree {
  std::vector<std::string> files;            // paths: the shader, then includes in the order they are first seen
  std::map<std::string, std::string> texts;  // path -> contents
  std::map<std::pair<std::string, std::string>, std::string> includes;  // (path of the including file, name) -> path
  std::set<std::string, std::less<>> words;                             // every identifier in them
  std::string_view Line(const std::string& file, int line) const;       // "" when there is none
  // The first line that has all of `parts`, in the files' order. line 0 when there is none.
  Location Find(const std::vector<std::string>& parts) const;
  bool pastes = false;  // some file says ##: any macro may matter, whatever the words are
  Hash hash;            // of the contents of all files (not of their folders), of the names of missing includes
};

// Errors: Error when the shader cannot be read. A missing include is the compiler's to report.
SourceTree ReadSourceTree(const std::string& shader, const std::vector<std::string>& dirs);

// Reads a file of at most 16 MiB. Errors: Error with the path and the reason.
std::string ReadTextFile(const std::string& path);

}  // namespace hone
