// What `hone show` asks first, on 100,000 measurements: a process that opens the file and prints the table, beside the
// sqlite3 program running the same question over the views. Goal: under 0.1 s.
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <string>
#include <vector>

#include "tests/perf/db_filled.h"

namespace {

double CpuSecondsOfChildren() {
  struct rusage usage {};
  getrusage(RUSAGE_CHILDREN, &usage);
  return static_cast<double>(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
         static_cast<double>(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

// Prints wall clock and CPU time; gives the CPU time, which other work on the machine disturbs less.
double SecondsOf(const std::string& command) {
  std::vector<double> seconds;
  const double cpu_before = CpuSecondsOfChildren();
  for (int i = 0; i < 15; ++i) {
    const auto start = std::chrono::steady_clock::now();
    if (std::system((command + " > /dev/null").c_str()) != 0) return -1;
    seconds.push_back(std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
  }
  const double cpu = (CpuSecondsOfChildren() - cpu_before) / static_cast<double>(seconds.size());
  std::sort(seconds.begin(), seconds.end());
  std::printf("%-50.50s median %.1f ms, least %.1f ms, CPU %.1f ms\n", command.c_str(), seconds[seconds.size() / 2] * 1e3,
              seconds[0] * 1e3, cpu * 1e3);
  return cpu;
}

}  // namespace

int main(int count, char** arguments) {
  if (count == 3 && std::strcmp(arguments[1], "--show") == 0) {
    const hone::Store store = hone::Store::Open(arguments[2], hone::Store::Mode::kReadOnly);
    for (const hone::Coverage& row : store.Summary()) {
      std::printf("%s %s %s %lld %lld %.1f %s\n", row.kernel.c_str(), row.problem.ToText().c_str(), row.device_key.c_str(),
                  static_cast<long long>(row.variants), static_cast<long long>(row.ok), row.median_of_ok_ns,
                  row.best ? row.best->point.ToText().c_str() : "");
    }
    return 0;
  }
  const std::string folder = std::filesystem::temp_directory_path() / ("hone-perf-" + std::to_string(getpid()));
  std::filesystem::create_directories(folder);
  const std::string path = folder + "/show.db";
  hone::FillDatabase(path, 1, 2000, 50);
  std::printf("%lld measurements, %.1f MiB\n",
              static_cast<long long>(hone::Store::Open(path, hone::Store::Mode::kReadOnly).CountMeasurements()),
              static_cast<double>(std::filesystem::file_size(path)) / 1048576);
  const double ours = SecondsOf(std::filesystem::read_symlink("/proc/self/exe").string() + " --show " + path);
  const double theirs = SecondsOf("sqlite3 " + path + " 'SELECT * FROM coverage; SELECT * FROM best;'");
  if (theirs > 0) std::printf("CPU time, hone / sqlite3: %.2f\n", ours / theirs);
  std::filesystem::remove_all(folder);
  return ours < 0 ? 1 : 0;
}
