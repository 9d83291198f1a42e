// The test program is its own worker and its own tuner: `tuner_tests worker --fd N` and `tuner_tests tune DATABASE …`, so that
// tests can make either of them fail. HONE_TEST_FAULT and HONE_TEST_GATE are known here only, never to `hone`.
// HONE_TEST_GATE="IN OUT": before it measures, a worker reads a byte from descriptor IN, and writes one to OUT.
// HONE_TEST_FAULT:
//   PHASE:TEXT:ACTION, several separated by ';'. PHASE: pipeline, check, timing, answered. TEXT: part of "pattern point".
//   ACTION: segv, abort, exit, hang, garbage, version, lost, device-memory, host-memory; with "@FILE" only while FILE does not
//   exist, which it then does: once.
#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <fstream>
#include <new>
#include <sstream>
#include <string>

#include "db/store.h"
#include "runtime/device_error.h"
#include "tuner/tune.h"
#include "tuner/worker.h"

namespace {

void Act(const std::string& action, int fd) {
  using hone::DeviceError;
  using hone::Outcome;
  if (action == "segv") raise(SIGSEGV);
  if (action == "abort") abort();
  if (action == "exit") _exit(42);
  if (action == "hang")
    for (;;) pause();
  if (action == "lost") throw DeviceError(Outcome::kDeviceLost, "injected: device lost");
  if (action == "device-memory") throw DeviceError(Outcome::kOutOfDeviceMemory, "injected: out of device memory");
  if (action == "host-memory") throw std::bad_alloc();
  const std::string garbage =
      action == "version" ? std::string("hone\x63\0\7\0\0\0\0\0\0\0\0\0", 16) : "the driver prints something";
  if (write(fd, garbage.data(), garbage.size()) < 0) _exit(43);
}

void Fault(int fd, hone::Phase phase, const std::string& pattern, const hone::Values& point) {
  const char* faults = std::getenv("HONE_TEST_FAULT");
  if (!faults) return;
  const char* name = phase == hone::Phase::kPipeline ? "pipeline"
                     : phase == hone::Phase::kCheck  ? "check"
                     : phase == hone::Phase::kTiming ? "timing"
                     : phase == hone::Phase::kIdle   ? "answered"
                                                     : "other";
  std::istringstream list(faults);
  for (std::string fault; std::getline(list, fault, ';');) {
    const std::size_t first = fault.find(':'), second = fault.find(':', first + 1);
    const std::string text = fault.substr(first + 1, second - first - 1);
    std::string action = fault.substr(second + 1);
    if (fault.substr(0, first) != name || (pattern + " " + point.ToText() + " ").find(text) == std::string::npos) continue;
    if (const std::size_t at = action.find('@'); at != std::string::npos) {
      const std::string file = action.substr(at + 1);
      if (std::ifstream(file)) continue;
      std::ofstream(file) << "done\n";
      action.resize(at);
    }
    Act(action, fd);
  }
}

void AwaitPermit() {
  const char* gate = std::getenv("HONE_TEST_GATE");
  int in = 0, out = 0;
  char permit = 0;
  if (!gate || std::sscanf(gate, "%d %d", &in, &out) != 2) return;
  if (read(in, &permit, 1) != 1 || write(out, &permit, 1) != 1) _exit(44);
}

void BeforePhase(int fd, hone::Phase phase, const std::string& pattern, const hone::Values& point) {
  if (phase == hone::Phase::kPipeline) AwaitPermit();
  Fault(fd, phase, pattern, point);
}

// tune DATABASE SEED VARIANTS KERNEL...
int TuneMain(int argc, char** argv) {
  hone::TuneOptions options;
  options.strategy = "random";
  options.seed = std::strtoull(argv[3], nullptr, 10);
  options.worker_command = {"/proc/self/exe", "worker"};
  options.problems = {{{"n", 4096}}};
  options.budget.evaluations = std::strtoull(argv[4], nullptr, 10);
  options.max_timing_ms = 5;
  options.pipeline_timeout_ms = options.check_timeout_ms = options.timing_timeout_ms = 1e6;  // the gate may stay shut
  options.playoff = 0;  // so that the database holds one row a variant, in the order of the search
  try {
    hone::Store store = hone::Store::Open(argv[2], hone::Store::Mode::kCreate);
    hone::Tune(std::vector<std::string>(argv + 5, argv + argc), store, options);
    return 0;
  } catch (const std::exception& error) {
    fprintf(stderr, "%s\n", error.what());
    return 1;
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc == 4 && std::strcmp(argv[1], "worker") == 0) return hone::WorkerMain(std::atoi(argv[3]), {BeforePhase});
  if (argc > 5 && std::strcmp(argv[1], "tune") == 0) return TuneMain(argc, argv);
  testing::InitGoogleTest(&argc, argv);
  return RUN_ALL_TESTS();
}
