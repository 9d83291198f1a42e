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

constexpr std::size_t kShownOfRung = 3;  // variants that were refused

Json ToJson(const LadderStep& step) {
  return {{"rung", std::string(ToText(step.match))},
          {"variant", ToText(VariantName{step.pattern, step.point})},
          {"reason", step.reason},
          {"taken", step.why_not.empty()},
          {"why_not", step.why_not}};
}

Json ToJson(const std::vector<LadderStep>& ladder) {
  Json steps = Json::array();
  for (const LadderStep& step : ladder) steps.push_back(ToJson(step));
  return steps;
}

// A line for each rung down to the answer's, and for the first variants that were refused there.
void PrintLadder(const std::vector<LadderStep>& ladder) {
  auto step = ladder.begin();
  for (int rung = 0; rung <= static_cast<int>(ladder.back().match); ++rung) {
    const Match match = static_cast<Match>(rung);
    const std::string name(ToText(match));
    if (step->match != match) std::printf("  %s: nothing that fits\n", name.c_str());
    std::size_t refused = 0;
    for (; step != ladder.end() && step->match == match; ++step) {
      const std::string variant = ToText(VariantName{step->pattern, step->point});
      if (step->why_not.empty()) {
        std::printf("  %s: taken: %s\n", name.c_str(), variant.c_str());
      } else if (++refused <= kShownOfRung) {
        std::printf("  %s: not %s: %s\n", name.c_str(), variant.c_str(), step->why_not.c_str());
      }
    }
    if (refused > kShownOfRung) std::printf("  %s: and %zu more were refused\n", name.c_str(), refused - kShownOfRung);
    if (step == ladder.end()) break;
  }
}

int RunExplain(const Arguments& arguments) {
  const std::string path = arguments.Text("FILE.db");
  const Kernel kernel = RequireKernel(Store::Open(path, Store::Mode::kReadOnly), arguments.Text("KERNEL"));
  if (!arguments.Has("problem")) throw UsageError("option '--problem' is missing: what a program would ask for");
  Context context({.device = arguments.Text("device")});
  const Library library(path, context);
  Json all = Json::array();
  std::string none;  // why a program would get nothing
  for (const std::string& text : arguments.All("problem")) {
    const Values problem = Values::FromText(text);
    const std::vector<LadderStep> ladder = library.Ladder(kernel.name, problem);
    std::string answer;
    try {
      answer = library.Explain(kernel.name, problem);
    } catch (const Error& error) {  // the ladder says it in full
      none = error.what();
    }
    all.push_back({{"kernel", kernel.name},
                   {"problem", problem.ToText()},
                   {"device", context.info().Key()},
                   {"explanation", answer},
                   {"ladder", ToJson(ladder)}});
    if (arguments.Flag("json")) continue;
    if (!answer.empty()) std::printf("%s\n", answer.c_str());
    PrintLadder(ladder);
  }
  if (arguments.Flag("json")) PrintJson(all);
  if (!none.empty()) throw Error(none);
  return 0;
}

}  // namespace

Command ExplainCommand() {
  return {.name = "explain",
          .summary = "Says which variant a program would get on this machine for a problem, and why: the ladder, step by step",
          .example = "hone explain tuned.db gemm --problem m=500,n=500,k=500",
          .positionals = {{"FILE.db"}, {"KERNEL"}},
          .options = {ProblemOption(),
                      {"device", "NAME", "a number or name of 'hone devices'; the best one without it"},
                      JsonOption()},
          .run = RunExplain};
}

}  // namespace hone
