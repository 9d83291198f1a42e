// hone explain: which variant a program would get here, and why.
#include <fmt/format.h>

#include <cstdio>

#include "db/error.h"
#include "db/store.h"
#include "runtime/context.h"
#include "runtime/library.h"
#include "tools/command_list.h"
#include "tools/results.h"

namespace hone {
namespace {

int RunExplain(const Arguments& arguments) {
  const std::string path = arguments.Text("FILE.db");
  const Kernel kernel = RequireKernel(Store::Open(path, Store::Mode::kReadOnly), arguments.Text("KERNEL"));
  if (!arguments.Has("problem")) throw UsageError("option '--problem' is missing: what a program would ask for");
  Context context({.device = arguments.Text("device")});
  const Library library(path, context);
  Json all = Json::array();
  for (const std::string& text : arguments.All("problem")) {
    const Values problem = Values::FromText(text);
    const std::string answer = library.Explain(kernel.name, problem);
    if (!arguments.Flag("json")) {
      std::printf("%s\n", answer.c_str());
    } else {
      all.push_back(
          {{"kernel", kernel.name}, {"problem", problem.ToText()}, {"device", context.info().Key()}, {"explanation", answer}});
    }
  }
  if (arguments.Flag("json")) PrintJson(all);
  return 0;
}

}  // namespace

Command ExplainCommand() {
  return {.name = "explain",
          .summary = "Says which variant a program would get on this machine for a problem, and why",
          .example = "hone explain tuned.db gemm --problem m=500,n=500,k=500",
          .positionals = {{"FILE.db"}, {"KERNEL"}},
          .options = {ProblemOption(),
                      {"device", "NAME", "a number or name of 'hone devices'; the best one without it"},
                      JsonOption()},
          .run = RunExplain};
}

}  // namespace hone
