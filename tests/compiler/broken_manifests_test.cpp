// tests/data/manifests: each NAME.toml is broken in one way (a few in several), NAME.txt is the whole message.
// HONE_UPDATE_GOLDEN=1 writes the messages instead.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>

#include "compiler/sources.h"
#include "compiler/template.h"
#include "tests/compiler/temporary_kernel.h"

namespace hone {
namespace {

namespace fs = std::filesystem;

std::vector<std::string> Cases() {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(std::string(HONE_TEST_DATA) + "/manifests")) {
    if (entry.path().extension() == ".toml") names.push_back(entry.path().stem().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

class BrokenManifest : public ::testing::TestWithParam<std::string> {};

TEST_P(BrokenManifest, SaysWhatIsWrongWhereAndNothingElse) {
  const std::string base = std::string(HONE_TEST_DATA) + "/manifests/" + GetParam();
  TemporaryKernel files;
  files.Write("kernel.toml", ReadTextFile(base + ".toml"));
  files.Write("main.comp", "#version 460\nlayout(local_size_x = WG) in;\nvoid main() {}\n");
  std::string message;
  try {
    LoadKernel(files.folder());
    FAIL() << "nothing wrong was found";
  } catch (const Error& error) {
    message = std::string(error.what()) + "\n";
  }
  const std::string folder = files.folder() + "/";
  for (std::size_t at; (at = message.find(folder)) != std::string::npos;) message.erase(at, folder.size());
  if (std::getenv("HONE_UPDATE_GOLDEN")) std::ofstream(base + ".txt") << message;
  EXPECT_EQ(message, ReadTextFile(base + ".txt"));
}

INSTANTIATE_TEST_SUITE_P(All, BrokenManifest, ::testing::ValuesIn(Cases()), [](const auto& test) { return test.param; });

TEST(BrokenManifests, AreMany) { EXPECT_GE(Cases().size(), 60u); }

}  // namespace
}  // namespace hone
