// Several processes at one database.
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "tests/tools/tuned.h"

namespace hone::testing {
namespace {

using Json = nlohmann::json;

// Runs `hone` with these arguments again and again until `done`, at least once; the first failure's message, or "".
std::string InALoop(const std::vector<std::string>& arguments, const std::atomic<bool>& done) {
  std::string failure;
  do {
    const ProcessResult result = RunHone(arguments);
    if (result.status != 0) failure = arguments[0] + ": status " + std::to_string(result.status) + ": " + result.errors;
  } while (!done && failure.empty());
  return failure;
}

TEST(DatabaseConcurrency, TwoTuneAThirdShowsAFourthPacks) {
  TemporaryFolder folder;
  const std::string database = CopyOfTuned(folder);
  const std::string problems[] = {"T=float n=1024", "T=float n=2048"};
  ProcessResult tuned[2];
  std::string show_failure, pack_failure;
  std::atomic<bool> done = false;
  {
    std::thread show([&] { show_failure = InALoop({"show", database, "axpy"}, done); });
    std::thread pack([&] { pack_failure = InALoop({"pack", database, "-o", folder / "app.db"}, done); });
    const auto tune = [&](int i) {
      tuned[i] = RunHone({"tune", kAxpy, "--db", database, "--problem", problems[i], "--strategy", "random", "--evals", "12",
                          "--playoff", "2", "--json"});
    };
    std::thread other(tune, 1);
    tune(0);
    other.join();
    done = true;
    show.join();
    pack.join();
  }
  EXPECT_EQ(show_failure, "");
  EXPECT_EQ(pack_failure, "");
  for (int i : {0, 1}) {
    const Json row = JsonOf(tuned[i])["results"][0];
    const Json shown = JsonOf(RunHone({"show", database, "axpy", "--problem", problems[i], "--json"}));
    EXPECT_GE(row["measured"], 12);
    EXPECT_EQ(shown.size(), row["measured"]) << problems[i];
  }
  EXPECT_EQ(JsonOf(RunHone({"summary", database, "--json"})).size(), 4u) << "the two problems of before are there";
  EXPECT_EQ(RunHone({"verify", database}).status, 0);
  EXPECT_EQ(RunHone({"verify", folder / "app.db"}).status, 0) << "the last pack is whole";
}

}  // namespace
}  // namespace hone::testing
