// Ctrl-C and SIGTERM: the first asks the job to finish and keep what it has, the second ends the program at once.
#pragma once

namespace hone {

// While one is alive, the signals are caught. One at a time.
class Interrupt {
 public:
  Interrupt();
  ~Interrupt();
  Interrupt(const Interrupt&) = delete;
  Interrupt& operator=(const Interrupt&) = delete;

  static bool Requested();
};

inline constexpr int kInterruptedStatus = 130;

}  // namespace hone
