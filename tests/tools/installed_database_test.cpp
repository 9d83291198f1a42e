// The database that the package installs, made from the texts in a kernel folder's tuned/.
#include <gtest/gtest.h>

#include <filesystem>

#include "tests/tools/tuned.h"

namespace hone::testing {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

class DatabaseInstalled : public ::testing::Test {
 protected:
  void SetUp() override {
    fs::create_directory(kernels_);
    fs::copy(HONE_SOURCE_DIR "/kernels/common", kernels_ + "/common", fs::copy_options::recursive);
    fs::copy(kAxpy, kernels_ + "/axpy", fs::copy_options::recursive);
    fs::create_directory(kernels_ + "/tuned");
  }
  void Make() {
    const ProcessResult made =
        RunProgram({"cmake", std::string("-DHONE=") + HONE_PROGRAM, "-DKERNELS=" + kernels_, "-DOUT=" + database_, "-P",
                    HONE_SOURCE_DIR "/tools/cmake/make_tuned_database.cmake"});
    ASSERT_EQ(made.status, 0) << made.output << made.errors;
    EXPECT_FALSE(fs::exists(database_ + ".work"));
  }
  std::string Explained() { return RunHone({"explain", database_, "axpy", "--problem", "n=4096"}).output; }

  TemporaryFolder folder_;
  std::string kernels_ = folder_ / "kernels", database_ = folder_ / "tuned.db";
};

TEST_F(DatabaseInstalled, HoldsWhatTheTextsSayAndItsCode) {
  ASSERT_EQ(RunHone({"export", TunedDatabase(), "--best", "-o", kernels_ + "/tuned/here.txt"}).status, 0);
  Make();
  const Json verified = JsonOf(RunHone({"verify", database_, "--json"}));
  EXPECT_TRUE(verified["packed"]);
  const Json expected = JsonOf(RunHone({"summary", TunedDatabase(), "--json"}));
  const Json installed = JsonOf(RunHone({"summary", database_, "--json"}));
  ASSERT_EQ(installed.size(), expected.size());
  for (std::size_t i = 0; i < expected.size(); ++i) {
    for (const char* same : {"kernel", "problem", "device", "best_variant", "best_ns"}) {
      EXPECT_EQ(installed[i][same], expected[i][same]);
    }
  }
  EXPECT_NE(Explained().find("exact"), std::string::npos) << Explained();
}

TEST_F(DatabaseInstalled, HoldsTheDefaultsWhereNothingIsTuned) {
  Make();
  EXPECT_NE(Explained().find("default"), std::string::npos) << Explained();
}

TEST_F(DatabaseInstalled, HoldsTheDefaultsWhereTheSourcesHaveChanged) {
  ASSERT_EQ(RunHone({"export", TunedDatabase(), "--best", "-o", kernels_ + "/tuned/here.txt"}).status, 0);
  WriteFile(kernels_ + "/axpy/vector.comp", ReadFile(kernels_ + "/axpy/vector.comp") + "// changed\n");
  Make();
  EXPECT_NE(Explained().find("default"), std::string::npos) << Explained();
}

}  // namespace
}  // namespace hone::testing
