#include "tuner/turn_lock.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "db/error.h"

namespace hone {
namespace {

// Two bytes of the file: one is the turn, the other is held in common by those who wait for it.
constexpr off_t kTurn = 0, kWaiting = 1;

bool Do(int fd, int command, short type, off_t byte) {
  struct flock lock {};
  lock.l_type = type;
  lock.l_whence = SEEK_SET;
  lock.l_start = byte;
  lock.l_len = 1;
  int result = 0;
  do result = fcntl(fd, command, &lock);
  while (result != 0 && errno == EINTR);
  return result == 0;
}

bool IsHeldByAnother(int fd, off_t byte) {
  struct flock lock {};
  lock.l_type = F_WRLCK;
  lock.l_whence = SEEK_SET;
  lock.l_start = byte;
  lock.l_len = 1;
  return fcntl(fd, F_OFD_GETLK, &lock) == 0 && lock.l_type != F_UNLCK;
}

}  // namespace

TurnFile::TurnFile() : fd_(memfd_create("hone-turn", MFD_CLOEXEC)) {
  if (fd_ < 0) throw Error(fmt::format("cannot make the file by which workers take turns: {}", std::strerror(errno)));
}

TurnFile::~TurnFile() { close(fd_); }

std::string TurnFile::path() const { return fmt::format("/proc/{}/fd/{}", getpid(), fd_); }

TurnLock::TurnLock(const std::string& path) {
  if (path.empty()) return;
  fd_ = open(path.c_str(), O_RDWR | O_CLOEXEC);
  if (fd_ < 0) throw Error(fmt::format("{}: {} (workers take turns by it: use --lanes 1)", path, std::strerror(errno)));
}

TurnLock::~TurnLock() {
  if (shared()) close(fd_);
}

void TurnLock::Lock() {
  if (!shared()) return;
  Do(fd_, F_OFD_SETLKW, F_RDLCK, kWaiting);
  Do(fd_, F_OFD_SETLKW, F_WRLCK, kTurn);
  Do(fd_, F_OFD_SETLK, F_UNLCK, kWaiting);
}

bool TurnLock::TryLock() { return !shared() || (!IsHeldByAnother(fd_, kWaiting) && Do(fd_, F_OFD_SETLK, F_WRLCK, kTurn)); }

void TurnLock::Unlock() {
  if (shared()) Do(fd_, F_OFD_SETLK, F_UNLCK, kTurn);
}

}  // namespace hone
