#include "tuner/read_file.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>

#include "db/error.h"
#include "tests/temporary_folder.h"

namespace hone {
namespace {

namespace fs = std::filesystem;

class ReadFileTest : public testing::Test {
 protected:
  ReadFileTest() {
    for (int i = 0; i < 20000; ++i) text_ += std::to_string(i) + "\n";
    std::ofstream(folder_ / "plain", std::ios::binary) << text_;
  }

  std::string ErrorOf(const fs::path& path) {
    try {
      ReadFile(path);
    } catch (const Error& error) {
      return error.what();
    }
    return "no error";
  }

  TemporaryFolder folder_;
  std::string text_;
};

TEST_F(ReadFileTest, PlainAndGzippedAreTheSame) {
  EXPECT_EQ(ReadFile(folder_ / "plain"), text_);
  ASSERT_EQ(std::system(("gzip -k " + (folder_ / "plain")).c_str()), 0);
  EXPECT_EQ(ReadFile(folder_ / "plain.gz"), text_);
  std::ofstream(folder_ / "empty");
  EXPECT_EQ(ReadFile(folder_ / "empty"), "");
}

TEST_F(ReadFileTest, CutGzipIsDamaged) {
  ASSERT_EQ(std::system(("gzip -k " + (folder_ / "plain")).c_str()), 0);
  const fs::path zipped = folder_ / "plain.gz";
  fs::resize_file(zipped, fs::file_size(zipped) - 100);
  EXPECT_EQ(ErrorOf(zipped), zipped.string() + ": damaged gzip data");
}

TEST_F(ReadFileTest, SaysWhyNot) {
  EXPECT_EQ(ErrorOf(folder_ / "none"), (folder_ / "none") + ": cannot be read: No such file or directory");
  EXPECT_EQ(ErrorOf(folder_.path()), folder_.path() + ": cannot be read: Is a directory");
}

}  // namespace
}  // namespace hone
