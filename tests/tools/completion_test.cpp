// The scripts of `hone completion`, run in the shells they are for. tools/setup installs zsh and fish.
#include <gtest/gtest.h>

#include "tests/tools/process.h"

namespace hone::testing {
namespace {

bool HasShell(const std::string& shell) { return RunProgram({"/bin/sh", "-c", "command -v " + shell}).status == 0; }

// A folder with what may be completed.
class Completion : public ::testing::Test {
 protected:
  void SetUp() override {
    for (const char* name : {"a.db", "old one.db", "notes.txt"}) WriteFile(folder_ / name, "");
  }

  std::string Run(const std::vector<std::string>& command) {
    const ProcessResult result =
        RunProgram(command, {.environment = {{"TERM", "dumb"}}, .folder = folder_.path(), .timeout_s = 120});
    EXPECT_EQ(result.errors, "");
    return result.output;
  }

  // What bash offers for `words`, the last of which is being typed.
  std::string Bash(const std::string& words) {
    return Run({"bash", "-c",
                "compopt() { :; }; eval \"$('" HONE_PROGRAM "' completion bash)\"; COMP_WORDS=(" + words +
                    "); COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); _hone; printf '%s\\n' \"${COMPREPLY[@]}\""});
  }

  // What the script tells zsh's completion system about `words`, a line each. Typing at an interactive zsh would depend on
  // time.
  std::string Zsh(const std::string& words) {
    return Run({"zsh", "-f", "-c",
                "compdef() { }; _arguments() { print -rl -- \"$words\" \"$@\" }; _describe() { print -rl -- $subcommands }\n"
                "source <('" HONE_PROGRAM "' completion zsh)\nwords=(" +
                    words + "); CURRENT=${#words}; _hone"});
  }

  std::string Fish(const std::string& typed) {
    return Run({"fish", "--no-config", "-c", "'" HONE_PROGRAM "' completion fish | source; complete -C '" + typed + "'"});
  }

  TemporaryFolder folder_;
};

TEST_F(Completion, BashOffersSubcommands) {
  EXPECT_EQ(Bash("hone dev"), "devices\n");
  EXPECT_EQ(Bash("hone help dev"), "devices\n");
  EXPECT_EQ(Bash("hone worke"), "\n") << "hidden subcommands are not offered";
}

TEST_F(Completion, BashOffersOptionsAndWords) {
  EXPECT_EQ(Bash("hone devices --js"), "--json\n");
  EXPECT_EQ(Bash("hone completion ''"), "bash\nzsh\nfish\n");
  EXPECT_EQ(Bash("hone show a.db --sort da"), "date\n");
  EXPECT_EQ(Bash("hone show a.db --sort = da"), "date\n") << "bash takes --sort=da apart";
}

TEST_F(Completion, BashOffersFiles) {
  EXPECT_EQ(Bash("hone show a"), "a.db\n");
  EXPECT_EQ(Bash("hone show n"), "\n") << "no database";
  EXPECT_EQ(Bash("hone merge a.db o"), "old one.db\n");
  EXPECT_EQ(Bash("hone verify a.db --key n"), "notes.txt\n");
}

TEST_F(Completion, ZshKnowsSubcommandsAndTheirArguments) {
  if (!HasShell("zsh")) GTEST_SKIP() << "zsh is not installed; tools/setup does it";
  EXPECT_NE(Zsh("hone dev").find("\ndevices:Lists the Vulkan devices of this machine\n"), std::string::npos);
  EXPECT_EQ(Zsh("hone worker ''"), "") << "hidden subcommands have no arguments";
  EXPECT_EQ(Zsh("hone stats --j"),
            "stats --j\n--json[print JSON instead of text]\n--help[print help]\n:FILE.db:_files -g \"*.db\"\n");
  EXPECT_NE(Zsh("hone show a.db --sort ''").find("\n--sort=[the order of variants]:time|variant|date:(time variant date)\n"),
            std::string::npos);
  EXPECT_NE(Zsh("hone help ''").find(":subcommand:(compile tune "), std::string::npos);
}

// Sourced, and as a file in $fpath that the completion system reads when it is first asked.
TEST_F(Completion, ZshsCompletionSystemTakesIt) {
  if (!HasShell("zsh")) GTEST_SKIP() << "zsh is not installed; tools/setup does it";
  EXPECT_EQ(Run({"zsh", "-f", "-c",
                 "autoload -Uz compinit; compinit -u -D; source <('" HONE_PROGRAM "' completion zsh); print $_comps[hone]"}),
            "_hone\n");
  WriteFile(folder_ / "_hone", RunHone({"completion", "zsh"}).output);
  EXPECT_EQ(Run({"zsh", "-f", "-c",
                 "fpath=(" + folder_.path() +
                     " $fpath); autoload -Uz compinit; compinit -u -D; print $_comps[hone]\n"
                     "_arguments() { print -r -- $words }; words=(hone stats --j); CURRENT=3; _hone"}),
            "_hone\nstats --j\n")
      << "at the first call, too";
}

TEST_F(Completion, FishCompletes) {
  if (!HasShell("fish")) GTEST_SKIP() << "fish is not installed; tools/setup does it";
  EXPECT_EQ(Fish("hone dev"), "devices\tLists the Vulkan devices of this machine\n");
  EXPECT_EQ(Fish("hone help dev"), "devices\n");
  EXPECT_EQ(Fish("hone devices --js"), "--json\tprint JSON instead of text\n");
  EXPECT_EQ(Fish("hone show a.db --sort da"), "date\tthe order of variants\n");
  EXPECT_NE(Fish("hone show ").find("old one.db\n"), std::string::npos);
}

}  // namespace
}  // namespace hone::testing
