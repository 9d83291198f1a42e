#include "db/pack.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>

#include "db/error.h"
#include "db/merge.h"
#include "db/prune.h"
#include "db/seal.h"
#include "db/stats.h"
#include "db/store_impl.h"
#include "db/verify.h"
#include "tests/db/sample.h"

namespace hone {
namespace {

const Values kBest{{"PER_LANE", 2}, {"WG", 64}}, kLoser{{"PER_LANE", 1}, {"WG", 64}}, kDefault{{"PER_LANE", 4}, {"WG", 256}};
const Values kFloat{{"T", "float"}}, kProblem{{"T", "float"}, {"n", 1024}};

class PackTest : public testing::Test {
 protected:
  void SetUp() override {
    Store store = Store::Open(tuned_, Store::Mode::kCreate);
    for (const Values& point : {kBest, kLoser, kDefault})
      store.PutBinary(SampleBinary(SampleKernel(), "strided", point, kFloat));
    const std::int64_t run = store.BeginRun({}, SampleDevice());
    store.PutMeasurement(run, SampleDevice(), SampleMeasurement(kLoser, 200));
    store.PutMeasurement(run, SampleDevice(), SampleMeasurement(kBest, 100));
  }
  void Flip(const std::string& path, std::streamoff at) {
    std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
    file.seekg(at);
    const char byte = static_cast<char>(file.get());
    file.seekp(at);
    file.put(static_cast<char>(byte ^ 1));
  }
  TemporaryFolder folder_;
  std::string tuned_ = folder_ / "tuned.db", packed_ = folder_ / "packed.db", key_ = folder_ / "key";
};

TEST_F(PackTest, KeepsTheWinnerAndTheDefaultOnly) {
  const PackResult result = Pack(tuned_, packed_);
  EXPECT_EQ(result.winners, 1);
  EXPECT_EQ(result.binaries, 2);
  EXPECT_TRUE(result.missing.empty());
  EXPECT_EQ(static_cast<std::uintmax_t>(result.bytes), std::filesystem::file_size(packed_));
  Store store = Store::Open(packed_, Store::Mode::kReadOnly);
  EXPECT_TRUE(store.packed());
  EXPECT_EQ(store.Best("axpy", kProblem, SampleDevice().Key())->point, kBest);
  EXPECT_EQ(BinaryToBytes(*store.LoadBinary("axpy", "strided", kBest, kFloat)),
            BinaryToBytes(SampleBinary(SampleKernel(), "strided", kBest, kFloat)));
  EXPECT_TRUE(store.LoadBinary("axpy", "strided", kDefault, kFloat));
  EXPECT_FALSE(store.LoadBinary("axpy", "strided", kLoser, kFloat));
  EXPECT_EQ(store.CountMeasurements(), 1);
}

// Parsing them takes most of the time to open a file. A reader makes its own; one that loads kernels, when it needs them.
TEST_F(PackTest, LeavesTheViewsToTheReader) {
  Pack(tuned_, packed_);
  EXPECT_EQ(Database(packed_, SQLITE_OPEN_READONLY).Integer("SELECT count(*) FROM sqlite_schema WHERE type = 'view'"), 0);
  const Store reader = Store::Open(packed_, Store::Mode::kReadOnly), loader = Store::Open(packed_, Store::Mode::kLoad);
  EXPECT_EQ(reader.impl().database.Integer("SELECT count(*) FROM best"), 1);
  EXPECT_EQ(loader.FindBest("axpy", kProblem, SampleDevice().Key())->point, kBest);
  EXPECT_THROW(loader.impl().database.Integer("SELECT count(*) FROM best"), Error);
  EXPECT_EQ(loader.Kernels().size(), 1u);
  EXPECT_EQ(loader.impl().database.Integer("SELECT count(*) FROM best"), 1);
  EXPECT_THROW(loader.impl().database.Execute("DELETE FROM measurement"), Error) << "nothing else is written";
}

// What the compiler does with SPIR-V is tested in tests/compiler/pack_test.cpp; here each point's words get its PER_LANE.
Module FixPerLane(const Module& module, const Values& point, const std::vector<std::string>& optimize) {
  EXPECT_EQ(optimize, SampleKernel().optimize);
  Module fixed = module;
  fixed.words.push_back(static_cast<std::uint32_t>(*point.Integer("PER_LANE")));
  fixed.hash = HashOf(fixed.words);
  fixed.interface.spec_constants.clear();
  return fixed;
}

TEST_F(PackTest, FreezesModulesAndLeavesOutWhatDriversMadeOfThem) {
  const Binary best = SampleBinary(SampleKernel(), "strided", kBest, kFloat);
  for (std::size_t pass = 0; pass < best.modules.size(); ++pass) {
    Store::Open(tuned_, Store::Mode::kReadWrite).PutPipelineBinary(SampleDevice(), best, static_cast<int>(pass), "key", "data");
  }
  const auto binaries_of = [&](const PackOptions& options) {
    Pack(tuned_, packed_, options);
    return Stats(Store::Open(packed_, Store::Mode::kReadOnly)).rows.at("pipeline_binary");
  };
  EXPECT_EQ(binaries_of({.pipeline_binaries = true}), std::int64_t(best.modules.size()));
  EXPECT_EQ(binaries_of({.pipeline_binaries = true, .freeze = FixPerLane}), 0);

  const Store store = Store::Open(packed_, Store::Mode::kReadOnly);
  for (const Values& point : {kBest, kDefault}) {
    const auto packed = store.LoadBinary("axpy", "strided", point, kFloat);
    ASSERT_TRUE(packed);
    const Binary original = SampleBinary(SampleKernel(), "strided", point, kFloat);
    for (std::size_t i = 0; i < original.modules.size(); ++i) {
      EXPECT_EQ(packed->modules[i]->hash, FixPerLane(*original.modules[i], point, SampleKernel().optimize).hash);
      EXPECT_TRUE(packed->modules[i]->interface.spec_constants.empty());
    }
  }
  EXPECT_EQ(Stats(store).rows.at("module"), std::int64_t(2 * best.modules.size())) << "the modules before are gone";
  EXPECT_EQ(Verify(packed_).problems, std::vector<std::string>{});
  EXPECT_EQ(ErrorOf([&] { VerifySeal(packed_, {}); }), "no error");
  Pack(tuned_, folder_ / "again.db", {.pipeline_binaries = true, .freeze = FixPerLane});
  EXPECT_EQ(ReadSeal(packed_)->hash, ReadSeal(folder_ / "again.db")->hash);
}

TEST_F(PackTest, FinishesBeforeTheSeal) {
  const Binary best = SampleBinary(SampleKernel(), "strided", kBest, kFloat);
  const auto add = [&](Store& packed) { packed.PutPipelineBinary(SampleDevice(), best, 0, "key", "data"); };
  Pack(tuned_, packed_, {.finish = add});
  EXPECT_EQ(ErrorOf([&] { VerifySeal(packed_, {}); }), "no error");
  const std::map<std::string, std::string> expected{{"key", "data"}};
  EXPECT_EQ(Store::Open(packed_, Store::Mode::kReadOnly).PipelineBinaries(SampleDevice(), best, 0), expected);
  EXPECT_TRUE(Store::Open(tuned_, Store::Mode::kReadOnly).PipelineBinaries(SampleDevice(), best, 0).empty());
}

TEST_F(PackTest, APlayoffMayChooseOneThatIsNotTheFastest) {
  {
    Store store = Store::Open(tuned_, Store::Mode::kReadWrite);
    for (const auto& [point, ns, phase] : {std::tuple(kLoser, 98.0, "finalist"), std::tuple(kBest, 99.0, "playoff")}) {
      Measurement m = SampleMeasurement(point, ns);
      m.phase = phase;
      m.unix_ms = 1'800'000'000'000;
      store.PutMeasurement(store.Runs().at(0).id, SampleDevice(), m);
    }
  }
  const PackResult result = Pack(tuned_, packed_);
  EXPECT_EQ(result.winners, 1);
  EXPECT_EQ(result.portable, std::vector<std::string>{"axpy T=float strided PER_LANE=2 WG=64: 1.000"});
  const Store store = Store::Open(packed_, Store::Mode::kReadOnly);
  EXPECT_EQ(store.Best("axpy", kProblem, SampleDevice().Key())->point, kBest);
  EXPECT_FALSE(store.LoadBinary("axpy", "strided", kLoser, kFloat)) << "one of two that are equally fast is enough";
  EXPECT_TRUE(Verify(packed_).problems.empty());
}

// The winner of each problem is slower than the other's choice there, which is the one for unknown devices.
TEST_F(PackTest, ThePortableOneNeedNotWinAnywhere) {
  {
    Store store = Store::Open(tuned_, Store::Mode::kReadWrite);
    const std::int64_t run = store.Runs().at(0).id;
    const auto put = [&](const Values& point, double ns, std::int64_t n, const char* phase) {
      Measurement m = SampleMeasurement(point, ns, n);
      m.phase = phase;
      m.unix_ms = 1'800'000'000'000;
      store.PutMeasurement(run, SampleDevice(), m);
    };
    for (const std::int64_t n : {1024, 2048}) {
      put(kDefault, 98, n, "finalist");
      put(n == 1024 ? kBest : kLoser, 99, n, "playoff");
      put(n == 1024 ? kLoser : kBest, 300, n, "finalist");
    }
  }
  const PackResult result = Pack(tuned_, packed_);
  EXPECT_EQ(result.portable, (std::vector<std::string>{"axpy T=float strided PER_LANE=2 WG=64: 0.574",  // without an extension
                                                       "axpy T=float strided PER_LANE=4 WG=256: 1.000"}));
  EXPECT_TRUE(Verify(packed_).problems.empty());
}

TEST_F(PackTest, NeverReplacesATuningDatabase) {
  const std::string expected = ": is there already and is no packed database; choose another name, or remove it first";
  EXPECT_EQ(ErrorOf([&] { Pack(tuned_, tuned_); }), tuned_ + expected);
  EXPECT_EQ(Store::Open(tuned_, Store::Mode::kReadWrite).CountMeasurements(), 2);
  std::ofstream(packed_) << "notes";
  EXPECT_EQ(ErrorOf([&] { Pack(tuned_, packed_); }), packed_ + expected);
  std::filesystem::remove(packed_);
  Pack(tuned_, packed_);
  Pack(tuned_, packed_);
}

TEST_F(PackTest, KeepsThePermissionsOfWhatItReplaces) {
  Pack(tuned_, packed_);
  std::filesystem::permissions(packed_, std::filesystem::perms::owner_read);
  Pack(tuned_, packed_);
  EXPECT_EQ(std::filesystem::status(packed_).permissions(), std::filesystem::perms::owner_read);
}

TEST_F(PackTest, IsReproducibleAndReadOnly) {
  Pack(tuned_, packed_);
  Pack(tuned_, folder_ / "again.db");
  EXPECT_EQ(ReadSeal(packed_)->hash, ReadSeal(folder_ / "again.db")->hash);
  EXPECT_EQ(ErrorOf([&] { Store::Open(packed_, Store::Mode::kReadWrite); }),
            packed_ + ": packed, and so never changes; to go on with it: hone merge NEW.db " + packed_);
  EXPECT_NE(ErrorOf([&] { Merge(packed_, {tuned_}); }).find("never changes"), std::string::npos);
  Merge(folder_ / "new.db", {packed_});
  EXPECT_EQ(Store::Open(folder_ / "new.db", Store::Mode::kReadWrite).CountMeasurements(), 1);
}

TEST_F(PackTest, ManyReadersAtOnceNeedNoLocks) {
  Pack(tuned_, packed_);
  std::vector<Store> readers;
  for (int i = 0; i < 64; ++i) readers.push_back(Store::Open(packed_, Store::Mode::kReadOnly));
  for (const Store& reader : readers) EXPECT_TRUE(reader.Best("axpy", kProblem, ""));
  EXPECT_FALSE(std::filesystem::exists(packed_ + "-wal"));
  EXPECT_FALSE(std::filesystem::exists(packed_ + "-shm"));
}

TEST_F(PackTest, EveryFlippedByteIsNoticed) {
  Pack(tuned_, packed_);
  EXPECT_EQ(ErrorOf([&] { VerifySeal(packed_, {}); }), "no error");
  for (const std::streamoff at : {std::streamoff{30}, std::streamoff{5000}, std::streamoff{4096 - kSealBytes + 9},
                                  static_cast<std::streamoff>(std::filesystem::file_size(packed_) - 1)}) {
    Flip(packed_, at);
    EXPECT_EQ(ErrorOf([&] { VerifySeal(packed_, {}); }),
              packed_ + ": changed since it was packed (its content hash is wrong); get it again from where it was packed");
    Flip(packed_, at);
  }
  std::ofstream(packed_, std::ios::app) << "x";
  EXPECT_NE(ErrorOf([&] { VerifySeal(packed_, {}); }), "no error");
  EXPECT_EQ(ErrorOf([&] { VerifySeal(tuned_, {}); }), tuned_ + ": not a packed database; make one with: hone pack");
}

TEST_F(PackTest, Signatures) {
  MakeKeys(key_);
  MakeKeys(folder_ / "other");
  EXPECT_THROW(MakeKeys(key_), Error);
  struct stat status {};
  ASSERT_EQ(stat(key_.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600u);
  const PublicKey key = ReadPublicKey(key_ + ".pub"), other = ReadPublicKey(folder_ / "other.pub");
  Pack(tuned_, packed_);
  EXPECT_NE(ErrorOf([&] { VerifySeal(packed_, key); }).find("not signed"), std::string::npos);
  Pack(tuned_, packed_, {{}, false, key_});
  EXPECT_TRUE(ReadSeal(packed_)->is_signed());
  EXPECT_EQ(ReadSeal(packed_)->signer, key);
  EXPECT_EQ(ErrorOf([&] { VerifySeal(packed_, key); }), "no error");
  EXPECT_EQ(ErrorOf([&] { VerifySeal(packed_, other); }), packed_ + ": not signed with the key that is asked for");
  Flip(packed_, 4096 - kSealBytes + 8 + 32 + 5);
  EXPECT_NE(ErrorOf([&] { VerifySeal(packed_, key); }), "no error");
  EXPECT_NE(ErrorOf([&] { Pack(tuned_, packed_, {{}, false, tuned_}); }).find("no secret key"), std::string::npos);
  EXPECT_THROW(ReadPublicKey(key_), Error);
}

TEST_F(PackTest, NothingToPack) {
  { Store::Open(folder_ / "empty.db", Store::Mode::kCreate); }
  EXPECT_NE(ErrorOf([&] { Pack(folder_ / "empty.db", packed_); }).find("nothing to pack"), std::string::npos);
  {
    Store store = Store::Open(folder_ / "facts.db", Store::Mode::kCreate);
    store.PutKernel(SampleKernel());
    store.PutMeasurement(store.BeginRun({}, SampleDevice()), SampleDevice(), SampleMeasurement(kBest, 100));
  }
  EXPECT_NE(ErrorOf([&] { Pack(folder_ / "facts.db", packed_); }).find("nothing to pack: no SPIR-V"), std::string::npos);
  EXPECT_FALSE(std::filesystem::exists(packed_));
}

TEST_F(PackTest, VerifyFindsDamagedModules) {
  EXPECT_TRUE(Verify(tuned_).problems.empty());
  EXPECT_EQ(Verify(tuned_).modules, 3);
  EXPECT_EQ(Verify(tuned_).measurements, 2);
  const VerifyResult refused = Verify(tuned_, [](const Module&) { return std::string("not to my taste"); });
  EXPECT_EQ(refused.problems.size(), 3u);
  Pack(tuned_, packed_);
  EXPECT_TRUE(Verify(packed_).packed);
  EXPECT_TRUE(Verify(packed_).problems.empty());
  Flip(packed_, 4096 * 3 + 17);
  EXPECT_FALSE(Verify(packed_).problems.empty());
}

TEST_F(PackTest, PruneForgetsWhatItIsTold) {
  {
    Store store = Store::Open(tuned_, Store::Mode::kReadWrite);
    const std::int64_t run = store.BeginRun({}, SampleDevice());
    Measurement later = SampleMeasurement(kBest, 110);
    later.unix_ms += 1;
    store.PutMeasurement(run, SampleDevice(), later);
    Measurement wrong = SampleMeasurement({{"WG", 128}}, 1);
    wrong.outcome = Outcome::kWrongResult;
    store.PutMeasurement(run, SampleDevice("other"), wrong);
  }
  EXPECT_EQ(Stats(Store::Open(tuned_, Store::Mode::kReadOnly)).superseded, 1);
  EXPECT_EQ(Prune(tuned_, {}).measurements, 0);
  EXPECT_EQ(Prune(tuned_, {.superseded = true}).measurements, 1);
  EXPECT_EQ(Prune(tuned_, {.failed = true}).measurements, 1);
  EXPECT_THROW(Prune(tuned_, {.keep_devices = {"no such device"}}), Error);
  {
    Store store = Store::Open(tuned_, Store::Mode::kReadWrite);
    store.PutBinary(SampleBinary(SampleKernel("axpy", "version 2"), "strided", kLoser, kFloat));
  }
  {
    Store store = Store::Open(tuned_, Store::Mode::kReadWrite);
    store.PutBuilt(SampleKernel(), HashOf(std::string_view("list")));
    store.PutCompiled(HashOf(std::string_view("source")), *SampleModule(99));
    store.PutBinary(SampleBinary(SampleKernel("axpy", "version 2"), "strided", kLoser, kFloat));
    store.PutKernel(SampleKernel("axpy", "version 2"));
  }
  const PruneResult old = Prune(tuned_, {.old_sources = true});
  EXPECT_EQ(old.measurements, 2);
  EXPECT_EQ(old.variants, 3);
  EXPECT_LE(old.bytes_after, old.bytes_before);
  Store store = Store::Open(tuned_, Store::Mode::kReadOnly);
  EXPECT_TRUE(store.LoadBinary("axpy", "strided", kLoser, kFloat));
  EXPECT_TRUE(Verify(tuned_).problems.empty());
}

TEST_F(PackTest, StatsCount) {
  const StoreStats stats = Stats(Store::Open(tuned_, Store::Mode::kReadOnly));
  EXPECT_EQ(stats.rows.at("measurement"), 2);
  EXPECT_EQ(stats.rows.at("module"), 3);
  EXPECT_EQ(stats.outcomes.at("ok"), 2);
  EXPECT_EQ(stats.spirv_bytes, 3 * 203 * 4);
  EXPECT_LT(stats.spirv_stored_bytes, stats.spirv_bytes);
  EXPECT_EQ(stats.stale_source, 0);
}

}  // namespace
}  // namespace hone
