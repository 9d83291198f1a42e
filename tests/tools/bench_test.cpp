// hone bench: now, as stored, and beside the results of other libraries.
#include <gtest/gtest.h>

#include <filesystem>
#include <regex>

#include "tests/tools/tuned.h"

namespace hone::testing {
namespace {

using Json = nlohmann::json;

// Two jobs that axpy does (the first slower than ours by far, the second faster) and one that nobody does.
const char kPeers[] = R"({"device": "Some GPU", "torch": "2.5.1"})"
                      "\n"
                      R"({"job": "axpy f32 2^12", "median_us": 1e9, "value": 0.01, "unit": "GB/s"})"
                      "\n"
                      R"({"job": "dance", "median_us": 12.5, "value": 51.5, "unit": "TFLOP/s"})"
                      "\n"
                      R"({"job": "axpy f32 2^16", "median_us": 1e-6, "value": 3000, "unit": "GB/s"})"
                      "\n";
const char kJobs[] =
    "[axpy]\n"
    "\"axpy f32 2^12\" = { n = 4096 }\n"
    "\"axpy f32 2^16\" = { n = 65536, T = \"float\" }\n";

std::vector<std::string> BenchWithPeers(const TemporaryFolder& folder, std::vector<std::string> more,
                                        const std::string& jobs = kJobs) {
  WriteFile(folder / "peers.jsonl", kPeers);
  WriteFile(folder / "jobs.toml", jobs);
  std::vector<std::string> command{"bench", TunedDatabase(), "--peers", folder / "peers.jsonl", "--jobs", folder / "jobs.toml"};
  command.insert(command.end(), more.begin(), more.end());
  return command;
}

TEST(DatabaseBench, TimesBestDefaultAndMedianNow) {
  const Json rows = JsonOf(RunHone({"bench", TunedDatabase(), "--rounds", "7", "--json"}));
  ASSERT_EQ(rows.size(), 2u);
  for (const Json& row : rows) {
    EXPECT_EQ(row["rounds"], 7);
    EXPECT_GT(row["best_ns"], 0);
    EXPECT_LE(row["over_default"]["low"], row["over_default"]["median"]);
    EXPECT_GE(row["over_default"]["high"], row["over_default"]["median"]);
    EXPECT_EQ(row["message"], "");
  }
}

TEST(DatabaseBench, StoredIsWhatSummarySays) {
  const Json rows = JsonOf(RunHone({"bench", TunedDatabase(), "--stored", "--json"}));
  const Json summary = JsonOf(RunHone({"summary", TunedDatabase(), "--json"}));
  ASSERT_EQ(rows.size(), summary.size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    EXPECT_EQ(rows[i]["best_ns"], summary[i]["best_ns"]);
    EXPECT_EQ(rows[i]["over_median"]["median"], summary[i]["over_median"]);
    EXPECT_EQ(rows[i]["over_default"]["median"], summary[i]["over_default"]);
  }
}

TEST(DatabaseBench, JoinsPeersAndKeepsEveryRow) {
  TemporaryFolder folder;
  const Json joined = JsonOf(RunHone(BenchWithPeers(folder, {"--stored", "--json"})));
  EXPECT_EQ(joined["peers"]["torch"], "2.5.1");
  EXPECT_EQ(joined["jobs"], 3);
  EXPECT_EQ(joined["with_partner"], 2);
  EXPECT_EQ(joined["at_least_as_fast"], 1);
  const Json& rows = joined["rows"];
  ASSERT_EQ(rows.size(), 3u);
  EXPECT_EQ(rows[0]["problem"], "T=float n=4096");
  EXPECT_DOUBLE_EQ(rows[0]["over_peer"], 1e12 / rows[0]["best_ns"].get<double>());
  EXPECT_DOUBLE_EQ(rows[0]["rate_per_s"], 0.01e9 * rows[0]["over_peer"].get<double>());
  EXPECT_EQ(rows[1]["job"], "dance");
  EXPECT_EQ(rows[1]["peer_rate_per_s"], 51.5e12);
  EXPECT_TRUE(rows[1]["kernel"].is_null());
  EXPECT_EQ(rows[2]["problem"], "T=float n=65536");
  EXPECT_LT(rows[2]["over_peer"], 1);
}

TEST(DatabaseBench, ProblemsWithoutAPeerComeLast) {
  TemporaryFolder folder;
  const Json rows = JsonOf(RunHone(BenchWithPeers(folder, {"--stored", "--json"}, "")))["rows"];
  ASSERT_EQ(rows.size(), 5u);
  for (int peer : {0, 1, 2}) EXPECT_TRUE(rows[peer]["kernel"].is_null());
  for (int ours : {3, 4}) EXPECT_TRUE(rows[ours]["job"].is_null() && rows[ours]["best_ns"] > 0);
}

TEST(DatabaseBench, MarkdownIsATableAndSaysHowItWasMade) {
  TemporaryFolder folder;
  const ProcessResult result = RunHone(BenchWithPeers(folder, {"--rounds", "3", "--markdown"}));
  ASSERT_EQ(result.status, 0) << result.errors;
  const auto has = [&](const std::string& text) { return result.output.find(text) != std::string::npos; };
  EXPECT_TRUE(result.output.starts_with("| job | kernel | problem | hone | rate | peer | peer's rate | over peer |"))
      << result.output;
  EXPECT_TRUE(has("\n| --- | --- | --- | ---: |")) << result.output;
  EXPECT_TRUE(has("\n| dance |  |  |  |  | 12.5 µs | 51.5 TFLOP/s |  |")) << result.output;
  EXPECT_TRUE(has("\n- peers: torch 2.5.1 on Some GPU\n")) << result.output;
  EXPECT_TRUE(has("\n- 3 jobs of peers, 2 with a partner here, 1 of those at least as fast\n")) << result.output;
  EXPECT_TRUE(has("compares two devices")) << result.output;
  EXPECT_TRUE(has("\n- `hone bench " + TunedDatabase())) << result.output;
}

TEST(DatabaseBench, WrongFilesAreNamedByLine) {
  TemporaryFolder folder;
  const auto errors = [&](const std::string& peers, const std::string& jobs) {
    WriteFile(folder / "p", peers);
    WriteFile(folder / "j", jobs);
    const ProcessResult wrong =
        RunHone({"bench", TunedDatabase(), "--stored", "--peers", folder / "p", "--jobs", folder / "j"});
    EXPECT_EQ(wrong.status, 1);
    EXPECT_EQ(wrong.output, "");
    return wrong.errors;
  };
  const std::string line = R"({"job": "x", "median_us": 1, "value": 1, "unit": "GB/s"})";
  EXPECT_EQ(errors(line + "\nTraceback\n", kJobs),
            "hone: " + (folder / "p") + ":2: error: not a line of {\"job\", \"median_us\", \"value\", \"unit\"}\n");
  EXPECT_EQ(errors(line + "\n" + line, kJobs),
            "hone: " + (folder / "p") + ":2: error: the job 'x' stands twice: one run a file\n");
  EXPECT_EQ(errors(R"({"job": "x", "median_us": 1, "value": 1, "unit": "mile"})", kJobs),
            "hone: " + (folder / "p") + ":1: error: unknown unit 'mile'\n");
  EXPECT_EQ(errors("", kJobs), "hone: " + (folder / "p") + ": holds no results of peers (a JSON object a line)\n");
  EXPECT_TRUE(errors(line, "[axpy]\nx = 3\n")
                  .starts_with("hone: " + (folder / "j") + ":2:5: error: the problem of 'x' must be a table"));
  EXPECT_TRUE(errors(line, "[axpy]\nx = { rows = 3 }\n").starts_with("hone: job 'x' of kernel 'axpy': "));
}

TEST(DatabaseBench, StopsBeforeTimingWhatCannotBePrinted) {
  EXPECT_EQ(RunHone({"bench", TunedDatabase(), "--json", "--markdown"}).status, 2);
  EXPECT_EQ(RunHone({"bench", TunedDatabase(), "--rounds", "0"}).status, 2);
  EXPECT_EQ(RunHone({"bench", TunedDatabase(), "--jobs", "jobs.toml"}).status, 2);
  const ProcessResult missing = RunHone({"bench", TunedDatabase(), "--peers", "/nowhere/peers.jsonl"});
  EXPECT_EQ(missing.status, 1);
  EXPECT_EQ(missing.errors, "hone: /nowhere/peers.jsonl: cannot be read: No such file or directory\n");
}

// kernels/peers.toml: every job's kernel is there and is tuned at that problem, or the join would find nothing.
TEST(PeerJobs, AreTunedProblems) {
  const std::string jobs = ReadFile(HONE_SOURCE_DIR "/kernels/peers.toml");
  const std::regex line(R"re((?:\[(\w+)\]|"[^"]+" = (\{.*\}))\n)re");
  std::string tuned;
  int count = 0;
  for (std::sregex_iterator match(jobs.begin(), jobs.end(), line), end; match != end; ++match) {
    if ((*match)[1].matched) {
      const std::string manifest = ReadFile(HONE_SOURCE_DIR "/kernels/" + (*match)[1].str() + "/kernel.toml");
      const std::size_t start = manifest.find("\n[tune]");
      ASSERT_NE(start, std::string::npos) << (*match)[1];
      tuned = manifest.substr(start, manifest.find("\n[", start + 1) - start);
      continue;
    }
    ++count;
    EXPECT_NE(tuned.find((*match)[2].str()), std::string::npos) << (*match)[0] << tuned;
  }
  EXPECT_GT(count, 20);
}

}  // namespace
}  // namespace hone::testing
