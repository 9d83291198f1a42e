// kill -9 of either process, 200 times over one tuning run: nothing is lost, nothing is measured twice but what was in flight,
// and the order is that of a run that nobody disturbed.
//
// A worker that is about to measure asks this test first (HONE_TEST_GATE in main.cpp). So the test, not the clock, decides how
// far the run gets between two kills; the clock only decides where in a variant, or in a start, a kill strikes.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "db/store.h"
#include "tests/temporary_folder.h"

namespace hone {
namespace {

constexpr int kKills = 200;
constexpr int kMostWithoutProgress = 4;  // of a worker: at the fifth the tuner gives its variant up
constexpr std::chrono::microseconds kVariant{30000},
    kStart{250000};  // about as long as these take, so that kills strike all over

// `tuner_tests tune`, with the gate's other ends.
class Tuner {
 public:
  Tuner(const std::string& database, int budget) {
    int permits[2], starts[2];
    if (pipe2(permits, O_CLOEXEC) != 0 || pipe2(starts, O_CLOEXEC) != 0) throw std::runtime_error("no pipe");
    permits_ = permits[1];
    starts_ = starts[0];
    pid_ = fork();
    if (pid_ == 0) {
      for (const int fd : {permits[0], starts[1]}) fcntl(fd, F_SETFD, 0);
      setenv("HONE_TEST_GATE", (std::to_string(permits[0]) + " " + std::to_string(starts[1])).c_str(), 1);
      const std::string kernel = std::string(HONE_TEST_DATA) + "/kernels/many";
      execl("/proc/self/exe", "tuner_tests", "tune", database.c_str(), "11", std::to_string(budget).c_str(), kernel.c_str(),
            nullptr);
      _exit(99);
    }
    close(permits[0]);
    close(starts[1]);
  }
  ~Tuner() {
    Kill();
    AwaitEnd();
    close(permits_);
    close(starts_);
  }
  Tuner(const Tuner&) = delete;

  void Permit(int variants) const {
    const std::string permits(static_cast<std::size_t>(variants), '.');
    ASSERT_EQ(write(permits_, permits.data(), permits.size()), variants);
  }
  // Until so many more variants have been begun. Fewer: tuner and worker are gone.
  int AwaitStarts(int most) const {
    int begun = 0;
    for (char start = 0; begun < most && read(starts_, &start, 1) == 1;) ++begun;
    return begun;
  }

  // Returns once it is gone, so that it takes no permit any more. False: there is none now.
  bool KillWorker() const {
    std::error_code gone;
    for (const auto& thread : std::filesystem::directory_iterator("/proc/" + std::to_string(pid_) + "/task", gone)) {
      std::ifstream children(thread.path() / "children");
      int worker = 0;
      if (!(children >> worker)) continue;
      const int handle = static_cast<int>(syscall(SYS_pidfd_open, worker, 0));
      if (handle < 0) return false;
      syscall(SYS_pidfd_send_signal, handle, SIGKILL, nullptr, 0);
      pollfd ended{handle, POLLIN, 0};
      while (poll(&ended, 1, -1) < 0 && errno == EINTR) {
      }
      close(handle);
      return true;
    }
    return false;
  }

  void Kill() const {
    if (pid_ > 0) kill(pid_, SIGKILL);
  }
  int AwaitEnd() {  // its status
    if (pid_ > 0) waitpid(pid_, &status_, 0);
    pid_ = 0;
    return status_;
  }

 private:
  int pid_ = 0, permits_ = -1, starts_ = -1, status_ = 0;
};

// Finished measurements in the order in which they were stored: point and time. Checks that the file is whole.
std::vector<std::pair<std::string, std::int64_t>> Stored(const std::string& database) {
  std::vector<std::pair<std::string, std::int64_t>> rows;
  Store::OpenUntrusted(database).ForEach({.only_latest = false}, [&](const Measurement& m) {
    if (m.outcome != Outcome::kPending) {
      EXPECT_EQ(m.outcome, Outcome::kOk) << m.point.ToText() << ": " << m.message;
      rows.emplace_back(m.point.ToText(), m.unix_ms);
    }
    return true;
  });
  return rows;
}

std::vector<std::string> Order(const std::string& database) {
  std::vector<std::string> order;
  for (const auto& [point, when] : Stored(database)) order.push_back(point);
  return order;
}

class Kills : public testing::Test {
 protected:
  std::chrono::microseconds UpTo(std::chrono::microseconds most) {
    return std::chrono::microseconds(random_() % static_cast<std::uint64_t>(most.count()));
  }

  // Lets the tuner begin `variants` more, and kills it or its worker soon afterwards. False: the tuner is dead.
  bool Strike(Tuner& tuner, int variants) {
    tuner.Permit(variants);
    const int begun = tuner.AwaitStarts(variants);
    begun_ += begun;
    EXPECT_EQ(begun, variants) << "the run ended by itself";
    if (begun > 1) worker_kills_ = 0;  // all but the last have been stored
    std::this_thread::sleep_for(UpTo(begun > 0 ? kVariant : kStart));
    if (random_() % 4 != 0 && worker_kills_ < kMostWithoutProgress && tuner.KillWorker()) {
      ++worker_kills_;
      return true;
    }
    tuner.Kill();
    EXPECT_TRUE(WIFSIGNALED(tuner.AwaitEnd()));
    EXPECT_EQ(tuner.AwaitStarts(1), 0);  // its worker dies with it
    worker_kills_ = 0;
    return false;
  }

  TemporaryFolder folder_;
  std::mt19937 random_{7};
  int begun_ = 0, worker_kills_ = 0;
};

TEST_F(Kills, TwoHundredLoseNothing) {
  std::vector<int> plan;  // what each kill lets begin
  int permitted = 0;
  for (int kill = 0; kill < kKills; ++kill) permitted += plan.emplace_back(static_cast<int>(random_() % 3));
  const int budget = permitted + 20;  // so that some are left when nobody kills any more
  const int variants = budget + 1;    // the default comes on top
  const std::string database = folder_ / "t.db";

  int tuners = 1;
  auto tuner = std::make_unique<Tuner>(database, budget);
  std::map<std::string, std::int64_t> seen;
  for (const int permit : plan) {
    if (Strike(*tuner, permit)) continue;
    if (std::filesystem::exists(database))
      for (const auto& [point, when] : Stored(database)) seen.emplace(point, when);
    tuner = std::make_unique<Tuner>(database, budget);
    ++tuners;
    if (HasFatalFailure()) return;
  }
  tuner->Permit(2 * variants);
  const int status = tuner->AwaitEnd();
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << status;
  begun_ += tuner->AwaitStarts(2 * variants);

  const auto rows = Stored(database);
  EXPECT_EQ(rows.size(), static_cast<std::size_t>(variants));
  std::map<std::string, std::int64_t> now(rows.begin(), rows.end());
  EXPECT_EQ(now.size(), rows.size()) << "a variant was measured twice";
  for (const auto& [point, when] : seen) EXPECT_EQ(now[point], when) << point << " was lost, or measured again";
  EXPECT_EQ(Store::Open(database, Store::Mode::kReadOnly).CountMeasurements(), variants);  // none is pending
  EXPECT_GE(begun_, variants);
  // Each kill repeats at most the variant in flight. (The drift watch times the leader again, at most after every 25th.)
  EXPECT_LE(begun_, variants + kKills + variants / 25);

  Tuner calm(folder_ / "calm.db", budget);
  calm.Permit(2 * variants);
  calm.AwaitEnd();
  EXPECT_EQ(Order(database), Order(folder_ / "calm.db"));
  std::printf("  %d kills of %d tuners and their workers; %d variants, begun %d times\n", kKills, tuners, variants, begun_);
}

}  // namespace
}  // namespace hone
