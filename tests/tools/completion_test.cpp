// The scripts of `hone completion`, run in the shells they are for.
#include <gtest/gtest.h>

#include "tests/tools/process.h"

namespace hone::testing {
namespace {

bool HasShell(const std::string& shell) { return RunProgram({"/bin/sh", "-c", "command -v " + shell}).status == 0; }

// What bash offers for `words`, the last of which is being typed.
std::string BashOffers(const std::string& words, const std::string& folder = "/") {
  const std::string script = "compopt() { :; }; eval \"$('" HONE_PROGRAM "' completion bash)\"; COMP_WORDS=(" + words +
                             "); COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); _hone; printf '%s\\n' \"${COMPREPLY[@]}\"";
  return RunProgram({"bash", "-c", script}, {.folder = folder}).output;
}

TEST(Completion, BashOffersSubcommands) {
  EXPECT_EQ(BashOffers("hone dev"), "devices\n");
  EXPECT_EQ(BashOffers("hone worke"), "\n") << "hidden subcommands are not offered";
}

TEST(Completion, BashOffersOptionsAndWords) {
  EXPECT_EQ(BashOffers("hone devices --js"), "--json\n");
  EXPECT_EQ(BashOffers("hone completion ''"), "bash\nzsh\nfish\n");
}

TEST(Completion, ZshAcceptsItsScript) {
  if (!HasShell("zsh")) GTEST_SKIP() << "zsh is not installed";
  const ProcessResult checked = RunProgram({"zsh", "-f", "-c",
                                            "autoload -Uz compinit; compinit -u -d /dev/null; source <('" HONE_PROGRAM
                                            "' completion zsh) && print $_comps[hone]"});
  EXPECT_EQ(checked.status, 0);
  EXPECT_EQ(checked.output + checked.errors, "_hone\n");
}

TEST(Completion, FishOffersSubcommands) {
  if (!HasShell("fish")) GTEST_SKIP() << "fish is not installed";
  const ProcessResult offered =
      RunProgram({"fish", "-c", "'" HONE_PROGRAM "' completion fish | source; complete -C 'hone dev'"});
  EXPECT_TRUE(offered.output.starts_with("devices\t")) << offered.output << offered.errors;
}

}  // namespace
}  // namespace hone::testing
