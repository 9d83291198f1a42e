#include "tools/kernels.h"

#include <algorithm>
#include <set>
#include <sstream>

#include "compiler/compile.h"
#include "compiler/template.h"
#include "db/error.h"
#include "tuner/contract.h"
#include "tuner/prepare.h"
#include "tuner/random.h"
#include "tuner/read_file.h"
#include "tuner/space.h"

namespace hone {
namespace {

Values ProblemFromText(const Kernel& kernel, const std::string& text) {
  try {
    return CompleteProblem(kernel, Values::FromText(text));
  } catch (const Error& error) {
    throw Error("--problem " + text + ": " + error.what());
  }
}

// "@FILE": a problem a line, "#" starts a comment; anything else is one problem.
std::vector<std::string> ProblemTexts(const std::string& typed) {
  if (!typed.starts_with("@")) return {typed};
  std::istringstream file(ReadFile(typed.substr(1)));
  std::vector<std::string> problems;
  for (std::string line; std::getline(file, line);) {
    line = line.substr(0, line.find('#'));
    if (line.find_first_not_of(" \t\r") != std::string::npos) problems.push_back(line);
  }
  if (problems.empty()) throw Error(typed.substr(1) + ": holds no problem; write one a line, such as n=4096");
  return problems;
}

// `count` different points of [0, size), in rising order.
std::vector<PointId> SamplePoints(std::uint64_t size, std::uint64_t count, std::uint64_t seed) {
  std::set<PointId> chosen;
  Random random(seed);
  while (chosen.size() < count) chosen.insert(random.Below(size));
  return {chosen.begin(), chosen.end()};
}

std::vector<PointId> Points(const Kernel& kernel, const Space& space, std::uint64_t limit, std::uint64_t seed) {
  std::vector<PointId> points;
  if (limit != 0 && limit < space.Count()) {
    points = SamplePoints(space.Count(), limit, seed);
    const Pattern& first = kernel.patterns.front();
    const std::optional<PointId> standard = space.Find(first.name, first.default_point);
    if (standard && !std::binary_search(points.begin(), points.end(), *standard)) points.front() = *standard;
    return points;
  }
  for (PointId point = 0; point < space.Count(); ++point) points.push_back(point);
  return points;
}

}  // namespace

Positional KernelsPositional() { return {"KERNEL_DIR", 1, kMany}; }
Option ProblemsOption() {
  Option option = ProblemOption();
  option.help += "; @FILE: a file with one a line";
  return option;
}
Option IncludeOption() { return {"include,I", "DIR", "search it for #includes after the kernel's own folders", "", true}; }
Option PatternOption() { return {"pattern", "NAME", "only this pattern", "", true}; }

std::vector<Kernel> LoadKernels(const Arguments& arguments) {
  std::vector<Kernel> kernels;
  std::vector<Diagnostic> diagnostics;
  for (const std::string& folder : KernelFolders(arguments.All("KERNEL_DIR"))) {
    try {
      kernels.push_back(LoadKernel(folder, arguments.All("include")));
    } catch (const ManifestError& error) {
      diagnostics.insert(diagnostics.end(), error.diagnostics().begin(), error.diagnostics().end());
    }
  }
  if (!diagnostics.empty()) throw ManifestError(std::move(diagnostics));
  for (const std::string& pattern : arguments.All("pattern")) {
    for (const Kernel& kernel : kernels) RequirePattern(kernel, pattern);
  }
  return kernels;
}

Json ToJson(const Diagnostic& diagnostic, int variants) {
  return {{"file", diagnostic.where.file},   {"line", diagnostic.where.line}, {"column", diagnostic.where.column},
          {"severity", diagnostic.severity}, {"text", diagnostic.text},       {"source_line", diagnostic.source_line},
          {"variant", diagnostic.variant},   {"variants", variants}};
}

int RunWithKernels(const Arguments& arguments, const std::function<int(const std::vector<Kernel>&)>& body) {
  std::vector<Kernel> kernels;
  try {
    kernels = LoadKernels(arguments);
  } catch (const ManifestError& error) {
    if (!arguments.Flag("json")) throw;
    Json diagnostics = Json::array();
    for (const Diagnostic& diagnostic : error.diagnostics()) diagnostics.push_back(ToJson(diagnostic, 0));
    PrintJson({{"kernels", Json::array()}, {"diagnostics", diagnostics}});
    return 1;
  }
  return body(kernels);
}

std::vector<Values> TypedProblems(const Arguments& arguments) {
  std::vector<Values> problems;
  for (const std::string& text : arguments.All("problem")) {
    for (const std::string& one : ProblemTexts(text)) problems.push_back(Values::FromText(one));
  }
  return problems;
}

std::vector<Values> ProblemsFor(const Kernel& kernel, const Arguments& arguments) {
  std::vector<Values> problems;
  for (const std::string& text : arguments.All("problem")) {
    for (const std::string& one : ProblemTexts(text)) problems.push_back(ProblemFromText(kernel, one));
  }
  return problems.empty() ? kernel.problems : problems;
}

DeviceInfo AnyDeviceFor(const Kernel& kernel) {
  const Requires needs = NeedsOfAny(kernel);
  DeviceInfo device = GenericDevice();
  device.features = {needs.features.begin(), needs.features.end()};
  device.extensions = {needs.extensions.begin(), needs.extensions.end()};
  return device;
}

std::vector<Variant> VariantsFor(const Kernel& kernel, const DeviceInfo& device, const std::vector<Values>& problems,
                                 const std::vector<std::string>& patterns, std::uint64_t limit, std::uint64_t seed) {
  std::set<std::tuple<std::string, Values, Values>> chosen;
  for (const Values& problem : problems) {
    const Space space = Space::FromKernel(kernel, problem, device, patterns);
    for (const PointId point : Points(kernel, space, limit, seed)) {
      chosen.emplace(space.PatternOf(point), space.PointOf(point), TypesOf(kernel, problem));
    }
  }
  std::vector<Variant> variants;
  for (const auto& [pattern, point, types] : chosen) variants.push_back({pattern, point, types});
  return variants;
}

}  // namespace hone
