// The subcommands that read and carry databases, on one that the real tuner made.
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <set>

#include "tests/tools/tuned.h"

namespace hone::testing {
namespace {

using Json = nlohmann::json;

TEST(DatabaseCommands, SummaryHasARowAProblem) {
  const Json rows = JsonOf(RunHone({"summary", TunedDatabase(), "--json"}));
  ASSERT_EQ(rows.size(), 2u);
  EXPECT_EQ(rows[0]["problem"], "T=float n=4096");
  EXPECT_EQ(rows[1]["problem"], "T=float n=65536");
  for (const Json& row : rows) {
    EXPECT_GT(row["best_ns"], 0);
    EXPECT_GT(row["rate_per_s"], 0);
    EXPECT_GT(row["over_median"], 0);
    EXPECT_GE(row["variants"], 4);
  }
  const ProcessResult text = RunHone({"summary", TunedDatabase()});
  EXPECT_TRUE(text.output.starts_with("kernel  problem")) << text.output;
  EXPECT_NE(text.output.find(rows[0]["best_variant"].get<std::string>()), std::string::npos) << text.output;
}

TEST(DatabaseCommands, ShowGoesAsDeepAsAsked) {
  const std::string& database = TunedDatabase();
  EXPECT_EQ(JsonOf(RunHone({"show", database, "--json"}))[0]["problems"], 2);
  const Json problems = JsonOf(RunHone({"show", database, "axpy", "--json"}));
  ASSERT_EQ(problems.size(), 2u);
  const Json variants = JsonOf(RunHone({"show", database, "axpy", "--problem", "n=4096", "--json"}));
  ASSERT_EQ(variants.size(), problems[0]["variants"]);
  const std::string variant = variants[0]["variant"];
  const Json measurements = JsonOf(RunHone({"show", database, "axpy", "--problem", "n=4096", "--variant", variant, "--json"}));
  ASSERT_GE(measurements.size(), 1u);
  EXPECT_EQ(measurements.back()["median_ns"], variants[0]["median_ns"]);
  EXPECT_GE(measurements[0]["samples_ns"].size(), 1u);
}

// A file that is written anew takes the place of a file, and of nothing else.
TEST(DatabaseCommands, OutputsLeaveLinksPermissionsAndPipesAsTheyAre) {
  namespace fs = std::filesystem;
  TemporaryFolder folder;
  const std::string &database = TunedDatabase(), file = folder / "file", link = folder / "link", out = folder / "out";
  WriteFile(file, "old");
  fs::permissions(file, fs::perms::owner_read | fs::perms::owner_write);
  fs::create_symlink("file", link);
  fs::create_symlink("/proc/self/fd/1", out);
  EXPECT_EQ(RunHone({"export", database, "-o", link}).status, 0);
  EXPECT_TRUE(fs::is_symlink(link));
  EXPECT_TRUE(ReadFile(file).starts_with("hone-facts 1\n"));
  EXPECT_EQ(fs::status(file).permissions(), fs::perms::owner_read | fs::perms::owner_write);
  EXPECT_EQ(RunHone({"export", database, "-o", out}).output, ReadFile(file));
  EXPECT_TRUE(fs::is_symlink(out));

  const std::string pipe = folder / "pipe", kernel = HONE_TEST_DATA "/kernels/steps";
  ASSERT_EQ(mkfifo(pipe.c_str(), 0600), 0);
  for (const std::vector<std::string>& call : std::vector<std::vector<std::string>>{{"pack", database, "-o", pipe},
                                                                                    {"merge", pipe, database},
                                                                                    {"compile", kernel, "-o", pipe},
                                                                                    {"tune", kernel, "--db", pipe}}) {
    const ProcessResult refused = RunHone(call, {.timeout_s = 100});
    EXPECT_EQ(refused.status, 1) << call[0];
    EXPECT_EQ(refused.errors, "hone: " + pipe + ": not a regular file\n") << call[0];
    EXPECT_TRUE(fs::is_fifo(pipe)) << call[0];
  }
  EXPECT_EQ(RunHone({"pack", database, "-o", folder / "app.db"}).status, 0);
  fs::create_symlink("app.db", folder / "current.db");
  EXPECT_EQ(RunHone({"pack", database, "-o", folder / "current.db"}).status, 0);
  EXPECT_TRUE(fs::is_symlink(folder / "current.db"));
}

// A compile error is several lines, and a database from elsewhere says what it likes.
TEST(DatabaseCommands, ShowKeepsAMessageInItsRow) {
  TemporaryFolder folder;
  std::string facts = RunHone({"export", TunedDatabase()}).output;
  const std::string result = "\nresult {";
  for (std::size_t at = 0; (at = facts.find(result, at)) != std::string::npos; at += result.size()) {
    facts.insert(at + result.size(), "\"message\":\"two\\nlines \\u001b[2J\",");
  }
  WriteFile(folder / "a.txt", facts);
  ASSERT_EQ(RunHone({"import", folder / "a.txt", "--db", folder / "a.db"}).status, 0);
  const ProcessResult shown = RunHone({"show", folder / "a.db", "axpy", "--problem", "n=4096", "--limit", "0"});
  EXPECT_NE(shown.output.find("two lines  [2J\n"), std::string::npos) << shown.output;
}

TEST(DatabaseCommands, ShowFiltersSortsAndLimits) {
  const std::string& database = TunedDatabase();
  const auto show = [&](std::vector<std::string> more) {
    more.insert(more.begin(), {"show", database, "axpy", "--problem", "n=4096", "--json"});
    return JsonOf(RunHone(more));
  };
  const Json all = show({});
  double last = 0;
  for (const Json& row : all) {
    if (row["median_ns"].is_null()) break;
    EXPECT_GE(row["median_ns"], last);
    last = row["median_ns"];
  }
  EXPECT_EQ(show({"--limit", "2"}).size(), 2u);
  EXPECT_EQ(show({"--where", "WG < 0"}).size(), 0u);
  EXPECT_EQ(show({"--where", "WG > 0"}).size(), all.size());
  const ProcessResult wrong = RunHone({"show", database, "axpy", "--where", "WGG > 0"});
  EXPECT_EQ(wrong.status, 1);
  EXPECT_TRUE(wrong.errors.starts_with("hone: --where:1: ")) << wrong.errors;
}

TEST(DatabaseCommands, AnUnknownKernelGetsASuggestion) {
  const ProcessResult wrong = RunHone({"show", TunedDatabase(), "axpi"});
  EXPECT_EQ(wrong.status, 1);
  EXPECT_EQ(wrong.errors, "hone: " + TunedDatabase() + ": no kernel 'axpi' (did you mean 'axpy'?)\n");
}

TEST(DatabaseCommands, AnUnknownProblemNamesTheMeasuredOnes) {
  const std::string& database = TunedDatabase();
  const std::string there = " for --problem n=5 (there are 'T=float n=4096', 'T=float n=65536')\n";
  for (const char* command : {"show", "export"}) {
    std::vector<std::string> arguments{command, database, "axpy"};
    if (std::string(command) == "export") arguments = {command, database, "--kernel", "axpy"};
    arguments.insert(arguments.end(), {"--problem", "n=5"});
    const ProcessResult wrong = RunHone(arguments);
    EXPECT_EQ(wrong.status, 1);
    EXPECT_EQ(wrong.errors, "hone: " + database + ": no results of axpy" + there);
  }
  EXPECT_EQ(RunHone({"summary", database, "--problem", "n=5"}).errors, "hone: " + database + ": no results" + there);
}

TEST(DatabaseCommands, ExportTakesAProblemAsShowDoes) {
  const std::string& database = TunedDatabase();
  const Json whole = JsonOf(RunHone({"export", database, "--format", "json"}));
  const Json one = JsonOf(RunHone({"export", database, "--format", "json", "--problem", "n=4096"}));
  EXPECT_LT(one["results"].size(), whole["results"].size());
  for (const Json& result : one["results"]) EXPECT_EQ(result["problem"], "T=float n=4096");
  const ProcessResult both = RunHone({"export", database, "--problem", "T=float"});
  EXPECT_EQ(both.status, 1);
  EXPECT_NE(both.errors.find("means 'T=float n=4096' and 'T=float n=65536'"), std::string::npos) << both.errors;
  EXPECT_EQ(RunHone({"export", database, "--kernel", "axpi"}).status, 1);
}

TEST(DatabaseCommands, ARunRemembersWhichHone) {
  const Json whole = JsonOf(RunHone({"export", TunedDatabase(), "--format", "json"}));
  for (const Json& run : whole["runs"]) EXPECT_EQ(run["version"], HONE_VERSION);
}

TEST(DatabaseCommands, AnUnknownPatternIsSaidBeforeAnythingIsMade) {
  TemporaryFolder folder;
  const ProcessResult wrong = RunHone({"tune", kAxpy, "--db", folder / "a.db", "--pattern", "strded"});
  EXPECT_EQ(wrong.status, 1);
  EXPECT_EQ(wrong.errors, "hone: kernel 'axpy' has no pattern 'strded' (did you mean 'strided'?)\n");
  EXPECT_FALSE(std::filesystem::exists(folder / "a.db"));
}

TEST(DatabaseCommands, TuneContinuesAndCountsOnce) {
  TemporaryFolder folder;
  const std::string database = CopyOfTuned(folder);
  const auto count = [&] { return JsonOf(RunHone({"show", database, "axpy", "--problem", "n=4096", "--json"})).size(); };
  const std::size_t before = count();
  const ProcessResult again = RunHone({"tune", kAxpy, "--db", database, "--problem", "n=4096,T=float", "--strategy", "random",
                                       "--evals", "8", "--playoff", "0", "--json"});
  const Json report = JsonOf(again);
  EXPECT_GE(report["results"][0]["reused"], 4);
  EXPECT_LE(report["results"][0]["measured"], 3);
  EXPECT_LE(count(), before + 3);
}

TEST(DatabaseCommands, TheProfileOfATuneIsJsonToo) {
  TemporaryFolder folder;
  const std::vector<std::string> tune{"tune",           kAxpy,     "--db", CopyOfTuned(folder), "--problem",
                                      "n=4096,T=float", "--evals", "0"};
  auto profiled = tune;
  profiled.insert(profiled.end(), {"--json", "--profile"});
  const Json profile = JsonOf(RunHone(profiled))["profile"];
  EXPECT_GT(profile["playoff_ms"], 0);
  EXPECT_EQ(profile["timing_ms"], 0);
  double sum = 0;
  for (const auto& [key, value] : profile.items())
    if (key.ends_with("_ms") && key != "total_ms" && key != "compiled_meanwhile_ms") sum += value.get<double>();
  EXPECT_NEAR(sum, profile["total_ms"].get<double>(), 1e-6 * sum);
  EXPECT_LE(profile["useful_share"], 1);

  const ProcessResult text = RunHone(tune);
  EXPECT_NE(text.output.find("timed in turns"), std::string::npos) << text.output;
  EXPECT_NE(text.output.find("chosen"), std::string::npos) << text.output;
}

TEST(DatabaseCommands, DiffWithItselfFindsNothing) {
  const std::string& database = TunedDatabase();
  const Json rows = JsonOf(RunHone({"diff", database, database, "--json"}));
  ASSERT_EQ(rows.size(), 2u);
  for (const Json& row : rows) EXPECT_EQ(row["change"], "same");
  EXPECT_EQ(RunHone({"diff", database, database}).output, "2 the same, within noise\n");
}

TEST(DatabaseCommands, MergeTwiceIsMergeOnce) {
  TemporaryFolder folder;
  const Json once = JsonOf(RunHone({"merge", folder / "all.db", TunedDatabase(), "--json"}));
  EXPECT_EQ(once["added"], once["measurements"]);
  const Json twice = JsonOf(RunHone({"merge", folder / "all.db", TunedDatabase(), TunedDatabase(), "--json"}));
  EXPECT_EQ(twice["added"], 0);
  EXPECT_EQ(twice["measurements"], once["measurements"]);
}

TEST(DatabaseCommands, PackVerifyExplain) {
  TemporaryFolder folder;
  const Json packed = JsonOf(RunHone({"pack", TunedDatabase(), "-o", folder / "app.db", "--json"}));
  EXPECT_EQ(packed["winners"], 2);
  EXPECT_EQ(packed["missing"], Json::array());
  const Json verified = JsonOf(RunHone({"verify", folder / "app.db", "--json"}));
  EXPECT_EQ(verified["problems"], Json::array());
  EXPECT_TRUE(verified["packed"]);
  const Json best = JsonOf(RunHone({"summary", TunedDatabase(), "--problem", "n=4096", "--json"}));
  const Json explained = JsonOf(RunHone({"explain", folder / "app.db", "axpy", "--problem", "n=4096", "--json"}));
  const std::string variant = best[0]["best_variant"], answer = explained[0]["explanation"];
  EXPECT_NE(answer.find(variant.substr(0, variant.find(' '))), std::string::npos) << answer;
  EXPECT_NE(answer.find("exact"), std::string::npos) << answer;
}

// Without SPIR-V a program gets nothing: the ladder says why, in JSON too, and the status that it is an error.
TEST(DatabaseCommands, ExplainSaysWhyThereIsNothing) {
  TemporaryFolder folder;
  ASSERT_EQ(RunHone({"export", TunedDatabase(), "-o", folder / "facts.txt"}).status, 0);
  ASSERT_EQ(RunHone({"import", folder / "facts.txt", "--db", folder / "facts.db"}).status, 0);
  const ProcessResult nothing = RunHone({"explain", folder / "facts.db", "axpy", "--problem", "n=4096", "--json"});
  EXPECT_EQ(nothing.status, 1);
  EXPECT_TRUE(nothing.errors.starts_with("hone: " + (folder / "facts.db") + ": kernel axpy has no variant")) << nothing.errors;
  const Json explained = Json::parse(nothing.output, nullptr, false);
  ASSERT_EQ(explained.size(), 1u) << nothing.output;
  ASSERT_GE(explained[0]["ladder"].size(), 1u);
  for (const Json& step : explained[0]["ladder"]) EXPECT_NE(step["why_not"], "");
}

TEST(DatabaseCommands, PackWithinAndWithBinaries) {
  TemporaryFolder folder;
  const std::string tuned = CopyOfTuned(folder);
  const auto pack = [&](const std::vector<std::string>& more) {
    std::vector<std::string> arguments{"pack", tuned, "-o", folder / "app.db", "--json"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return RunHone(arguments);
  };
  const Json all = JsonOf(pack({})), few = JsonOf(pack({"--within", "900%", "--binaries"}));
  EXPECT_EQ(all["slowest"], 0);
  EXPECT_EQ(few["winners"], all["winners"]) << "every problem still has its variant";
  EXPECT_LE(few["variants"], all["variants"]);
  EXPECT_LE(few["slowest"], 9);
  EXPECT_GT(few["bytes"], 0);
  EXPECT_EQ(RunHone({"verify", folder / "app.db"}).status, 0);
  EXPECT_EQ(pack({"--within", "little"}).status, 2);
}

// The kernel's parameters are specialization constants; what ships has none left.
TEST(DatabaseCommands, PackFreezesSpecializationConstants) {
  TemporaryFolder folder;
  const std::string tuned = folder / "tuned.db", app = folder / "app.db";
  const ProcessResult made = RunHone({"tune", HONE_TEST_DATA "/kernels/both_ways", "--db", tuned, "--pattern", "constants",
                                      "--problem", "n=4096", "--strategy", "random", "--evals", "2", "--playoff", "0"});
  ASSERT_EQ(made.status, 0) << made.errors;
  ASSERT_EQ(RunHone({"pack", tuned, "-o", app, "--binaries"}).status, 0);
  const std::string best = JsonOf(RunHone({"summary", app, "--json"}))[0]["best_variant"];
  const auto spirv = [&](const std::string& database) {
    return RunHone({"show", database, "both_ways", "--variant", best, "--as", "spirv"}).output;
  };
  EXPECT_NE(spirv(tuned).find("OpSpecConstant "), std::string::npos) << spirv(tuned);
  const std::string stats = RunHone({"show", tuned, "both_ways", "--variant", best, "--as", "stats"}).output;
  const std::string group = best.substr(best.find(" WG=") + 4);  // a specialization constant: the point says its value
  EXPECT_NE(stats.find("local size              " + group + " x 1 x 1\n"), std::string::npos) << best << "\n" << stats;
  EXPECT_NE(spirv(app).find("OpEntryPoint GLCompute"), std::string::npos) << spirv(app);
  EXPECT_EQ(spirv(app).find("OpSpecConstant"), std::string::npos) << spirv(app);
  EXPECT_EQ(RunHone({"verify", app}).status, 0);
  EXPECT_EQ(JsonOf(RunHone({"stats", app, "--json"}))["rows"]["pipeline_binary"], 1);
}

TEST(DatabaseCommands, PackNeverReplacesATuningDatabase) {
  TemporaryFolder folder;
  const std::string database = CopyOfTuned(folder);
  const ProcessResult wrong = RunHone({"pack", database, "-o", database});
  EXPECT_EQ(wrong.status, 1);
  EXPECT_TRUE(wrong.errors.starts_with("hone: " + database + ": is there already")) << wrong.errors;
  EXPECT_EQ(ReadFile(database), ReadFile(TunedDatabase()));
}

TEST(DatabaseCommands, SignedPacksAreCheckedByTheirKey) {
  TemporaryFolder folder;
  ASSERT_EQ(RunHone({"pack", "--make-keys", folder / "one"}).status, 0);
  ASSERT_EQ(RunHone({"pack", "--make-keys", folder / "two"}).status, 0);
  ASSERT_EQ(RunHone({"pack", TunedDatabase(), "-o", folder / "app.db", "--sign", folder / "one"}).status, 0);
  EXPECT_EQ(RunHone({"verify", folder / "app.db", "--key", folder / "one.pub"}).status, 0);
  const ProcessResult other = RunHone({"verify", folder / "app.db", "--key", folder / "two.pub"});
  EXPECT_EQ(other.status, 1);
  EXPECT_TRUE(other.errors.starts_with("hone: " + (folder / "app.db") + ": ")) << other.errors;
}

// A limit on the size of files stands for a full disk: the kernel refuses the write.
TEST(DatabaseCommands, WhatCannotBeWrittenLeavesNothingBehind) {
  TemporaryFolder folder, elsewhere;
  const std::string packed = elsewhere / "app.db";
  ASSERT_EQ(RunHone({"pack", TunedDatabase(), "-o", packed}).status, 0);
  const auto limited = [&](const std::string& kibibytes, const std::vector<std::string>& call) {
    std::vector<std::string> command{"bash", "-c", "trap '' XFSZ; ulimit -f " + kibibytes + "; exec \"$@\"", "bash",
                                     HONE_PROGRAM};
    command.insert(command.end(), call.begin(), call.end());
    return RunProgram(command);
  };
  const std::string out = folder / "out";
  EXPECT_EQ(limited("0", {"pack", "--make-keys", out}).errors, "hone: " + out + ".pub: cannot be written: File too large\n");
  EXPECT_EQ(limited("0", {"export", packed, "-o", out}).errors, "hone: " + out + ": cannot be written: File too large\n");
  EXPECT_EQ(limited("8", {"pack", packed, "-o", out}).status, 1);
  EXPECT_EQ(limited("8", {"merge", out, packed}).status, 1);
  EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
  EXPECT_EQ(JsonOf(limited("0", {"summary", CopyOfTuned(elsewhere), "--json"})).size(), 2u);  // it still can be read
  WriteFile(out + ".pub", "somebody's");
  EXPECT_EQ(RunHone({"pack", "--make-keys", out}).status, 1);
  EXPECT_FALSE(std::filesystem::exists(out));
}

TEST(DatabaseCommands, VerifyFindsAFlippedByte) {
  TemporaryFolder folder;
  ASSERT_EQ(RunHone({"pack", TunedDatabase(), "-o", folder / "app.db"}).status, 0);
  std::string bytes = ReadFile(folder / "app.db");
  bytes[bytes.size() / 2] ^= 1;
  WriteFile(folder / "app.db", bytes);
  const ProcessResult damaged = RunHone({"verify", folder / "app.db"});
  EXPECT_EQ(damaged.status, 1);
  EXPECT_NE(damaged.output.size(), 0u);
}

TEST(DatabaseCommands, PruneAsksWhatMayGo) {
  TemporaryFolder folder;
  const std::string database = CopyOfTuned(folder);
  const ProcessResult nothing = RunHone({"prune", database});
  EXPECT_EQ(nothing.status, 2);
  EXPECT_NE(nothing.errors.find("--superseded"), std::string::npos) << nothing.errors;
  const Json best = JsonOf(RunHone({"summary", database, "--json"}));
  const Json pruned = JsonOf(RunHone({"prune", database, "--superseded", "--json"}));
  EXPECT_GE(pruned["measurements"], 4);  // two finalists of each problem were measured before their play-off
  EXPECT_EQ(JsonOf(RunHone({"summary", database, "--json"})), best) << "the best stay";
}

TEST(DatabaseCommands, StatsCountWhatShowShows) {
  const Json stats = JsonOf(RunHone({"stats", TunedDatabase(), "--json"}));
  EXPECT_EQ(stats["rows"]["kernel"], 1);
  EXPECT_GE(stats["outcomes"]["ok"], 8);
  EXPECT_GT(stats["file_bytes"], 0);
}

TEST(DatabaseCommands, TextExportComesBackTheSame) {
  TemporaryFolder folder;
  ASSERT_EQ(RunHone({"export", TunedDatabase(), "-o", folder / "a.txt"}).status, 0);
  const Json imported = JsonOf(RunHone({"import", folder / "a.txt", "--db", folder / "b.db", "--json"}));
  EXPECT_GE(imported[0]["added"], 8);
  const ProcessResult again = RunHone({"export", folder / "b.db"});
  EXPECT_EQ(again.output, ReadFile(folder / "a.txt"));
  EXPECT_EQ(JsonOf(RunHone({"import", folder / "a.txt", "--db", folder / "b.db", "--json"}))[0]["added"], 0);
}

TEST(DatabaseCommands, AnImportThatIsNoExportChangesNothing) {
  TemporaryFolder folder;
  WriteFile(folder / "wrong.txt", "hello\n");
  const ProcessResult wrong = RunHone({"import", folder / "wrong.txt", "--db", folder / "b.db"});
  EXPECT_EQ(wrong.status, 1);
  EXPECT_TRUE(wrong.errors.starts_with("hone: " + (folder / "wrong.txt"))) << wrong.errors;
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder / ""), {}), 1)
      << "no database is left behind, nor half of one";
  EXPECT_EQ(RunHone({"import", folder / "missing.txt", "--db", folder / "c.db"}).status, 1);
  EXPECT_FALSE(std::filesystem::exists(folder / "c.db"));
}

TEST(DatabaseCommands, EveryReaderRefusesWhatIsNoDatabase) {
  TemporaryFolder folder;
  const std::string file = folder / "notes.txt";
  WriteFile(file, std::string(10000, 'x'));
  const std::vector<std::vector<std::string>> readers = {{"show", file},
                                                         {"summary", file},
                                                         {"stats", file},
                                                         {"diff", file, file},
                                                         {"export", file},
                                                         {"explain", file, "axpy", "--problem", "n=1"},
                                                         {"merge", folder / "o.db", file},
                                                         {"pack", file, "-o", folder / "p.db"},
                                                         {"prune", file, "--failed"}};
  for (const auto& reader : readers) {
    const ProcessResult wrong = RunHone(reader);
    EXPECT_EQ(wrong.status, 1) << reader[0];
    EXPECT_TRUE(wrong.errors.starts_with("hone: " + file + ": ")) << reader[0] << ": " << wrong.errors;
    EXPECT_EQ(wrong.output, "") << reader[0];
  }
  EXPECT_FALSE(std::filesystem::exists(folder / "o.db"));
  EXPECT_FALSE(std::filesystem::exists(folder / "p.db"));
}

}  // namespace
}  // namespace hone::testing
