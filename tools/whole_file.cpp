#include "tools/whole_file.h"

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>

#include "db/error.h"
#include "db/whole_file.h"

namespace hone {
namespace fs = std::filesystem;
namespace {

[[noreturn]] void FailAt(const std::string& path) {
  throw Error(path + ": cannot be written: " + std::strerror(errno != 0 ? errno : EIO));
}

void Write(const std::string& path, const fs::path& to, const std::function<void(std::ostream&)>& write) {
  errno = 0;
  std::ofstream file(to, std::ios::binary);
  if (!file) FailAt(path);
  write(file);
  file.close();
  if (!file) FailAt(path);
}

}  // namespace

void WriteWholeFile(const std::string& path, const std::function<void(std::ostream&)>& write) {
  std::error_code none;
  const fs::file_status there = fs::status(path, none);                                   // of what symbolic links lead to
  if (fs::exists(there) && !fs::is_regular_file(there)) return Write(path, path, write);  // "/dev/stdout"
  WholeFile file(path);
  Write(path, file.temporary(), write);
  file.Publish();
}

}  // namespace hone
