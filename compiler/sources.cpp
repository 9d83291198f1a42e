#include "compiler/sources.h"

#include <cctype>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>

#include "db/error.h"

namespace hone {
namespace fs = std::filesystem;
namespace {

constexpr std::size_t kMaxFileBytes = 16 << 20;
constexpr std::size_t kMaxFiles = 1000;

bool IsWordStart(char c) { return std::isalpha(static_cast<unsigned char>(c)) || c == '_'; }
bool IsWord(char c) { return std::isalnum(static_cast<unsigned char>(c)) || c == '_'; }

// The file named by an #include that starts at `at` (just after '#'), or "".
std::string_view IncludedName(std::string_view text, std::size_t at) {
  const auto skip_blanks = [&] {
    while (at < text.size() && (text[at] == ' ' || text[at] == '\t')) ++at;
  };
  skip_blanks();
  if (text.substr(at, 7) != "include") return {};
  at += 7;
  skip_blanks();
  if (at >= text.size() || (text[at] != '"' && text[at] != '<')) return {};
  const std::size_t end = text.find(text[at] == '"' ? '"' : '>', at + 1);
  const std::size_t newline = text.find('\n', at);
  if (end == std::string_view::npos || end > newline) return {};
  return text.substr(at + 1, end - at - 1);
}

struct Scanner {
  const std::vector<std::string>& dirs;
  SourceTree tree;
  std::string digest;
  std::set<std::string> seen;

  void File(const std::string& path) {
    if (tree.files.size() >= kMaxFiles || !seen.insert(fs::path(path).lexically_normal().string()).second) return;
    tree.files.push_back(path);
    const std::string& text = tree.texts[path] = ReadTextFile(path);
    digest += HashOf(std::string_view(text)).ToHex() + "\n";
    Text(text, path);
  }

  void Text(std::string_view text, const std::string& path) {
    for (std::size_t i = 0; i < text.size();) {
      if (IsWordStart(text[i])) {
        std::size_t end = i;
        while (end < text.size() && IsWord(text[end])) ++end;
        const std::string_view word = text.substr(i, end - i);
        if (!tree.words.contains(word)) tree.words.emplace(word);
        i = end;
      } else if (text[i] == '#' && i + 1 < text.size() && text[i + 1] == '#') {
        tree.pastes = true;
        i += 2;
      } else if (text[i] == '#') {
        if (const std::string_view name = IncludedName(text, i + 1); !name.empty()) Include(name, path);
        ++i;
      } else if (text[i] == '\\') {
        // A line continuation may join two halves of a word.
        tree.pastes = tree.pastes || (i > 0 && IsWord(text[i - 1]));
        ++i;
      } else if (std::isdigit(static_cast<unsigned char>(text[i]))) {
        while (i < text.size() && IsWord(text[i])) ++i;
      } else {
        ++i;
      }
    }
  }

  void Include(std::string_view name, const std::string& from) {
    const std::string path = FindInclude(name, from, dirs);
    if (path.empty()) {
      digest += "missing " + std::string(name) + "\n";
    } else {
      digest += "include " + std::string(name) + "\n";
      tree.includes[{from, std::string(name)}] = path;
      File(path);
    }
  }
};

}  // namespace

std::string ReadTextFile(const std::string& path) {
  std::error_code failed;
  if (fs::is_directory(path, failed)) throw Error(path + ": cannot read: Is a directory");
  errno = 0;
  std::ifstream in(path, std::ios::binary);
  if (!in) throw Error(path + ": cannot read: " + std::strerror(errno ? errno : EIO));
  std::string text;
  char buffer[65536];
  while (in.read(buffer, sizeof buffer) || in.gcount() > 0) {
    text.append(buffer, static_cast<std::size_t>(in.gcount()));
    if (text.size() > kMaxFileBytes) throw Error(path + ": larger than 16 MiB");
  }
  return text;
}

std::vector<std::string> IncludeDirs(const std::string& kernel_folder, const std::vector<std::string>& more) {
  fs::path folder = fs::path(kernel_folder).lexically_normal();
  if (!folder.has_filename()) folder = folder.parent_path();
  fs::path parent = folder.parent_path();
  if (folder == "." || folder == "..") parent = folder / "..";
  std::vector<std::string> dirs{folder.string(), (parent / "common").string()};
  dirs.insert(dirs.end(), more.begin(), more.end());
  return dirs;
}

std::string FindInclude(std::string_view name, const std::string& from, const std::vector<std::string>& dirs) {
  std::error_code failed;
  const auto is_file = [&](const fs::path& path) { return fs::is_regular_file(path, failed); };
  if (name.empty() || name.find('\0') != std::string_view::npos) return "";
  if (fs::path(name).is_absolute()) return is_file(name) ? std::string(name) : "";
  if (const fs::path beside = fs::path(from).parent_path() / name; is_file(beside)) return beside.string();
  for (const std::string& dir : dirs) {
    if (const fs::path path = fs::path(dir) / name; is_file(path)) return path.string();
  }
  return "";
}

std::string_view SourceTree::Line(const std::string& file, int line) const {
  const auto at = texts.find(file);
  if (at == texts.end() || line < 1) return {};
  std::string_view text = at->second;
  for (; line > 1; --line) {
    const std::size_t newline = text.find('\n');
    if (newline == std::string_view::npos) return {};
    text.remove_prefix(newline + 1);
  }
  text = text.substr(0, text.find('\n'));
  return text.ends_with('\r') ? text.substr(0, text.size() - 1) : text;
}

Location SourceTree::Find(const std::vector<std::string>& parts) const {
  for (const std::string& file : files) {
    int line = 0;
    std::string_view rest = texts.at(file);
    while (!rest.empty()) {
      const std::string_view text = rest.substr(0, rest.find('\n'));
      ++line;
      std::size_t first = std::string_view::npos;
      bool all = true;
      for (const std::string& part : parts) {
        const std::size_t at = text.find(part);
        all &= at != std::string_view::npos;
        first = std::min(first, at);
      }
      if (all) return {file, line, static_cast<int>(first) + 1};
      rest.remove_prefix(std::min(text.size() + 1, rest.size()));
    }
  }
  return {files.empty() ? "" : files[0], 0, 0};
}

SourceTree ReadSourceTree(const std::string& shader, const std::vector<std::string>& dirs) {
  Scanner scanner{dirs, {}, {}, {}};
  scanner.File(shader);
  scanner.tree.hash = HashOf(std::string_view(scanner.digest));
  return std::move(scanner.tree);
}

}  // namespace hone
