// Help, version, wrong usage: every subcommand in the table.
#include <gtest/gtest.h>

#include <sstream>

#include "tests/tools/process.h"

namespace hone::testing {
namespace {

// The subcommands that `hone --help` names.
std::vector<std::string> Subcommands() {
  std::istringstream help(RunHone({"--help"}).output);
  std::vector<std::string> names;
  bool inside = false;
  for (std::string line; std::getline(help, line);) {
    if (inside && line.empty()) break;
    if (inside && line.starts_with("  ") && line[2] != ' ') names.push_back(line.substr(2, line.find(' ', 2) - 2));
    if (line == "Subcommands:") inside = true;
  }
  return names;
}

class EverySubcommand : public ::testing::TestWithParam<std::string> {};
INSTANTIATE_TEST_SUITE_P(All, EverySubcommand, ::testing::ValuesIn(Subcommands()),
                         [](const auto& parameter) { return parameter.param; });

TEST_P(EverySubcommand, HasHelpWithAnExample) {
  const ProcessResult help = RunHone({GetParam(), "--help"});
  EXPECT_EQ(help.status, 0);
  EXPECT_EQ(help.errors, "");
  EXPECT_NE(help.output.find("\nExample:\n"), std::string::npos);
  EXPECT_NE(help.output.find("hone " + GetParam()), std::string::npos);
  ExpectGolden("help/" + GetParam() + ".txt", help.output);
  EXPECT_EQ(RunHone({"help", GetParam()}).output, help.output);
  EXPECT_EQ(RunHone({GetParam(), "-h"}).output, help.output);
}

TEST_P(EverySubcommand, RefusesAnUnknownOption) {
  const ProcessResult wrong = RunHone({GetParam(), "--hepl"});
  EXPECT_EQ(wrong.status, 2);
  EXPECT_EQ(wrong.output, "");
  EXPECT_EQ(wrong.errors, "hone: " + GetParam() + ": unknown option '--hepl' (did you mean '--help'?)\nTry 'hone " +
                              GetParam() + " --help'.\n");
}

TEST_P(EverySubcommand, RefusesArgumentsTooMany) {
  std::vector<std::string> arguments(64, "bash");
  arguments.insert(arguments.begin(), GetParam());
  const ProcessResult wrong = RunHone(arguments);
  EXPECT_NE(wrong.status, 0);
  EXPECT_EQ(wrong.output, "");
  EXPECT_TRUE(wrong.errors.starts_with("hone: ")) << wrong.errors;
}

TEST(Help, OfTheProgram) {
  const ProcessResult help = RunHone({"--help"});
  EXPECT_EQ(help.status, 0);
  if (help.output.find("\n  report ") == std::string::npos) GTEST_SKIP() << "hone was built without its report";
  ExpectGolden("help.txt", help.output);
  EXPECT_EQ(RunHone({"help"}).output, help.output);
  EXPECT_EQ(RunHone({"-h"}).output, help.output);
}

TEST(Help, Version) { EXPECT_EQ(RunHone({"--version"}).output, "hone " HONE_VERSION "\n"); }

TEST(Usage, NoSubcommand) {
  const ProcessResult wrong = RunHone({});
  EXPECT_EQ(wrong.status, 2);
  EXPECT_EQ(wrong.errors, "hone: no subcommand given\nTry 'hone --help'.\n");
}

TEST(Usage, SuggestsTheNearestSubcommand) {
  const ProcessResult wrong = RunHone({"devcies"});
  EXPECT_EQ(wrong.status, 2);
  EXPECT_EQ(wrong.errors, "hone: unknown subcommand 'devcies' (did you mean 'devices'?)\nTry 'hone --help'.\n");
}

TEST(Usage, ChecksWordsAndCounts) {
  EXPECT_EQ(RunHone({"completion", "bsh"}).errors,
            "hone: completion: 'bsh' is not one of bash|zsh|fish (did you mean 'bash'?)\nTry 'hone completion --help'.\n");
  EXPECT_EQ(RunHone({"completion"}).errors, "hone: completion: bash|zsh|fish is missing\nTry 'hone completion --help'.\n");
  EXPECT_EQ(RunHone({"completion", "bash", "zsh"}).errors,
            "hone: completion: 'zsh' is one argument too many\nTry 'hone completion --help'.\n");
  EXPECT_EQ(RunHone({"devices", "--json=yes"}).errors,
            "hone: devices: option '--json' takes no value\nTry 'hone devices --help'.\n");
}

TEST(Usage, APercentageMayHaveItsSign) {
  const auto diff = [](const std::string& least) { return RunHone({"diff", "no.db", "no.db", "--least", least}); };
  EXPECT_EQ(diff("2").status, 1);  // no.db is not there
  EXPECT_EQ(diff("2%").status, 1);
  for (const std::string wrong : {"%", "much", "-2%", "2%%", "nan"})
    EXPECT_EQ(diff(wrong).errors,
              "hone: diff: option '--least': '" + wrong + "' is not a percentage such as 2%\nTry 'hone diff --help'.\n");
}

TEST(Output, AFullDiskIsAnError) {
  const ProcessResult full = RunHone({"--help"}, {.stdout_file = "/dev/full"});
  EXPECT_EQ(full.status, 1);
  EXPECT_EQ(full.errors, "hone: standard output: No space left on device\n");
}

TEST(Colour, OnlyOnATerminal) {
  EXPECT_EQ(RunHone({"nonsense"}).errors.find('\033'), std::string::npos);
  EXPECT_NE(RunHone({"nonsense"}, {.environment = {{"TERM", "xterm"}}, .terminal = true}).output.find("\033[31m"),
            std::string::npos);
  EXPECT_EQ(
      RunHone({"nonsense"}, {.environment = {{"NO_COLOR", "1"}, {"TERM", "xterm"}}, .terminal = true}).output.find('\033'),
      std::string::npos);
  EXPECT_EQ(RunHone({"nonsense"}, {.environment = {{"TERM", "dumb"}}, .terminal = true}).output.find('\033'),
            std::string::npos);
}

}  // namespace
}  // namespace hone::testing
