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

  // What an interactive zsh makes of `typed`, then Tab and Return: the arguments, with | between them.
  std::string Zsh(const std::string& typed, const std::string& set_up = "source <(" HONE_PROGRAM " completion zsh)") {
    const std::string script =
        "zmodload zsh/zpty; zpty shell zsh -f -i\n"
        "zpty -w shell $'PS1=; unset zle_bracketed_paste; unsetopt prompt_sp; autoload -Uz compinit; compinit -u -d "
        "/dev/null; " +
        set_up +
        "; hone() { print -r -- \"<${(j:|:)@}>\" }; PS1=$((41 + 1)):'\n"
        "zpty -r shell said '*42:'\n"
        "zpty -w -n shell \"" +
        typed +
        "\"$'\\t\\n'; zpty -r shell said '*<*>*'\n"
        "print -r -- ${${said##*\\<}%%\\>*}";
    return Run({"zsh", "-f", "-c", script});
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

TEST_F(Completion, ZshCompletes) {
  if (!HasShell("zsh")) GTEST_SKIP() << "zsh is not installed; tools/setup does it";
  EXPECT_EQ(Zsh("hone dev"), "devices\n");
  EXPECT_EQ(Zsh("hone help dev"), "help|devices\n");
  EXPECT_EQ(Zsh("hone devices --js"), "devices|--json\n");
  EXPECT_EQ(Zsh("hone show a.db --sort da"), "show|a.db|--sort|date\n");
  EXPECT_EQ(Zsh("hone show a.db --sort=da"), "show|a.db|--sort=date\n");
  EXPECT_EQ(Zsh("hone merge a.db o"), "merge|a.db|old one.db\n");
}

TEST_F(Completion, ZshFindsItsFile) {
  if (!HasShell("zsh")) GTEST_SKIP() << "zsh is not installed; tools/setup does it";
  WriteFile(folder_ / "_hone", RunHone({"completion", "zsh"}).output);
  EXPECT_EQ(Zsh("hone dev", "fpath=(" + folder_.path() + " $fpath); compinit -u -d /dev/null"), "devices\n")
      << "at the first Tab, too";
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
