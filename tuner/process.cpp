#include "tuner/process.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace hone {
namespace {

constexpr int kExitCannotRun = 127;

// Only calls that are safe between fork and exec: other threads of the parent may hold any lock.
[[noreturn]] void BecomeChild(char* const* arguments, int stderr_fd, int parent) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != parent) _exit(1);  // it died before the line above
  const int nowhere = open("/dev/null", O_RDWR);
  dup2(nowhere, STDIN_FILENO);
  dup2(nowhere, STDOUT_FILENO);
  if (stderr_fd >= 0) dup2(stderr_fd, STDERR_FILENO);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  execvp(arguments[0], arguments);
  _exit(kExitCannotRun);
}

std::string Tail(int fd) {
  constexpr off_t kMost = 2000;
  struct stat info {};
  if (fd < 0 || fstat(fd, &info) != 0 || info.st_size == 0) return {};
  const off_t size = std::min(info.st_size, kMost);
  std::string text(static_cast<std::size_t>(size), '\0');
  const ssize_t got = pread(fd, text.data(), text.size(), info.st_size - size);
  text.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
  while (!text.empty() && (text.back() == '\n' || text.back() == ' ')) text.pop_back();
  for (char& c : text)
    if (static_cast<unsigned char>(c) < ' ' && c != '\n') c = '?';
  return text;
}

}  // namespace

std::string Death::ToText() const {
  std::string text = by_signal ? fmt::format("killed by signal {} ({})", number, strsignal(number))
                               : fmt::format("left with status {}", number);
  if (!last_words.empty()) text += "; it said: " + last_words;
  return text;
}

Process::Process(const std::vector<std::string>& command) {
  int ends[2];
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
    throw Error(std::string("cannot make a socket for a worker: ") + std::strerror(errno));
  channel_ = Channel(ends[0]);
  stderr_fd_ = memfd_create("hone-worker-stderr", MFD_CLOEXEC);
  std::vector<std::string> words = command;
  words.push_back("--fd");
  words.push_back(std::to_string(ends[1]));
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  const int parent = getpid();
  pid_ = fork();
  if (pid_ == 0) {
    fcntl(ends[1], F_SETFD, 0);  // this one stays open over exec
    BecomeChild(arguments.data(), stderr_fd_, parent);
  }
  const int failure = errno;
  close(ends[1]);
  if (pid_ < 0) throw Error(std::string("cannot start a worker process: ") + std::strerror(failure));
}

Process::~Process() {
  Kill();
  Wait();
  if (stderr_fd_ >= 0) close(stderr_fd_);
}

void Process::Kill() {
  if (pid_ > 0 && !ended_) kill(pid_, SIGKILL);
}

Death Process::Wait() {
  if (ended_ || pid_ <= 0) return death_;
  channel_.Close();
  int status = 0;
  while (waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
  }
  ended_ = true;
  death_.by_signal = WIFSIGNALED(status);
  death_.number = death_.by_signal ? WTERMSIG(status) : WEXITSTATUS(status);
  death_.last_words = Tail(stderr_fd_);
  return death_;
}

}  // namespace hone
