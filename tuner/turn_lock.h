// Whose turn it is on a device that several workers share: the holder of a lock on a file. The system takes the lock from a
// process that dies.
#pragma once

#include <string>

namespace hone {

// The file, as long as this lives; it has no name in any folder. Errors: Error when the system gives none.
class TurnFile {
 public:
  TurnFile();
  ~TurnFile();
  TurnFile(const TurnFile&) = delete;
  TurnFile& operator=(const TurnFile&) = delete;
  std::string path() const;  // by which child processes open it

 private:
  int fd_;
};

// One of those who take turns; of a process's threads whichever has it, all have it.
class TurnLock {
 public:
  explicit TurnLock(const std::string& path);  // "": nobody else wants the device. Errors: Error.
  ~TurnLock();
  TurnLock(const TurnLock&) = delete;
  TurnLock& operator=(const TurnLock&) = delete;

  bool shared() const { return fd_ >= 0; }
  void Lock();     // waits as long as it takes
  bool TryLock();  // false: another has it, or waits in Lock
  void Unlock();

 private:
  int fd_ = -1;
};

}  // namespace hone
