#include "tests/tools/process.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>

namespace hone::testing {
namespace {

using Clock = std::chrono::steady_clock;

[[noreturn]] void Become(const std::vector<std::string>& command, const ProcessOptions& options) {
  for (const auto& [name, value] : options.environment) setenv(name.c_str(), value.c_str(), 1);
  if (!options.folder.empty() && chdir(options.folder.c_str()) != 0) _exit(126);
  if (!options.stdout_file.empty()) {
    const int file = open(options.stdout_file.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0666);
    if (file < 0 || dup2(file, STDOUT_FILENO) < 0) _exit(126);
  }
  std::vector<char*> argv;
  for (const std::string& argument : command) argv.push_back(const_cast<char*>(argument.c_str()));
  argv.push_back(nullptr);
  execvp(argv[0], argv.data());
  _exit(127);
}

// Reads both ends until they close; kills the process at the deadline, and stops it when it should be.
void Drain(pid_t child, int output_end, int error_end, const ProcessOptions& options, ProcessResult& result) {
  const auto deadline = Clock::now() + std::chrono::duration<double>(options.timeout_s);
  bool to_stop = options.stop_when != nullptr;
  pollfd ends[2] = {{output_end, POLLIN, 0}, {error_end, POLLIN, 0}};
  std::string* texts[2] = {&result.output, &result.errors};
  while (ends[0].fd >= 0 || ends[1].fd >= 0) {
    if (Clock::now() > deadline) kill(child, SIGKILL);
    if (to_stop && options.stop_when()) {
      to_stop = false;
      if (options.stop_with == 0) {
        close(output_end);
        return;
      }
      kill(-child, options.stop_with);
    }
    poll(ends, 2, 200);
    for (int i = 0; i < 2; ++i) {
      if (ends[i].fd < 0 || ends[i].revents == 0) continue;
      char buffer[65536];
      const ssize_t count = read(ends[i].fd, buffer, sizeof buffer);
      if (count > 0) {
        texts[i]->append(buffer, static_cast<std::size_t>(count));
      } else {
        close(ends[i].fd);
        ends[i].fd = -1;
      }
    }
  }
}

int Wait(pid_t child) {
  int status = 0;
  if (waitpid(child, &status, 0) != child) throw std::runtime_error("waitpid failed");
  return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

}  // namespace

ProcessResult RunProgram(const std::vector<std::string>& command, const ProcessOptions& options) {
  ProcessResult result;
  if (options.terminal) {
    winsize size{24, 100, 0, 0};
    int master = -1;
    const pid_t child = forkpty(&master, nullptr, nullptr, &size);
    if (child == 0) Become(command, options);
    Drain(child, master, -1, options, result);
    result.status = Wait(child);
    return result;
  }
  int output[2], errors[2];
  if (pipe(output) != 0 || pipe(errors) != 0) throw std::runtime_error("pipe failed");
  const pid_t child = fork();
  if (child == 0) {
    setpgid(0, 0);
    const int null = open("/dev/null", O_RDONLY);
    dup2(null, STDIN_FILENO);
    dup2(output[1], STDOUT_FILENO);
    dup2(errors[1], STDERR_FILENO);
    for (const int end : {output[0], output[1], errors[0], errors[1]}) close(end);
    Become(command, options);
  }
  close(output[1]);
  close(errors[1]);
  Drain(child, output[0], errors[0], options, result);
  result.status = Wait(child);
  return result;
}

ProcessResult RunHone(const std::vector<std::string>& arguments, const ProcessOptions& options) {
  std::vector<std::string> command = {HONE_PROGRAM};
  command.insert(command.end(), arguments.begin(), arguments.end());
  return RunProgram(command, options);
}

void WriteFile(const std::string& path, const std::string& text) {
  std::filesystem::create_directories(std::filesystem::path(path).parent_path());
  std::ofstream(path, std::ios::binary) << text;
}

std::string ReadFile(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return text.str();
}

void ExpectGolden(const std::string& name, const std::string& actual) {
  const std::string path = HONE_SOURCE_DIR "/tests/tools/golden/" + name;
  if (std::getenv("HONE_UPDATE_GOLDEN") != nullptr) WriteFile(path, actual);
  EXPECT_TRUE(std::filesystem::exists(path)) << path << " is missing; HONE_UPDATE_GOLDEN=1 writes it";
  EXPECT_EQ(ReadFile(path), actual) << "differs from " << path << "; HONE_UPDATE_GOLDEN=1 rewrites it";
}

}  // namespace hone::testing
