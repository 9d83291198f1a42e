#include "compiler/diagnostics.h"

#include <gtest/gtest.h>

#include "compiler/glsl.h"

namespace hone {
namespace {

Diagnostic At(int line, const std::string& text, const std::string& variant) {
  Diagnostic d = MakeError({"k/a.comp", line, 3}, text, "  x = y;");
  d.variant = variant;
  return d;
}

TEST(Diagnostics, ShowPlaceLineAndVariant) {
  EXPECT_EQ(At(7, "'y': undeclared identifier", "k p WG=64").ToText(),
            "k/a.comp:7:3: error: 'y': undeclared identifier\n"
            "      x = y;\n"
            "      ^\n"
            "  in k p WG=64");
}

TEST(Diagnostics, LeaveOutWhatIsUnknown) {
  EXPECT_EQ(MakeError({"k/a.comp"}, "no main").ToText(), "k/a.comp: error: no main");
  EXPECT_EQ(MakeError({}, "no main").ToText(), "error: no main");
}

TEST(DiagnosticLog, FoldsEqualOnesAcrossVariantsWhateverTheOrder) {
  DiagnosticLog a, b;
  for (const char* variant : {"k p WG=64", "k p WG=32", "k p WG=128"}) a.Add(At(7, "bad", variant));
  a.Add(At(2, "worse", "k p WG=64"));
  b.Add(At(2, "worse", "k p WG=64"));
  for (const char* variant : {"k p WG=128", "k p WG=64", "k p WG=32"}) b.Add(At(7, "bad", variant));
  EXPECT_EQ(a.ToText(), b.ToText());
  EXPECT_EQ(a.ToText(),
            "k/a.comp:2:3: error: worse\n      x = y;\n      ^\n  in k p WG=64\n"
            "k/a.comp:7:3: error: bad\n      x = y;\n      ^\n  in k p WG=128 and 2 more variants\n");
  ASSERT_EQ(a.Entries().size(), 2u);
  EXPECT_EQ(a.Entries()[1].count, 3);
  EXPECT_FALSE(a.empty());
}

TEST(GlslLog, ReadsFilesWithColonsAndPathsThatBeginOneAnother) {
  SourceTree tree;
  tree.files = {"k/a.comp", "k/a.comp:1/b.glsl"};
  tree.texts = {{"k/a.comp", "one\ntwo\n"}, {"k/a.comp:1/b.glsl", "\tthree\n"}};
  const auto found = ParseGlslLog(
      "ERROR: k/a.comp:2:5: 'q' : undeclared identifier \n"
      "WARNING: k/a.comp:1/b.glsl:1:1: '' : unused\n"
      "ERROR: Linking compute stage: Missing entry point\n"
      "ERROR: 2 compilation errors.  No code generated.\n\n",
      tree);
  ASSERT_EQ(found.size(), 3u);
  EXPECT_EQ(found[0].ToText(), "k/a.comp:2:5: error: 'q': undeclared identifier\n    two\n        ^");
  EXPECT_EQ(found[1].ToText(), "k/a.comp:1/b.glsl:1:1: warning: unused\n     three\n    ^");
  EXPECT_EQ(found[2].ToText(), "k/a.comp: error: Linking compute stage: Missing entry point");
}

TEST(GlslLog, SurvivesAnyText) {
  SourceTree tree;
  tree.files = {"a"};
  for (const char* log :
       {"", "\n\n", "ERROR:", "ERROR: ", "ERROR: a:", "ERROR: a:x:1: q", "ERROR: a:99999999999:1: q", "rest", "ERROR: a:1"}) {
    ParseGlslLog(log, tree);
  }
  EXPECT_EQ(ParseGlslLog("ERROR: a:99999999999:1: q", tree).at(0).where.line, 0);
}

}  // namespace
}  // namespace hone
