#include "tuner/check.h"

#include <algorithm>
#include <map>
#include <set>

#include "compiler/compile.h"
#include "compiler/template.h"
#include "tuner/client.h"
#include "tuner/contract.h"
#include "tuner/prepare.h"
#include "tuner/space.h"

namespace hone {
namespace {

// The kernel's default element types, then each other option once with the rest at their defaults.
std::vector<Values> TypeSets(const Kernel& kernel) {
  Values defaults;
  for (const TypeChoice& type : kernel.types) defaults.Set(type.name, type.options.front().glsl);
  std::vector<Values> sets{defaults};
  for (const TypeChoice& type : kernel.types)
    for (std::size_t i = 1; i < type.options.size(); ++i) {
      Values other = defaults;
      other.Set(type.name, type.options[i].glsl);
      sets.push_back(other);
    }
  return sets;
}

// Check problems with these element types; those that a kernel lists with others of their own are left to those.
std::vector<Values> ProblemsFor(const Kernel& kernel, const Values& types) {
  std::vector<Values> problems;
  for (const Values& listed : kernel.check_problems) {
    Values problem;
    for (const ProblemInteger& integer : kernel.integers)
      if (const Value* value = listed.Find(integer.name)) problem.Set(integer.name, *value);
    problem = problem.MergedWith(types);
    if (std::ranges::find(problems, problem) == problems.end()) problems.push_back(CompleteProblem(kernel, problem));
  }
  return problems;
}

// Every parameter at its least and greatest value: all at once, and each alone with the rest as the default has them.
std::set<PointId> Corners(const Space& space, const Pattern& pattern) {
  std::set<PointId> corners;
  if (space.Count() == 0) return corners;
  const auto& dimensions = space.dimensions();
  Codes low, high;
  for (const Dimension& dimension : dimensions) {
    low.push_back(0);
    high.push_back(static_cast<Code>(dimension.values.size() - 1));
  }
  corners.insert(space.Nearest(low));
  corners.insert(space.Nearest(high));
  const auto standard = space.Find(pattern.name, pattern.default_point);
  if (standard) corners.insert(*standard);
  const Codes middle = space.CodesOf(standard.value_or(space.Nearest(low)));
  for (std::size_t d = 0; d < dimensions.size(); ++d)
    for (const Code code : {low[d], high[d]}) {
      Codes codes = middle;
      codes[d] = code;
      corners.insert(space.Nearest(codes));
    }
  return corners;
}

class Checker {
 public:
  Checker(const CheckOptions& options, const std::function<void(const CheckProgress&)>& callback)
      : options_(options),
        callback_(callback),
        compiler_({.include_dirs = options.include_dirs}),
        client_(ClientFor(options)) {}

  void Do(const std::string& folder, CheckReport& report) {
    kernel_ = std::make_shared<const Kernel>(LoadKernel(folder, options_.include_dirs));
    const DeviceInfo& device = client_.Start();
    const std::size_t first_row = report.rows.size();
    for (const Pattern& pattern : kernel_->patterns) {
      CheckRow row;
      row.kernel = kernel_->name;
      row.pattern = pattern.name;
      report.rows.push_back(row);
    }
    for (const Values& types : TypeSets(*kernel_)) {
      const std::vector<Values> problems = ProblemsFor(*kernel_, types);
      const std::string missing = MissingFor(*kernel_, types, device);
      const bool any = missing.empty() && !problems.empty();
      if (any) client_.SetKernel(PrepareKernel(compiler_, kernel_, types));
      for (std::size_t p = 0; p < kernel_->patterns.size(); ++p) {
        CheckRow& row = report.rows[first_row + p];
        if (any)
          CheckPattern(kernel_->patterns[p], types, problems, device, row);
        else if (row.variants == 0)
          row.skipped = missing.empty() ? "no check problems" : missing;
      }
    }
  }

 private:
  static ClientOptions ClientFor(const CheckOptions& options) {
    ClientOptions result;
    result.command = options.worker_command;
    result.device = options.device;
    result.stop = options.stop;
    result.pipeline_timeout_ms = options.pipeline_timeout_ms;
    result.bench.check_timeout_ms = options.check_timeout_ms;
    result.bench.seed = options.seed;
    return result;
  }

  void CheckPattern(const Pattern& pattern, const Values& types, const std::vector<Values>& problems, const DeviceInfo& device,
                    CheckRow& row) {
    Values large = kernel_->problems.empty() ? problems.back() : CompleteProblem(*kernel_, kernel_->problems.front());
    large = large.MergedWith(types);
    const Space space = Space::FromKernel(*kernel_, large, device, {pattern.name});
    if (row.variants == 0) {
      row.raw_points = space.RawCount();
      row.points = space.Count();
      row.skipped = space.Count() == 0 ? "no legal point on this device" : "";
    }
    std::set<PointId> points = Corners(space, pattern);
    Random random(options_.seed);
    for (int i = 0; i < options_.samples && space.Count() > 0; ++i) points.insert(space.Sample(random));
    int done = 0;
    for (const PointId point : points) {
      if (options_.stop && options_.stop()) throw Interrupted{};
      CheckVariant(pattern, space.PointOf(point), types, problems, device, row);
      if (callback_) callback_({row.kernel, row.pattern, ++done, static_cast<int>(points.size())});
    }
  }

  void CheckVariant(const Pattern& pattern, const Values& point, const Values& types, const std::vector<Values>& problems,
                    const DeviceInfo& device, CheckRow& row) {
    const CompileResult compiled = compiler_.Compile(*kernel_, pattern.name, point, types);
    if (compiled.ok()) {
      if (const std::string missing = MissingFor(*compiled.binary, device); !missing.empty()) {
        row.skipped = missing;
        return;
      }
    }
    ++row.variants;
    if (!compiled.ok()) {
      row.failures.push_back({pattern.name, point, types, Outcome::kCompileError, compiled.ToText()});
      return;
    }
    BenchRequest request;
    request.binary = *compiled.binary;
    request.time = false;
    for (const Values& problem : problems)
      if (IsLegal(pattern, point, problem, device)) request.check_problems.push_back(problem);
    if (request.check_problems.empty()) return;
    row.runs += static_cast<int>(request.check_problems.size());
    request.problem = request.check_problems.back();
    const Measurement result = client_.Measure(request);
    if (result.outcome != Outcome::kOk) row.failures.push_back({pattern.name, point, types, result.outcome, result.message});
  }

  const CheckOptions& options_;
  const std::function<void(const CheckProgress&)>& callback_;
  Compiler compiler_;
  Client client_;
  std::shared_ptr<const Kernel> kernel_;
};

}  // namespace

bool CheckReport::ok() const {
  return std::ranges::all_of(rows, [](const CheckRow& row) { return row.failures.empty(); });
}

CheckReport Check(const std::vector<std::string>& kernel_dirs, const CheckOptions& options,
                  const std::function<void(const CheckProgress&)>& callback) {
  CheckReport report;
  Checker checker(options, callback);
  try {
    for (const std::string& folder : KernelFolders(kernel_dirs)) checker.Do(folder, report);
  } catch (const Interrupted&) {
  }
  return report;
}

}  // namespace hone
