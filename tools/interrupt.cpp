#include "tools/interrupt.h"

#include <signal.h>
#include <unistd.h>

namespace hone {
namespace {

volatile sig_atomic_t requested = 0;

void Handle(int) {
  if (requested) _exit(kInterruptedStatus);
  requested = 1;
  static constexpr char kText[] = "\nhone: finishing; results are kept (again: stop at once)\n";
  [[maybe_unused]] const ssize_t written = write(STDERR_FILENO, kText, sizeof kText - 1);
}

void Install(void (*handler)(int)) {
  struct sigaction action {};
  action.sa_handler = handler;
  action.sa_flags = SA_RESTART;
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
}

}  // namespace

Interrupt::Interrupt() {
  requested = 0;
  Install(Handle);
}

Interrupt::~Interrupt() { Install(SIG_DFL); }

bool Interrupt::Requested() { return requested != 0; }

}  // namespace hone
