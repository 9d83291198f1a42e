// Merge of 20 databases of 50,000 measurements each, in a process of its own so that its memory can be told. Goal:
// under 20 s and 300 MiB.
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <filesystem>
#include <string>
#include <vector>

#include "db/merge.h"
#include "tests/perf/db_filled.h"

int main() {
  const std::string folder = std::filesystem::temp_directory_path() / ("hone-perf-" + std::to_string(getpid()));
  std::filesystem::create_directories(folder);
  std::vector<std::string> inputs;
  for (unsigned i = 0; i < 20; ++i) {
    inputs.push_back(folder + "/" + std::to_string(i) + ".db");
    if (fork() == 0) {
      hone::FillDatabase(inputs.back(), i, 5000, 10);
      _exit(0);
    }
    wait(nullptr);
  }
  const auto start = std::chrono::steady_clock::now();
  if (fork() == 0) {
    const hone::MergeResult result = hone::Merge(folder + "/all.db", inputs);
    std::printf("%lld measurements\n", static_cast<long long>(result.measurements));
    std::fflush(stdout);
    _exit(result.measurements == 1000000 ? 0 : 1);
  }
  int status = 0;
  struct rusage usage {};
  wait4(-1, &status, 0, &usage);
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  const double cpu = static_cast<double>(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
                     static_cast<double>(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
  std::printf("merge: %.1f s (%.1f s of CPU), %.0f MiB at most\n", seconds, cpu, static_cast<double>(usage.ru_maxrss) / 1024);
  std::filesystem::remove_all(folder);
  return status == 0 ? 0 : 1;
}
