#include "tests/tools/tuned.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <stdexcept>

namespace hone::testing {

const std::string& TunedDatabase() {
  static const TemporaryFolder folder;
  static const std::string path = [] {
    const std::string database = folder / "tuned.db";
    const ProcessResult tuned = RunHone({"tune", kAxpy, "--db", database, "--problem", "n=4096,T=float", "--problem",
                                         "n=65536,T=float", "--strategy", "random", "--evals", "6", "--playoff", "2"});
    if (tuned.status != 0) throw std::runtime_error("hone tune: " + tuned.errors);
    return database;
  }();
  return path;
}

std::string CopyOfTuned(const TemporaryFolder& folder, const std::string& name) {
  std::filesystem::copy_file(TunedDatabase(), folder / name);
  return folder / name;
}

nlohmann::json JsonOf(const ProcessResult& result) {
  EXPECT_EQ(result.status, 0) << result.errors;
  return nlohmann::json::parse(result.output, nullptr, false);
}

}  // namespace hone::testing
