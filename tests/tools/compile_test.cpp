// hone compile: normal calls, and one clear error for each thing that can be wrong.
#include <gtest/gtest.h>
#include <sys/mount.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <set>
#include <sstream>

#include "tests/tools/tuned.h"

namespace hone::testing {
namespace {

namespace fs = std::filesystem;

// A copy of kernels/axpy, with kernels/common beside it, to be broken.
std::string CopyOfAxpy(const TemporaryFolder& folder) {
  fs::copy(HONE_SOURCE_DIR "/kernels/common", folder / "common", fs::copy_options::recursive);
  fs::copy(kAxpy, folder / "axpy", fs::copy_options::recursive);
  return folder / "axpy";
}

void Replace(const std::string& path, const std::string& from, const std::string& to) {
  std::string text = ReadFile(path);
  const std::size_t place = text.find(from);
  ASSERT_NE(place, std::string::npos) << path << " has no " << from;
  WriteFile(path, text.replace(place, from.size(), to));
}

std::vector<std::string> CompileFew(const std::string& kernel, const std::string& out) {
  return {"compile", kernel, "-o", out, "--variants", "4"};
}

TEST(Compile, StoresVariantsOnceAndRemembers) {
  TemporaryFolder folder;
  auto command = CompileFew(kAxpy, folder / "a.db");
  command.push_back("--json");
  const auto first = JsonOf(RunHone(command));
  ASSERT_EQ(first["kernels"].size(), 1u);
  EXPECT_EQ(first["kernels"][0]["kernel"], "axpy");
  EXPECT_EQ(first["kernels"][0]["failed"], 0);
  EXPECT_GE(first["kernels"][0]["variants"], 4);
  EXPECT_FALSE(first["kernels"][0]["unchanged"]);
  EXPECT_TRUE(JsonOf(RunHone(command))["kernels"][0]["unchanged"]);
  EXPECT_EQ(JsonOf(RunHone({"show", folder / "a.db", "--json"}))[0]["kernel"], "axpy");
}

TEST(Compile, ATouchedSourceIsCompiledAgain) {
  TemporaryFolder folder;
  const std::string kernel = CopyOfAxpy(folder);
  auto command = CompileFew(kernel, folder / "a.db");
  command.push_back("--json");
  EXPECT_FALSE(JsonOf(RunHone(command))["kernels"][0]["unchanged"]);
  Replace(kernel + "/kernel.toml", "summary = \"", "summary = \"another ");
  EXPECT_FALSE(JsonOf(RunHone(command))["kernels"][0]["unchanged"]);
}

TEST(Compile, ShowsABarOnATerminalAndLinesElsewhere) {
  TemporaryFolder folder;
  const ProcessResult terminal =
      RunHone(CompileFew(kAxpy, folder / "a.db"), {.environment = {{"TERM", "xterm"}}, .terminal = true});
  EXPECT_NE(terminal.output.find("axpy [########################] "), std::string::npos) << terminal.output;
  const ProcessResult piped = RunHone(CompileFew(kAxpy, folder / "b.db"));
  EXPECT_EQ(piped.errors.find('\r'), std::string::npos);
  EXPECT_NE(piped.errors.find("axpy "), std::string::npos) << piped.errors;
}

TEST(Compile, WritesADepfile) {
  TemporaryFolder folder;
  auto command = CompileFew(kAxpy, folder / "a.db");
  command.insert(command.end(), {"--depfile", folder / "a.d"});
  ASSERT_EQ(RunHone(command).status, 0);
  const std::string text = ReadFile(folder / "a.d");
  EXPECT_TRUE(text.starts_with((folder / "a.db") + ":")) << text;
  EXPECT_NE(text.find("axpy/kernel.toml"), std::string::npos) << text;
}

// A mistake of syntax in one manifest does not hide what is wrong in another.
TEST(Compile, AllManifestsOfARunAreRead) {
  TemporaryFolder folder;
  for (const char* name : {"syntax", "contents"}) fs::create_directory(folder / name);
  WriteFile(folder / "syntax/kernel.toml", "summary = \n");
  WriteFile(folder / "contents/kernel.toml", "summry = \"x\"\n");
  const std::string syntax = folder / "syntax", contents = folder / "contents", database = folder / "a.db";
  for (const std::vector<std::string>& command :
       std::vector<std::vector<std::string>>{{"compile", syntax, contents, "-o", database, "--json"},
                                             {"tune", syntax, contents, "--db", database, "--json"},
                                             {"check", syntax, contents, "--json"}}) {
    const ProcessResult broken = RunHone(command);
    EXPECT_EQ(broken.status, 1) << command[0];
    const auto said = nlohmann::json::parse(broken.output, nullptr, false);
    ASSERT_TRUE(said.is_object()) << command[0] << broken.output;
    std::set<std::string> files;
    for (const auto& diagnostic : said["diagnostics"]) files.insert(diagnostic["file"]);
    EXPECT_EQ(files, (std::set<std::string>{syntax + "/kernel.toml", contents + "/kernel.toml"})) << broken.output;
    EXPECT_EQ(said["diagnostics"][0]["source_line"], "summry = \"x\"") << broken.output;
    EXPECT_FALSE(fs::exists(database));
  }
}

TEST(Compile, ABrokenManifestNamesThePlace) {
  TemporaryFolder folder;
  const std::string kernel = CopyOfAxpy(folder);
  Replace(kernel + "/kernel.toml", "[problem]", "[problm]");
  const ProcessResult broken = RunHone(CompileFew(kernel, folder / "a.db"));
  EXPECT_EQ(broken.status, 1);
  EXPECT_TRUE(broken.errors.starts_with("hone: " + kernel + "/kernel.toml:")) << broken.errors;
  EXPECT_NE(broken.errors.find("(did you mean 'problem'?)"), std::string::npos) << broken.errors;
  EXPECT_FALSE(fs::exists(folder / "a.db")) << "nothing is written";
}

TEST(Compile, BrokenGlslNamesTheTemplateAndTheLine) {
  TemporaryFolder folder;
  const std::string kernel = CopyOfAxpy(folder);
  Replace(kernel + "/strided.comp", "void main() {", "void main() { int unfinished = ;");
  const ProcessResult broken = RunHone({"compile", kernel, "-o", folder / "a.db", "--pattern", "strided"});
  EXPECT_EQ(broken.status, 1);
  EXPECT_NE(broken.errors.find(kernel + "/strided.comp:"), std::string::npos) << broken.errors;
  EXPECT_NE(broken.errors.find("int unfinished = ;"), std::string::npos) << broken.errors;
  EXPECT_NE(broken.errors.find("variants do not compile"), std::string::npos) << broken.errors;
}

TEST(Compile, NoSuchFolder) {
  TemporaryFolder folder;
  const ProcessResult missing = RunHone(CompileFew(folder / "nothing", folder / "a.db"));
  EXPECT_EQ(missing.status, 1);
  EXPECT_EQ(missing.errors,
            "hone: " + (folder / "nothing") + ": No such file or directory (give a folder with a kernel.toml)\n");
}

TEST(Compile, NoOutputIsWrongUsage) {
  const ProcessResult wrong = RunHone({"compile", kAxpy});
  EXPECT_EQ(wrong.status, 2);
  EXPECT_EQ(wrong.errors, "hone: compile: option '--output' is missing: the database to write\nTry 'hone compile --help'.\n");
}

TEST(Compile, AFileThatIsNoDatabaseIsLeftAlone) {
  TemporaryFolder folder;
  WriteFile(folder / "notes.txt", "not a database\n");
  const ProcessResult wrong = RunHone(CompileFew(kAxpy, folder / "notes.txt"));
  EXPECT_EQ(wrong.status, 1);
  EXPECT_TRUE(wrong.errors.starts_with("hone: " + (folder / "notes.txt") + ": ")) << wrong.errors;
  EXPECT_EQ(ReadFile(folder / "notes.txt"), "not a database\n");
}

TEST(Compile, AFolderThatIsNotThere) {
  TemporaryFolder folder;
  const ProcessResult wrong = RunHone(CompileFew(kAxpy, folder / "no/such/a.db"));
  EXPECT_EQ(wrong.status, 1);
  EXPECT_TRUE(wrong.errors.starts_with("hone: ")) << wrong.errors;
}

TEST(Compile, AReadOnlyFolder) {
  TemporaryFolder folder;
  fs::create_directory(folder / "locked");
  if (mount("tmpfs", (folder / "locked").c_str(), "tmpfs", MS_RDONLY, "size=1m") != 0) {
    GTEST_SKIP() << "this test may not mount a file system";
  }
  const ProcessResult wrong = RunHone(CompileFew(kAxpy, folder / "locked/a.db"));
  umount((folder / "locked").c_str());
  EXPECT_EQ(wrong.status, 1);
  EXPECT_TRUE(wrong.errors.starts_with("hone: " + (folder / "locked/a.db"))) << wrong.errors;
  EXPECT_EQ(std::count(wrong.errors.begin(), wrong.errors.end(), '\n'), 1) << wrong.errors;
}

TEST(Compile, AFullDiskLosesNothing) {
  TemporaryFolder folder;
  const std::string disk = folder / "disk";
  fs::create_directory(disk);
  if (mount("tmpfs", disk.c_str(), "tmpfs", 0, "size=4m") != 0) GTEST_SKIP() << "this test may not mount a file system";
  const ProcessResult few = RunHone({"compile", kAxpy, "-o", disk + "/a.db", "--variants", "1"});
  WriteFile(disk + "/filler", std::string(4 << 20, 'x'));  // as much of it as fits
  const ProcessResult full = RunHone({"compile", kAxpy, "-o", disk + "/a.db"});
  fs::remove(disk + "/filler");
  const ProcessResult kept = RunHone({"show", disk + "/a.db", "--json"});
  umount(disk.c_str());
  ASSERT_EQ(few.status, 0) << few.errors;
  EXPECT_EQ(full.status, 1);
  EXPECT_NE(full.errors.find("hone: " + disk + "/a.db: "), std::string::npos) << full.errors;
  EXPECT_NE(full.errors.find("full"), std::string::npos) << full.errors;
  EXPECT_EQ(JsonOf(kept)[0]["kernel"], "axpy");
}

// Several passes, words as parameters, element types: stock glslc makes each with the flags that are printed.
TEST(Compile, ShowAsGlslcSaysHowToCompileByHand) {
  TemporaryFolder folder;
  const std::string kernels = HONE_SOURCE_DIR "/kernels/";
  for (const char* name : {"axpy", "reduce", "scan"}) {
    const std::string database = folder / (std::string(name) + ".db");
    ASSERT_EQ(RunHone({"compile", kernels + name, "-o", database, "--variants", "2"}).status, 0);
    const ProcessResult shown = RunHone({"show", database, name, "--problem", "T=float", "--as", "glslc"});
    ASSERT_EQ(shown.status, 0) << shown.errors;
    std::istringstream lines(shown.output);
    std::string said;  // by --json
    for (const auto& pass : JsonOf(RunHone({"show", database, name, "--problem", "T=float", "--as", "glslc", "--json"})))
      said += pass["text"];
    EXPECT_EQ(said, shown.output);
    int passes = 0;
    for (std::string line; std::getline(lines, line); ++passes) {
      EXPECT_TRUE(line.starts_with("glslc --target-env=vulkan1.3 ")) << line;
      EXPECT_NE(line.find(" -DT=float "), std::string::npos) << line;
      EXPECT_EQ(std::system(("cd " + kernels + name + " && " + line + " -o " + (folder / "out.spv")).c_str()), 0) << line;
    }
    EXPECT_GE(passes, 1);
  }
  const ProcessResult wrong = RunHone({"show", folder / "axpy.db", "axpy", "--variant", "strded WG=64", "--as", "glslc"});
  EXPECT_EQ(wrong.status, 1);
  EXPECT_EQ(wrong.errors, "hone: kernel 'axpy' has no pattern 'strded' (did you mean 'strided'?)\n");
}

TEST(Tune, NoSuchDevice) {
  TemporaryFolder folder;
  const ProcessResult wrong = RunHone({"tune", kAxpy, "--db", folder / "a.db", "--device", "Voodoo"});
  EXPECT_EQ(wrong.status, 1);
  EXPECT_TRUE(wrong.errors.starts_with("hone: this machine: no device 'Voodoo' (0: '")) << wrong.errors;
  EXPECT_EQ(RunHone({"check", kAxpy, "--device", "Voodoo"}).errors, wrong.errors);
}

TEST(Tune, ADryRunNamesWhatItLeavesOut) {
  TemporaryFolder folder;
  const ProcessResult dry = RunHone({"tune", kAxpy, "--db", folder / "a.db", "--dry-run", "--json"});
  std::size_t problems = JsonOf(dry).size();
  for (std::size_t at = 0; (at = dry.errors.find(": left out: ", at)) != std::string::npos; ++at) ++problems;
  EXPECT_EQ(problems, 3u) << dry.errors;
}

TEST(Tune, AProblemThatTheKernelDoesNotHave) {
  TemporaryFolder folder;
  const ProcessResult wrong = RunHone({"tune", kAxpy, "--db", folder / "a.db", "--problem", "m=4"});
  EXPECT_EQ(wrong.status, 1);
  EXPECT_TRUE(wrong.errors.starts_with("hone: --problem m=4: ")) << wrong.errors;
  const auto errors = [&](const std::string& problem) {
    return RunHone({"tune", kAxpy, "--db", folder / "a.db", "--problem", problem}).errors;
  };
  EXPECT_EQ(errors("n=4k"), "hone: --problem n=4k: axpy: n=4k is no whole number\n");
  EXPECT_TRUE(errors("n=4,T=half").starts_with("hone: --problem n=4,T=half: axpy: T cannot be 'half', but: float, "))
      << errors("n=4,T=half");
}

TEST(Tune, AProblemFileWithoutProblemsIsAnError) {
  TemporaryFolder folder;
  WriteFile(folder / "none.txt", "# nothing yet\n\n");
  const auto tune = [&](const std::string& file) {
    return RunHone({"tune", kAxpy, "--db", folder / "a.db", "--dry-run", "--problem", "@" + file});
  };
  const ProcessResult none = tune(folder / "none.txt"), of_folder = tune(folder.path());
  EXPECT_EQ(none.status, 1);
  EXPECT_EQ(none.errors, "hone: " + (folder / "none.txt") + ": holds no problem; write one a line, such as n=4096\n");
  EXPECT_EQ(of_folder.status, 1);
  EXPECT_EQ(of_folder.errors, "hone: " + folder.path() + ": cannot be read: Is a directory\n");
}

TEST(Tune, NumbersThatAreTooLargeAreNotCutOff) {
  const ProcessResult wrong = RunHone({"tune", kAxpy, "--db", "a.db", "--dry-run", "--playoff", "4294967297"});
  EXPECT_EQ(wrong.status, 2);
  EXPECT_TRUE(wrong.errors.starts_with("hone: tune: option '--playoff': '4294967297' is too large\n")) << wrong.errors;
}

TEST(Check, ChecksEveryElementTypeThatTheDeviceHas) {
  const auto rows = JsonOf(RunHone({"check", HONE_TEST_DATA "/kernels/element_types", "--samples", "0", "--json"}));
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_EQ(rows[0]["failures"], nlohmann::json::array());
  EXPECT_GE(rows[0]["variants"], 4) << "two points of float and of uint, which need nothing";
}

TEST(Check, ChecksCornersOfAxpy) {
  const auto rows = JsonOf(RunHone({"check", kAxpy, "--samples", "0", "--json"}));
  ASSERT_GE(rows.size(), 1u);
  for (const auto& row : rows) {
    EXPECT_EQ(row["kernel"], "axpy");
    EXPECT_EQ(row["failures"], nlohmann::json::array());
    EXPECT_GT(row["runs"], 0);
  }
}

}  // namespace
}  // namespace hone::testing
