#include "tools/whole_file.h"

#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>

#include "db/error.h"

namespace hone {
namespace {

[[noreturn]] void FailAt(const std::string& path) {
  throw Error(path + ": cannot be written: " + std::strerror(errno != 0 ? errno : EIO));
}

}  // namespace

void WriteWholeFile(const std::string& path, const std::function<void(std::ostream&)>& write) {
  const std::string partial = path + ".partial-" + std::to_string(getpid());
  try {
    errno = 0;
    std::ofstream file(partial, std::ios::binary);
    if (!file) FailAt(path);
    write(file);
    file.close();
    if (!file) FailAt(path);
    std::filesystem::rename(partial, path);
  } catch (const std::filesystem::filesystem_error& error) {
    std::remove(partial.c_str());
    throw Error(path + ": cannot be written: " + error.code().message());
  } catch (...) {
    std::remove(partial.c_str());
    throw;
  }
}

}  // namespace hone
