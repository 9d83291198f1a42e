#include "tuner/read_file.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>

#include "db/error.h"

namespace hone {
namespace {

namespace fs = std::filesystem;

class ReadFileTest : public testing::Test {
 protected:
  ReadFileTest() : folder_(fs::temp_directory_path() / ("hone-read-file-" + std::to_string(getpid()))) {
    fs::create_directories(folder_);
    for (int i = 0; i < 20000; ++i) text_ += std::to_string(i) + "\n";
    std::ofstream(folder_ / "plain", std::ios::binary) << text_;
  }
  ~ReadFileTest() override { fs::remove_all(folder_); }

  std::string ErrorOf(const fs::path& path) {
    try {
      ReadFile(path);
    } catch (const Error& error) {
      return error.what();
    }
    return "no error";
  }

  fs::path folder_;
  std::string text_;
};

TEST_F(ReadFileTest, PlainAndGzippedAreTheSame) {
  EXPECT_EQ(ReadFile(folder_ / "plain"), text_);
  ASSERT_EQ(std::system(("gzip -k " + (folder_ / "plain").string()).c_str()), 0);
  EXPECT_EQ(ReadFile(folder_ / "plain.gz"), text_);
  std::ofstream(folder_ / "empty");
  EXPECT_EQ(ReadFile(folder_ / "empty"), "");
}

TEST_F(ReadFileTest, CutGzipIsDamaged) {
  ASSERT_EQ(std::system(("gzip -k " + (folder_ / "plain").string()).c_str()), 0);
  const fs::path zipped = folder_ / "plain.gz";
  fs::resize_file(zipped, fs::file_size(zipped) - 100);
  EXPECT_EQ(ErrorOf(zipped), zipped.string() + ": damaged gzip data");
}

TEST_F(ReadFileTest, SaysWhyNot) {
  EXPECT_EQ(ErrorOf(folder_ / "none"), (folder_ / "none").string() + ": cannot be read: No such file or directory");
  EXPECT_EQ(ErrorOf(folder_), folder_.string() + ": cannot be read: Is a directory");
}

}  // namespace
}  // namespace hone
