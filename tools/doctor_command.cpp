// hone doctor: what this machine has, what is wrong, what to do.
#include <cstdio>
#include <filesystem>

#include "db/error.h"
#include "runtime/context.h"
#include "tools/command_list.h"
#include "tools/doctor.h"
#include "tools/format.h"
#include "tools/table.h"
#include "tools/terminal.h"

namespace hone {
namespace {

std::vector<Finding> CheckVulkan() {
  try {
    return CheckDevices(EnumerateDevices());
  } catch (const Error& error) {
    return {{"device", Finding::State::kError, error.what(), "see the findings above"}};
  }
}

std::vector<Finding> AllFindings() {
  std::vector<Finding> all;
  for (const auto& part : {CheckLoader(), CheckDriverManifests(), CheckDeviceNodes(), CheckVulkan(), CheckLayers(),
                           CheckEnvironment(), CheckClocks(), CheckFolder(std::filesystem::current_path().string())}) {
    all.insert(all.end(), part.begin(), part.end());
  }
  return all;
}

// "warning  ", in its colour.
std::string Mark(Finding::State state) {
  const std::string text = ToText(state);
  const std::string blanks(9 - text.size(), ' ');
  switch (state) {
    case Finding::State::kOk: return Paint(text, Colour::kGreen) + blanks;
    case Finding::State::kNote: break;
    case Finding::State::kWarning: return Paint(text, Colour::kYellow) + blanks;
    case Finding::State::kError: return Paint(text, Colour::kRed) + blanks;
  }
  return text + blanks;
}

void PrintText(const std::vector<Finding>& findings, std::size_t errors) {
  for (const Finding& finding : findings) {
    std::printf("%s%s: %s\n", Mark(finding.state).c_str(), finding.area.c_str(), finding.fact.c_str());
    if (!finding.advice.empty()) std::printf("%9s  to do: %s\n", "", finding.advice.c_str());
  }
  if (errors == 0) {
    std::puts("\nThis machine can tune.");
  } else {
    std::printf("\n%s to mend.\n", FormatCount(static_cast<std::int64_t>(errors), "thing").c_str());
  }
}

int RunDoctor(const Arguments& arguments) {
  const std::vector<Finding> findings = AllFindings();
  std::size_t errors = 0;
  for (const Finding& finding : findings) errors += finding.state == Finding::State::kError;
  if (arguments.Flag("json")) {
    Table table({{"state", ""}, {"area", ""}, {"fact", ""}, {"advice", ""}});
    for (const Finding& finding : findings) table.Add({ToText(finding.state), finding.area, finding.fact, finding.advice});
    table.Print(true);
  } else {
    PrintText(findings, errors);
  }
  return errors == 0 ? 0 : 1;
}

}  // namespace

Command DoctorCommand() {
  return {.name = "doctor",
          .summary = "Looks at this machine's Vulkan set-up, and says what is wrong and what to do",
          .example = "hone doctor",
          .options = {JsonOption()},
          .run = RunDoctor};
}

}  // namespace hone
