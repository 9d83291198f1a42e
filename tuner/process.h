// A child process with a socket to it: the operating system's part of a worker.
#pragma once

#include <string>
#include <vector>

#include "tuner/protocol.h"

namespace hone {

// Why a process ended.
struct Death {
  bool by_signal = false;
  int number = 0;              // signal or exit status
  std::string last_words;      // the end of what it wrote to stderr, at most 2000 bytes
  std::string ToText() const;  // "killed by signal 11 (Segmentation fault); it said: …"
};

// Killed with its owner: the child dies when the thread that started it ends, so start workers from threads that live as long.
class Process {
 public:
  // Runs `command` followed by "--fd N", N being its end of a socket. stdout goes nowhere, stderr is kept.
  // Errors: Error when no process can be made or the program cannot be run.
  explicit Process(const std::vector<std::string>& command);
  ~Process();  // kills it
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  Channel& channel() { return channel_; }
  int pid() const { return pid_; }
  void Kill();   // SIGKILL
  Death Wait();  // until it has ended; closes the channel first

 private:
  int pid_ = -1;
  int stderr_fd_ = -1;
  bool ended_ = false;
  Death death_;
  Channel channel_{-1};
};

}  // namespace hone
