// A file of every released format can still be read. tests/data/db/format_<n>.sql is such a file as text (sqlite3 FILE
// .dump); it is written once, when the format is released, and never again.
#include <gtest/gtest.h>
#include <sqlite3.h>

#include <fstream>

#include "db/error.h"
#include "db/merge.h"
#include "db/pack.h"
#include "db/schema.h"
#include "db/verify.h"
#include "tests/db/sample.h"

namespace hone {
namespace {

const Values kProblem{{"T", "float"}, {"n", 1024}}, kPoint{{"PER_LANE", 4}, {"WG", 64}};

class FormatTest : public testing::TestWithParam<std::int64_t> {
 protected:
  void SetUp() override {
    std::ifstream file(std::string(HONE_TEST_DATA) + "/db/format_" + std::to_string(GetParam()) + ".sql");
    ASSERT_TRUE(file.is_open());
    Sql(std::string{std::istreambuf_iterator<char>(file), {}});
  }

  void Sql(const std::string& sql) const {
    sqlite3* database = nullptr;
    ASSERT_EQ(sqlite3_open(path_.c_str(), &database), SQLITE_OK);
    EXPECT_EQ(sqlite3_exec(database, sql.c_str(), nullptr, nullptr, nullptr), SQLITE_OK) << sqlite3_errmsg(database);
    sqlite3_close(database);
  }

  std::string Bytes() const {
    std::ifstream file(path_, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }

  TemporaryFolder folder_;
  std::string path_ = folder_ / "old.db";
};

void ExpectTheResults(const Store& store) {
  EXPECT_EQ(store.Best("axpy", kProblem, SampleDevice().Key())->point, kPoint);
  EXPECT_EQ(store.Best("axpy", kProblem, "")->samples_ns.at(0), 100.25);
  EXPECT_EQ(store.Summary().at(0).best->point, kPoint);
  EXPECT_EQ(store.Results("axpy", kProblem, "").at(1).message, "y[0] is 1, not 2");
  EXPECT_EQ(store.LoadBinary("axpy", "strided", kPoint, {{"T", "float"}})->modules.at(0)->words.size(), 203u);
  EXPECT_EQ(store.Runs().at(0).seed, 7u);
}

TEST_P(FormatTest, CanBeReadAndWritten) {
  Store store = Store::Open(path_, Store::Mode::kReadWrite);
  ExpectTheResults(store);
  store.PutMeasurement(store.Runs().at(0).id, SampleDevice(), SampleMeasurement(kPoint, 50));
  EXPECT_EQ(store.CountMeasurements(), 3);
  EXPECT_TRUE(Verify(path_).problems.empty());
}

TEST_P(FormatTest, ReadingAloneChangesNothing) {
  Sql("PRAGMA journal_mode = WAL");  // as a tuner leaves it
  const std::string before = Bytes();
  ExpectTheResults(Store::Open(path_, Store::Mode::kReadOnly));
  EXPECT_TRUE(Verify(path_).problems.empty());
  EXPECT_EQ(Bytes(), before);
}

TEST_P(FormatTest, MergesAndPacks) {
  EXPECT_EQ(Merge(folder_ / "new.db", {path_, path_}).measurements, 2);
  ExpectTheResults(Store::Open(folder_ / "new.db", Store::Mode::kReadOnly));
  Pack(path_, folder_ / "packed.db");
  EXPECT_EQ(Store::Open(folder_ / "packed.db", Store::Mode::kReadOnly).Best("axpy", kProblem, "")->point, kPoint);
}

TEST_P(FormatTest, AStrangersSchemaIsRefusedAndNotMigrated) {
  for (const char* evil : {"CREATE TRIGGER evil AFTER INSERT ON run BEGIN DELETE FROM kernel; END",
                           "DROP TRIGGER evil; CREATE TABLE \"view x\"\"; --\" (a)"}) {
    Sql(evil);
    const std::string before = Bytes();
    for (const Store::Mode mode : {Store::Mode::kReadOnly, Store::Mode::kReadWrite}) {
      const std::string error = ErrorOf([&] { Store::Open(path_, mode); });
      EXPECT_NE(error.find("does not belong there"), std::string::npos) << error;
    }
    EXPECT_EQ(Bytes(), before);
  }
}

INSTANTIATE_TEST_SUITE_P(Released, FormatTest, testing::Range<std::int64_t>(1, kFormat + 1));

}  // namespace
}  // namespace hone
