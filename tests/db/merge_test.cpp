#include "db/merge.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <random>
#include <sstream>

#include "db/error.h"
#include "db/exchange.h"
#include "tests/db/sample.h"

namespace hone {
namespace {

// All facts of a database, and which of them are the best, as one canonical text.
std::string FactsOf(const std::string& path) {
  std::ostringstream text;
  const Store store = Store::Open(path, Store::Mode::kReadOnly);
  Export(store, Format::kText, text);
  Export(store, Format::kText, text, {.only_best = true});
  return text.str();
}

// A database of random facts; the same facts come up in several of them.
void MakeRandom(const std::string& path, unsigned seed) {
  std::mt19937 random(seed);
  const auto below = [&](unsigned limit) { return static_cast<std::int64_t>(random() % limit); };
  Store store = Store::Open(path, Store::Mode::kCreate);
  for (int round = 0; round < 2; ++round) {
    const Kernel kernel = SampleKernel("axpy", std::to_string(below(3)));
    const DeviceInfo device = SampleDevice("GPU " + std::to_string(below(2)), std::to_string(below(2)));
    store.PutKernel(kernel);
    store.PutBinary(SampleBinary(kernel, "strided", {{"PER_LANE", 1 + below(2)}, {"WG", 64}}, {{"T", "float"}}));
    const std::int64_t run = store.BeginRun({"tune", "0.1", "random", static_cast<std::uint64_t>(below(100))}, device);
    for (int i = 0; i < 12; ++i) {
      Measurement m =
          SampleMeasurement({{"PER_LANE", 1 + below(3)}, {"WG", 64}}, 100 + static_cast<double>(below(5)), 1 + below(2));
      m.unix_ms = 1 + below(1000000);
      const std::int64_t kind = below(6);
      if (kind == 0) m.outcome = Outcome::kWrongResult;
      if (kind == 1) m.phase = "playoff";
      kind == 2 ? store.MarkPending(run, device, m) : store.PutMeasurement(run, device, m);
    }
    if (below(2) == 0) store.EndRun(run);
  }
}

class MergeTest : public testing::Test {
 protected:
  std::string File(const std::string& name) { return folder_ / name; }
  std::string Merged(const std::vector<std::string>& inputs) {
    const std::string out = File("out" + std::to_string(++count_) + ".db");
    Merge(out, inputs);
    return out;
  }
  TemporaryFolder folder_;
  int count_ = 0;
};

TEST_F(MergeTest, IsAssociativeCommutativeAndIdempotent) {
  for (unsigned round = 0; round < 5; ++round) {
    const std::string a = File("a" + std::to_string(round)), b = File("b" + std::to_string(round)),
                      c = File("c" + std::to_string(round));
    MakeRandom(a, 3 * round);
    MakeRandom(b, 3 * round + 1);
    std::filesystem::copy_file(a, c);  // c: what a was, and more
    MakeRandom(c, 3 * round + 2);
    const std::string all = FactsOf(Merged({a, b, c}));
    EXPECT_EQ(FactsOf(Merged({c, b, a})), all);
    EXPECT_EQ(FactsOf(Merged({Merged({a, b}), c})), all);
    EXPECT_EQ(FactsOf(Merged({a, Merged({c, b})})), all);
    EXPECT_EQ(FactsOf(Merged({a, b, c, a, b, Merged({a, b, c})})), all);
    const std::string grown = Merged({a});
    Merge(grown, {b});
    Merge(grown, {c, c});
    EXPECT_EQ(FactsOf(grown), all);
  }
}

TEST_F(MergeTest, KeepsModulesAndCounts) {
  MakeRandom(File("a"), 1);
  MakeRandom(File("b"), 2);
  const std::int64_t a = Store::Open(File("a"), Store::Mode::kReadOnly).CountMeasurements();
  const MergeResult result = Merge(File("a"), {File("b"), File("b")});
  EXPECT_EQ(result.measurements - result.added, a);
  EXPECT_GT(result.added, 0);
  Store merged = Store::Open(File("a"), Store::Mode::kReadOnly);
  int binaries = 0;
  for (const std::int64_t per_lane : {1, 2}) {
    for (const Kernel& kernel : merged.Kernels()) {
      const auto binary = merged.LoadBinary(kernel.name, "strided", {{"PER_LANE", per_lane}, {"WG", 64}}, {{"T", "float"}});
      binaries += binary.has_value();
    }
  }
  EXPECT_GT(binaries, 0);
}

TEST_F(MergeTest, APendingRowGoesWhenItsResultComes) {
  const DeviceInfo device = SampleDevice();
  Store a = Store::Open(File("a"), Store::Mode::kCreate);
  a.PutKernel(SampleKernel());
  Measurement m = SampleMeasurement({{"WG", 64}}, 10);
  const std::int64_t run = a.BeginRun({}, device);
  m.unix_ms = 10;
  a.MarkPending(run, device, m);
  Backup(File("a"), File("b"));
  m.unix_ms = 20;
  a.PutMeasurement(run, device, m);
  for (const auto& inputs : {std::vector{File("a"), File("b")}, std::vector{File("b"), File("a")}}) {
    const auto results = Store::Open(Merged(inputs), Store::Mode::kReadOnly).Results("axpy", m.problem, "");
    ASSERT_EQ(results.size(), 1u);
    EXPECT_EQ(results[0].outcome, Outcome::kOk);
  }
}

TEST_F(MergeTest, ADamagedInputChangesNothing) {
  MakeRandom(File("a"), 1);
  MakeRandom(File("b"), 2);
  {
    std::fstream file(File("b"), std::ios::in | std::ios::out);
    file.seekp(4096 * 6);  // the head of a page
    file << "damage damage";
  }
  const std::string before = FactsOf(File("a"));
  EXPECT_THROW(Merge(File("a"), {File("b")}), Error);
  EXPECT_EQ(FactsOf(File("a")), before);
  EXPECT_THROW(Merge(File("new"), {File("a"), File("b")}), Error);
  EXPECT_THROW(Merge(File("new"), {File("a"), File("missing")}), Error);
  for (const auto& entry : std::filesystem::directory_iterator(folder_.path())) {
    EXPECT_EQ(entry.path().filename().string().find("new"), std::string::npos) << "a half file is left";
  }
}

TEST_F(MergeTest, BackupOfADatabaseInUse) {
  Store store = Store::Open(File("a"), Store::Mode::kCreate);
  store.PutKernel(SampleKernel());
  Backup(File("a"), File("copy"));
  EXPECT_FALSE(std::filesystem::exists(File("copy-wal")));
  EXPECT_EQ(FactsOf(File("copy")), FactsOf(File("a")));
}

}  // namespace
}  // namespace hone
