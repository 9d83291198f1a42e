#include "db/whole_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdio>
#include <cstring>

#include "db/error.h"
#include "db/file_system.h"

namespace hone {
namespace {

// A name beside `path` that no other process uses ("tuned.db.tmp-1234-…").
std::string TemporaryBeside(const std::string& path) {
  static std::atomic<int> count{0};
  return path + ".tmp-" + std::to_string(getpid()) + "-" + std::to_string(++count);
}

void Sync(const std::string& path, int flags) {
  const int file = open(path.c_str(), flags | O_CLOEXEC);
  const bool good = file >= 0 && fsync(file) == 0;
  const std::string why = std::strerror(errno);
  if (file >= 0) close(file);
  if (!good) throw Error(path + ": cannot be written to the disk: " + why);
}

}  // namespace

WholeFile::WholeFile(const std::string& path) : place_(PlaceForFile(path)), temporary_(TemporaryBeside(place_)) {}

WholeFile::~WholeFile() { std::remove(temporary_.c_str()); }

void WholeFile::Publish() {
  Sync(temporary_, O_RDWR);
  struct stat before {};
  const bool replaces = stat(place_.c_str(), &before) == 0;
  if ((replaces && chmod(temporary_.c_str(), before.st_mode & 07777) != 0) ||
      std::rename(temporary_.c_str(), place_.c_str()) != 0)
    throw Error(place_ + ": cannot be replaced: " + std::strerror(errno));
  Sync(FolderOf(place_), O_RDONLY | O_DIRECTORY);
}

}  // namespace hone
