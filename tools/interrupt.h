// Ctrl-C, SIGTERM and a closed terminal ask the job to finish and keep what it has; one of the first two again ends the program
// at once.
#pragma once

#include <signal.h>

#include <array>

namespace hone {

// While one is alive, the signals are caught, but for those that the caller had ignored ('nohup'). One at a time.
class Interrupt {
 public:
  Interrupt();
  ~Interrupt();
  Interrupt(const Interrupt&) = delete;
  Interrupt& operator=(const Interrupt&) = delete;

  static bool Requested();

 private:
  static constexpr std::array kSignals = {SIGINT, SIGTERM, SIGHUP};
  std::array<struct sigaction, kSignals.size()> before_{};
};

inline constexpr int kInterruptedStatus = 130;

}  // namespace hone
