#include "tools/interrupt.h"

#include <unistd.h>

namespace hone {
namespace {

volatile sig_atomic_t requested = 0;

void Handle(int signal) {
  const bool again = requested != 0;
  requested = 1;
  if (signal == SIGHUP) return;  // comes twice, from the shell and the kernel, and nobody reads any more
  if (again) _exit(kInterruptedStatus);
  static constexpr char kText[] = "\nhone: finishing; results are kept (again: stop at once)\n";
  [[maybe_unused]] const ssize_t written = write(STDERR_FILENO, kText, sizeof kText - 1);
}

}  // namespace

Interrupt::Interrupt() {
  requested = 0;
  struct sigaction action {};
  action.sa_handler = Handle;
  action.sa_flags = SA_RESTART;
  for (std::size_t i = 0; i < kSignals.size(); ++i) {
    sigaction(kSignals[i], nullptr, &before_[i]);
    if (before_[i].sa_handler != SIG_IGN) sigaction(kSignals[i], &action, nullptr);
  }
}

Interrupt::~Interrupt() {
  for (std::size_t i = 0; i < kSignals.size(); ++i) sigaction(kSignals[i], &before_[i], nullptr);
}

bool Interrupt::Requested() { return requested != 0; }

}  // namespace hone
