#include "db/store.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <sstream>

#include "db/error.h"
#include "db/exchange.h"
#include "db/merge.h"
#include "db/pack.h"
#include "tests/db/sample.h"

namespace hone {
namespace {

const Run kRun{"hone tune axpy", "0.1.0", "exhaustive", 7};
const Values kSmall{{"PER_LANE", 1}, {"WG", 64}}, kLarge{{"PER_LANE", 4}, {"WG", 256}};
const Values kProblem{{"T", "float"}, {"n", 1024}};

class StoreTest : public testing::Test {
 protected:
  Store Create() { return Store::Open(path_, Store::Mode::kCreate); }
  Store Filled() {
    Store store = Create();
    store.PutKernel(SampleKernel());
    run_ = store.BeginRun(kRun, device_);
    return store;
  }
  void Put(Store& store, const Values& point, double ns, std::int64_t at, const std::string& phase = "search") {
    Measurement m = SampleMeasurement(point, ns);
    m.unix_ms = at;
    m.phase = phase;
    store.PutMeasurement(run_, device_, m);
  }

  TemporaryFolder folder_;
  std::string path_ = folder_ / "tuned.db";
  DeviceInfo device_ = SampleDevice();
  std::int64_t run_ = 0;
};

TEST_F(StoreTest, KernelsAndDevicesRoundTrip) {
  Store store = Create();
  const std::int64_t id = store.PutKernel(SampleKernel());
  EXPECT_EQ(store.PutKernel(SampleKernel()), id);
  store.PutKernel(SampleKernel("gemm"));
  ASSERT_EQ(store.Kernels().size(), 2u);
  EXPECT_EQ(KernelToJson(*store.FindKernel("axpy")), KernelToJson(SampleKernel()));
  EXPECT_FALSE(store.FindKernel("saxpy"));
  EXPECT_EQ(store.PutDevice(device_), store.PutDevice(device_));
  EXPECT_EQ(store.Devices().at(0).Key(), device_.Key());
}

TEST_F(StoreTest, TheLastSourcePutIsTheNewest) {
  Store store = Create();
  const std::int64_t first = store.PutKernel(SampleKernel("axpy", "1"));
  const std::int64_t second = store.PutKernel(SampleKernel("axpy", "2"));
  EXPECT_NE(first, second);
  EXPECT_EQ(store.FindKernel("axpy")->source_hash, SampleKernel("axpy", "2").source_hash);
  EXPECT_EQ(store.PutKernel(SampleKernel("axpy", "1")), first);
  EXPECT_EQ(store.FindKernel("axpy")->source_hash, SampleKernel("axpy", "1").source_hash);
  EXPECT_EQ(store.Kernels().size(), 1u);
}

TEST_F(StoreTest, BinariesRoundTripAndModulesAreStoredOnce) {
  Store store = Create();
  const Binary binary = SampleBinary(SampleKernel(), "looped", kLarge, {{"T", "float"}});
  store.PutBinary(binary);
  store.PutBinary(binary);
  const auto back = store.LoadBinary("axpy", "looped", kLarge, {{"T", "float"}});
  ASSERT_TRUE(back);
  EXPECT_EQ(BinaryToBytes(*back), BinaryToBytes(binary));
  EXPECT_FALSE(store.LoadBinary("axpy", "looped", kSmall, {{"T", "float"}}));
  EXPECT_FALSE(store.LoadBinary("axpy", "looped", kLarge, {{"T", "float16_t"}}));
}

TEST_F(StoreTest, ModulesThatWereCompressedBeforehandAreStoredAsTheSame) {
  Store store = Create();
  const Binary binary = SampleBinary(SampleKernel(), "looped", kLarge, {{"T", "float"}});
  store.PutBinary(binary, CompressModules(binary));
  EXPECT_EQ(BinaryToBytes(*store.LoadBinary("axpy", "looped", kLarge, {{"T", "float"}})), BinaryToBytes(binary));
  Module wrong = *binary.modules.front();
  wrong.words.push_back(0);
  EXPECT_THROW(CompressModule(wrong), Error);
}

TEST_F(StoreTest, MeasurementsRoundTrip) {
  Store store = Filled();
  const Measurement put = SampleMeasurement(kLarge, 1234.5);
  store.PutMeasurement(run_, device_, put);
  const auto results = store.Results("axpy", kProblem, device_.Key());
  ASSERT_EQ(results.size(), 1u);
  const Measurement& got = results[0];
  EXPECT_EQ(got.point, put.point);
  EXPECT_EQ(got.problem, put.problem);
  EXPECT_EQ(got.statistics.median_ns, put.statistics.median_ns);
  ASSERT_EQ(got.samples_ns.size(), put.samples_ns.size());
  for (std::size_t i = 0; i < put.samples_ns.size(); ++i) EXPECT_NEAR(got.samples_ns[i], put.samples_ns[i], 6e-4);
  EXPECT_EQ(got.properties, put.properties);
  EXPECT_EQ(got.compile_ms, 1.5);
  EXPECT_EQ(got.unix_ms, put.unix_ms);
  EXPECT_EQ(got.device_key, device_.Key());
  EXPECT_EQ(store.Problems("axpy"), std::vector<Values>{kProblem});
}

TEST_F(StoreTest, TheSameFactIsStoredOnce) {
  Store store = Filled();
  Put(store, kLarge, 100, 5);
  Put(store, kLarge, 100, 5);
  EXPECT_EQ(store.CountMeasurements(), 1);
  Put(store, kLarge, 100, 6);
  EXPECT_EQ(store.CountMeasurements(), 2);
}

TEST_F(StoreTest, ResultsAreTheLatestByTimeThenFailures) {
  Store store = Filled();
  Put(store, kSmall, 300, 1);
  Put(store, kLarge, 100, 2);
  Put(store, kSmall, 200, 3);
  Measurement wrong = SampleMeasurement({{"PER_LANE", 2}, {"WG", 64}}, 1);
  wrong.outcome = Outcome::kWrongResult;
  wrong.message = "y[3] is 7, not 8";
  store.PutMeasurement(run_, device_, wrong);
  const auto results = store.Results("axpy", kProblem, "");
  ASSERT_EQ(results.size(), 3u);
  EXPECT_EQ(results[0].point, kLarge);
  EXPECT_NEAR(results[1].statistics.min_ns, 200, 1e-9);
  EXPECT_EQ(results[2].outcome, Outcome::kWrongResult);
  EXPECT_EQ(results[2].message, wrong.message);
  EXPECT_TRUE(results[2].samples_ns.empty());
  EXPECT_EQ(store.Best("axpy", kProblem, device_.Key())->point, kLarge);
  EXPECT_FALSE(store.Best("axpy", kProblem, "another device"));
  EXPECT_FALSE(store.Best("axpy", {{"T", "float"}, {"n", 7}}, ""));
}

TEST_F(StoreTest, AFailureHidesAnEarlierSuccess) {
  Store store = Filled();
  Put(store, kLarge, 100, 1);
  Put(store, kSmall, 200, 2);
  Measurement wrong = SampleMeasurement(kLarge, 1);
  wrong.outcome = Outcome::kWrongResult;
  wrong.unix_ms = 3;
  store.PutMeasurement(run_, device_, wrong);
  EXPECT_EQ(store.Best("axpy", kProblem, "")->point, kSmall);
}

TEST_F(StoreTest, ThePlayoffDecidesAndLaterSearchesMayChallengeIt) {
  Store store = Filled();
  const Values lucky{{"PER_LANE", 2}, {"WG", 128}};
  Put(store, kSmall, 100, 1);
  Put(store, kLarge, 101, 2);
  Put(store, lucky, 99.5, 3);
  Put(store, kSmall, 105, 10, "playoff");
  Put(store, kLarge, 104, 11, "playoff");
  EXPECT_EQ(store.Best("axpy", kProblem, "")->point, kLarge);
  EXPECT_EQ(store.Summary().at(0).best->point, kLarge);
  Put(store, lucky, 90, 12);
  EXPECT_EQ(store.Best("axpy", kProblem, "")->point, lucky);
  EXPECT_EQ(store.Summary().at(0).best->point, lucky);
}

TEST_F(StoreTest, EquallyFastOnesAreDecidedByNameWhateverWasStoredFirst) {
  for (const std::vector<Values>& order : {std::vector{kSmall, kLarge}, std::vector{kLarge, kSmall}}) {
    std::filesystem::remove(path_);
    Store store = Filled();
    for (const Values& point : order) Put(store, point, 100, 1);
    Put(store, {{"PER_LANE", 1}, {"WG", 32}}, 101, 1);  // the first by name is not the fastest
    EXPECT_EQ(store.Best("axpy", kProblem, device_.Key())->point, kSmall);
    EXPECT_EQ(store.Summary().at(0).best->point, kSmall);
    std::ostringstream best;
    Export(store, Format::kCsv, best, {.only_best = true});  // asks the view
    EXPECT_NE(best.str().find(kSmall.ToText()), std::string::npos) << best.str();
    EXPECT_EQ(best.str().find(kLarge.ToText()), std::string::npos) << best.str();
  }
}

TEST_F(StoreTest, OnlyTheNewestSourceCounts) {
  Store store = Filled();
  Put(store, kLarge, 100, 1);
  store.PutKernel(SampleKernel("axpy", "version 2"));
  EXPECT_FALSE(store.Best("axpy", kProblem, ""));
  EXPECT_TRUE(store.Results("axpy", kProblem, "").empty());
  EXPECT_EQ(store.CountMeasurements(), 1);
  Put(store, kSmall, 200, 2);
  EXPECT_EQ(store.Best("axpy", kProblem, "")->point, kSmall);
}

TEST_F(StoreTest, PendingStaysUntilItsResultComes) {
  Store store = Filled();
  store.MarkPending(run_, device_, SampleMeasurement(kLarge, 1));
  EXPECT_EQ(store.CountMeasurements(), 0);
  EXPECT_EQ(store.Results("axpy", kProblem, "").at(0).outcome, Outcome::kPending);
  EXPECT_FALSE(store.Best("axpy", kProblem, ""));
  Put(store, kLarge, 100, 1700000000001);
  EXPECT_EQ(store.Results("axpy", kProblem, "").at(0).outcome, Outcome::kOk);
  EXPECT_EQ(store.CountMeasurements(), 1);
}

TEST_F(StoreTest, SummaryCountsByKind) {
  Store store = Filled();
  Put(store, kSmall, 100, 1);
  Put(store, kLarge, 300, 2);
  store.MarkPending(run_, device_, SampleMeasurement({{"PER_LANE", 2}, {"WG", 64}}, 1));
  Measurement lost = SampleMeasurement({{"PER_LANE", 2}, {"WG", 256}}, 1);
  lost.outcome = Outcome::kDeviceLost;
  store.PutMeasurement(run_, device_, lost);
  const auto summary = store.Summary("axpy");
  ASSERT_EQ(summary.size(), 1u);
  EXPECT_EQ(summary[0].variants, 4);
  EXPECT_EQ(summary[0].ok, 2);
  EXPECT_EQ(summary[0].failed, 1);
  EXPECT_EQ(summary[0].pending, 1);
  EXPECT_NEAR(summary[0].median_of_ok_ns, 202, 1e-9);
  EXPECT_EQ(summary[0].best->point, kSmall);
  EXPECT_TRUE(store.Summary("gemm").empty());
}

TEST_F(StoreTest, TransactionsRollBackAsAWhole) {
  Store store = Filled();
  EXPECT_THROW(store.Transaction([&] {
    Put(store, kLarge, 100, 1);
    store.PutKernel(SampleKernel("gemm"));
    throw Error("stop");
  }),
               Error);
  EXPECT_EQ(store.CountMeasurements(), 0);
  EXPECT_FALSE(store.FindKernel("gemm"));
  store.Transaction([&] { Put(store, kLarge, 100, 1); });
  EXPECT_EQ(store.CountMeasurements(), 1);
}

TEST_F(StoreTest, NothingCommittedIsLostWhenTheProcessIsKilled) {
  int ready[2];
  ASSERT_EQ(pipe(ready), 0);
  const pid_t child = fork();
  if (child == 0) {
    Store store = Filled();
    store.MarkPending(run_, device_, SampleMeasurement(kSmall, 1));
    for (std::int64_t i = 1; i <= 50; ++i) Put(store, kLarge, 100, i);
    if (write(ready[1], "x", 1) != 1) _exit(1);
    store.Transaction([&] {
      Put(store, kLarge, 1, 1000);  // not committed: must not be seen
      pause();
    });
    _exit(0);
  }
  char byte = 0;
  ASSERT_EQ(read(ready[0], &byte, 1), 1);
  kill(child, SIGKILL);
  waitpid(child, nullptr, 0);
  close(ready[0]);
  close(ready[1]);
  Store store = Store::Open(path_, Store::Mode::kReadWrite);
  EXPECT_EQ(store.CountMeasurements(), 50);
  EXPECT_EQ(store.Results("axpy", kProblem, "").back().outcome, Outcome::kPending);
}

TEST_F(StoreTest, WritersAndReadersShareOneFile) {
  Create().PutBinary(SampleBinary(SampleKernel(), "strided", kLarge, {{"T", "float"}}));  // the default: something to pack
  std::vector<pid_t> writers;
  for (int writer = 0; writer < 2; ++writer) {
    const pid_t child = fork();
    if (child == 0) {
      int status = 1;
      try {
        Store store = Filled();
        for (std::int64_t i = 1; i <= 200; ++i) {
          store.MarkPending(run_, device_, SampleMeasurement({{"WG", i}, {"PER_LANE", writer}}, 1));
          Put(store, {{"WG", i}, {"PER_LANE", writer}}, 100, i);
        }
        status = 0;
      } catch (const std::exception& failure) {
        (void)!write(2, failure.what(), std::string_view(failure.what()).size());
      }
      _exit(status);
    }
    writers.push_back(child);
  }
  std::int64_t seen = 0;
  while (true) {
    const std::int64_t count = Store::Open(path_, Store::Mode::kReadOnly).CountMeasurements();
    EXPECT_GE(count, seen);
    seen = count;
    Store::Open(path_, Store::Mode::kReadOnly).Summary();
    if (count > 0) {
      EXPECT_EQ(Pack(path_, folder_ / "packed.db").winners, 1);
    }
    Backup(path_, folder_ / "backup.db");
    if (count == 400) break;
    int status = 0;
    ASSERT_FALSE(waitpid(-1, &status, WNOHANG) > 0 && status != 0) << "a writer failed";
  }
  for (const pid_t writer : writers) waitpid(writer, nullptr, 0);
}

TEST_F(StoreTest, ManyMayCreateTheSameFileAtOnce) {
  std::vector<pid_t> makers;
  for (int i = 0; i < 6; ++i) {
    makers.push_back(fork());
    if (makers.back() != 0) continue;
    try {
      Create().PutKernel(SampleKernel("k" + std::to_string(i)));
      _exit(0);
    } catch (const std::exception& failure) {
      (void)!write(2, failure.what(), std::string_view(failure.what()).size());
      _exit(1);
    }
  }
  for (const pid_t maker : makers) {
    int status = 1;
    waitpid(maker, &status, 0);
    EXPECT_EQ(status, 0);
  }
  EXPECT_EQ(Create().Kernels().size(), 6u);
}

TEST_F(StoreTest, ReadingLeavesNothingBehind) {
  { Filled(); }
  { Store::Open(path_, Store::Mode::kReadOnly).Summary(); }
  EXPECT_FALSE(std::filesystem::exists(path_ + "-wal"));
  EXPECT_FALSE(std::filesystem::exists(path_ + "-shm"));
}

TEST_F(StoreTest, PipelineBinariesRoundTrip) {
  Store store = Create();
  const Binary binary = SampleBinary(SampleKernel(), "strided", kLarge, {});
  EXPECT_THROW(store.PutPipelineBinary(device_, binary, 0, "key", "data"), Error);
  store.PutBinary(binary);
  store.PutPipelineBinary(device_, binary, 0, std::string("k\0y", 3), std::string(5000, 'd'));
  const auto found = store.PipelineBinaries(device_, binary, 0);
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found.at(std::string("k\0y", 3)), std::string(5000, 'd'));
  EXPECT_TRUE(store.PipelineBinaries(device_, binary, 1).empty());
}

}  // namespace
}  // namespace hone
