// A file of every released format can still be read. tests/data/db/format_<n>.sql is such a file as text (sqlite3 FILE
// .dump); it is written once, when the format is released, and never again.
#include <gtest/gtest.h>
#include <sqlite3.h>

#include <fstream>

#include "db/error.h"
#include "db/schema.h"
#include "db/verify.h"
#include "tests/db/sample.h"

namespace hone {
namespace {

class FormatTest : public testing::TestWithParam<std::int64_t> {};

TEST_P(FormatTest, CanBeReadAndWritten) {
  TemporaryFolder folder;
  const std::string path = folder / "old.db";
  std::ifstream file(std::string(HONE_TEST_DATA) + "/db/format_" + std::to_string(GetParam()) + ".sql");
  const std::string sql{std::istreambuf_iterator<char>(file), {}};
  sqlite3* database = nullptr;
  ASSERT_EQ(sqlite3_open(path.c_str(), &database), SQLITE_OK);
  char* message = nullptr;
  ASSERT_EQ(sqlite3_exec(database, sql.c_str(), nullptr, nullptr, &message), SQLITE_OK) << message;
  sqlite3_close(database);

  Store store = Store::Open(path, Store::Mode::kReadWrite);
  const Values problem{{"T", "float"}, {"n", 1024}}, point{{"PER_LANE", 4}, {"WG", 64}};
  EXPECT_EQ(store.Best("axpy", problem, SampleDevice().Key())->point, point);
  EXPECT_EQ(store.Best("axpy", problem, "")->samples_ns.at(0), 100.25);
  EXPECT_EQ(store.Results("axpy", problem, "").at(1).message, "y[0] is 1, not 2");
  EXPECT_EQ(store.LoadBinary("axpy", "strided", point, {{"T", "float"}})->modules.at(0)->words.size(), 203u);
  EXPECT_EQ(store.Runs().at(0).seed, 7u);
  store.PutMeasurement(store.Runs().at(0).id, SampleDevice(), SampleMeasurement(point, 50));
  EXPECT_EQ(store.CountMeasurements(), 3);
  EXPECT_TRUE(Verify(path).problems.empty());
}

INSTANTIATE_TEST_SUITE_P(Released, FormatTest, testing::Range<std::int64_t>(1, kFormat + 1));

}  // namespace
}  // namespace hone
