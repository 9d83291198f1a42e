// One clear error for each way in which opening a database cannot work.
#include <gtest/gtest.h>
#include <sqlite3.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstring>
#include <filesystem>
#include <fstream>

#include "db/error.h"
#include "db/file_system.h"
#include "db/pack.h"
#include "db/seal.h"
#include "tests/db/sample.h"

namespace hone {
namespace {

using Mode = Store::Mode;

std::string ErrorOfOpen(const std::string& path, Mode mode) {
  return ErrorOf([&] { Store::Open(path, mode); });
}

void WriteFile(const std::string& path, const std::string& text) { std::ofstream(path) << text; }

void Sql(const std::string& path, const char* sql) {
  sqlite3* database = nullptr;
  ASSERT_EQ(sqlite3_open(path.c_str(), &database), SQLITE_OK);
  char* message = nullptr;
  EXPECT_EQ(sqlite3_exec(database, sql, nullptr, nullptr, &message), SQLITE_OK) << message;
  sqlite3_close(database);
}

class OpenTest : public testing::Test {
 protected:
  void Make() {
    Store store = Store::Open(path_, Mode::kCreate);
    store.PutKernel(SampleKernel());
    store.PutMeasurement(store.BeginRun({}, SampleDevice()), SampleDevice(), SampleMeasurement({{"WG", 64}}, 10));
  }
  TemporaryFolder folder_;
  std::string path_ = folder_ / "a db?#%.db";  // as awkward as file names get
};

TEST_F(OpenTest, WhatIsNotThere) {
  EXPECT_EQ(ErrorOfOpen(path_, Mode::kReadOnly), path_ + ": no such file; hone tune --db " + path_ + " makes one");
  EXPECT_EQ(ErrorOfOpen(path_, Mode::kReadWrite), ErrorOfOpen(path_, Mode::kReadOnly));
  EXPECT_EQ(ErrorOfOpen(folder_ / "no/such/x.db", Mode::kCreate),
            (folder_ / "no/such/x.db") + ": the folder " + (folder_ / "no/such") + " does not exist; make it first");
  EXPECT_EQ(ErrorOfOpen(folder_.path(), Mode::kReadOnly), folder_.path() + ": not a regular file");
  EXPECT_EQ(ErrorOfOpen("", Mode::kCreate), "a database needs a file name");
}

// An odd address, as embedded bytes may have.
std::vector<std::byte> BytesBehindOne(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  std::vector<std::byte> bytes(1 + text.size());
  std::memcpy(bytes.data() + 1, text.data(), text.size());
  return bytes;
}

TEST_F(OpenTest, FromMemory) {
  Make();
  Store::Open(path_, Mode::kReadWrite).PutBinary(SampleBinary(SampleKernel(), "strided", {{"WG", 64}}, {{"T", "float"}}));
  Pack(path_, folder_ / "packed.db");
  for (const std::string& file : {path_, folder_ / "packed.db"}) {
    const std::vector<std::byte> bytes = BytesBehindOne(file), before = bytes;
    const std::span<const std::byte> database = std::span(bytes).subspan(1);
    {
      Store store = Store::OpenBytes(database, "embedded"), other = Store::OpenBytes(database, "embedded");
      EXPECT_EQ(store.packed(), file != path_);
      EXPECT_EQ(store.path(), "embedded");
      EXPECT_EQ(store.Best("axpy", {{"T", "float"}, {"n", 1024}}, SampleDevice().Key())->point, (Values{{"WG", 64}}));
      EXPECT_EQ(other.Kernels().size(), 1u);
      EXPECT_EQ(ErrorOf([&] { store.PutKernel(SampleKernel("new")); }), "embedded: opened for reading only");
      const auto seal = ReadSeal(database);
      EXPECT_EQ(seal.has_value(), store.packed());
      if (seal) {
        EXPECT_EQ(seal->hash, ReadSeal(file)->hash);
      }
    }
    EXPECT_EQ(bytes, before);
  }
}

TEST_F(OpenTest, WhatInMemoryIsNotADatabase) {
  const auto error = [](std::span<const std::byte> bytes) { return ErrorOf([&] { Store::OpenBytes(bytes, "embedded"); }); };
  EXPECT_EQ(error({}), "embedded: not a hone database (it is empty)");
  for (const std::size_t size : {1, 19, 20, 100, 5000}) {
    EXPECT_EQ(error(std::vector<std::byte>(size, std::byte{'x'})), "embedded: not a hone database (not an SQLite file)")
        << size;
  }
  Make();
  const std::vector<std::byte> whole = BytesBehindOne(path_);
  for (const std::size_t size : {std::size_t{21}, std::size_t{100}, whole.size() / 2}) {
    EXPECT_NE(error(std::span(whole).subspan(1, size)), "no error") << size;
  }
}

TEST_F(OpenTest, WhatIsNotADatabase) {
  WriteFile(path_, "");
  EXPECT_EQ(ErrorOfOpen(path_, Mode::kReadOnly), path_ + ": not a hone database (the file is empty)");
  WriteFile(path_, std::string(5000, 'x'));
  for (const Mode mode : {Mode::kReadOnly, Mode::kReadWrite, Mode::kCreate}) {
    EXPECT_EQ(ErrorOfOpen(path_, mode), path_ + ": not a hone database (not an SQLite file)");
  }
  EXPECT_EQ(std::filesystem::file_size(path_), 5000u);
}

TEST_F(OpenTest, WhatIsAnotherProgramsDatabase) {
  Sql(path_, "CREATE TABLE t (x)");
  for (const Mode mode : {Mode::kReadOnly, Mode::kReadWrite, Mode::kCreate}) {
    EXPECT_EQ(ErrorOfOpen(path_, mode), path_ + ": an SQLite database, but not hone's");
  }
}

TEST_F(OpenTest, ANewerFormat) {
  Make();
  Sql(path_, "PRAGMA user_version = 4");
  EXPECT_EQ(ErrorOfOpen(path_, Mode::kReadOnly), path_ +
                                                     ": written by a newer hone (format 4, this one reads up to 3); update "
                                                     "hone, or write it with the older one");
  Sql(path_, "PRAGMA user_version = 0");
  EXPECT_EQ(ErrorOfOpen(path_, Mode::kReadOnly), path_ + ": damaged: format 0 has never been");
}

TEST_F(OpenTest, ASchemaThatIsNotOurs) {
  Make();
  Sql(path_,
      "DROP VIEW best; CREATE VIEW best AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i FROM n) SELECT i FROM "
      "n");
  EXPECT_EQ(ErrorOfOpen(path_, Mode::kReadOnly), path_ + ": damaged or not hone's: view best is not hone's");
}

TEST_F(OpenTest, ATriggerIsRefused) {
  Make();
  Sql(path_, "CREATE TRIGGER evil AFTER INSERT ON measurement BEGIN DELETE FROM kernel; END");
  EXPECT_EQ(ErrorOfOpen(path_, Mode::kReadWrite), path_ + ": damaged or not hone's: trigger evil does not belong there");
}

TEST_F(OpenTest, ANALYZEIsFine) {
  Make();
  Sql(path_, "ANALYZE");
  EXPECT_EQ(ErrorOfOpen(path_, Mode::kReadWrite), "no error");
}

TEST_F(OpenTest, AnOrphanIsFoundInUntrustedFiles) {
  Make();
  EXPECT_EQ(ErrorOf([&] { Store::OpenUntrusted(path_); }), "no error");
  Sql(path_, "PRAGMA foreign_keys = OFF; DELETE FROM variant");
  EXPECT_EQ(ErrorOf([&] { Store::OpenUntrusted(path_); }),
            path_ + ": damaged (table measurement refers to a row that is not there)");
}

// As somebody without rights, because root may write everywhere.
class Unprivileged {
 public:
  Unprivileged() : was_root_(geteuid() == 0) {
    if (was_root_ && seteuid(65534) != 0) was_root_ = false;
  }
  ~Unprivileged() {
    if (was_root_ && seteuid(0) != 0) abort();
  }

 private:
  bool was_root_;
};

TEST_F(OpenTest, AReadOnlyFolder) {
  Make();
  chmod(path_.c_str(), 0444);
  chmod(folder_.path().c_str(), 0555);
  {
    Unprivileged nobody;
    const std::string fact = ": cannot be written (the file or its folder is read-only); choose a folder you may write to";
    EXPECT_EQ(ErrorOfOpen(path_, Mode::kReadWrite), path_ + fact);
    EXPECT_EQ(ErrorOfOpen(folder_ / "new.db", Mode::kCreate), (folder_ / "new.db") + fact);
    EXPECT_EQ(Store::Open(path_, Mode::kReadOnly).CountMeasurements(), 1);
  }
  chmod(folder_.path().c_str(), 0755);
}

TEST_F(OpenTest, AFullDisk) {
  if (mount("hone-test", folder_.path().c_str(), "tmpfs", 0, "size=400k") != 0) GTEST_SKIP() << "no right to mount a tmpfs";
  std::int64_t stored = 0;
  const std::string error = ErrorOf([&] {
    Store store = Store::Open(path_, Mode::kCreate);
    store.PutKernel(SampleKernel());
    const std::int64_t run = store.BeginRun({}, SampleDevice());
    Measurement m = SampleMeasurement({{"WG", 64}}, 10);
    m.message = std::string(3000, 'm');
    for (m.unix_ms = 1; m.unix_ms < 1000; ++m.unix_ms, ++stored) store.PutMeasurement(run, SampleDevice(), m);
  });
  EXPECT_EQ(error,
            path_ + ": the disk is full; what was stored before is kept: free some space and run the same command again");
  EXPECT_GT(stored, 0);
  EXPECT_EQ(Store::Open(path_, Mode::kReadOnly).CountMeasurements(), stored);
  umount(folder_.path().c_str());
}

TEST(FileSystem, NamesNetworkFileSystems) {
  EXPECT_EQ(NetworkFileSystemName(0x6969), "NFS");
  EXPECT_EQ(NetworkFileSystemName(static_cast<int>(0xfe534d42)), "SMB");  // as a signed 32-bit f_type gives it
  EXPECT_EQ(NetworkFileSystemName(0xef53), "");                           // ext4
  EXPECT_EQ(FolderOf("a/b.db"), "a");
  EXPECT_EQ(FolderOf("/b.db"), "/");
  EXPECT_EQ(FolderOf("b.db"), ".");
}

}  // namespace
}  // namespace hone
