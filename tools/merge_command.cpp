// hone merge: the facts of several databases in one.
#include "db/merge.h"

#include <cstdio>

#include "tools/command_list.h"
#include "tools/format.h"
#include "tools/table.h"

namespace hone {
namespace {

int RunMerge(const Arguments& arguments) {
  const std::string out = arguments.Text("OUT.db");
  const MergeResult result = Merge(out, arguments.All("IN.db"));
  if (arguments.Flag("json")) {
    PrintJson({{"file", out}, {"measurements", result.measurements}, {"added", result.added}});
  } else {
    std::printf("%s: %s, %lld of them new\n", out.c_str(), FormatCount(result.measurements, "measurement").c_str(),
                static_cast<long long>(result.added));
  }
  return 0;
}

}  // namespace

Command MergeCommand() {
  return {.name = "merge",
          .summary = "Unites the facts of several databases in OUT, which may exist; nothing is lost, nothing counted twice",
          .example = "hone merge all.db laptop.db server.db",
          .positionals = {{"OUT.db"}, {"IN.db", 1, kMany}},
          .options = {JsonOption()},
          .run = RunMerge};
}

}  // namespace hone
