// hone export, hone import: measurements in and out, in forms that others read.
#include <cstdio>
#include <optional>
#include <sstream>

#include "db/error.h"
#include "db/exchange.h"
#include "db/file_system.h"
#include "db/merge.h"
#include "db/whole_file.h"
#include "tools/command_list.h"
#include "tools/format.h"
#include "tools/results.h"
#include "tools/table.h"
#include "tools/whole_file.h"
#include "tuner/read_file.h"

namespace hone {
namespace {

Option FormatOption() {
  std::string names;
  for (const std::string& name : FormatNames()) names += (names.empty() ? "" : "|") + name;
  return {"format", names, "the form", "text"};
}

Format FormatFrom(const Arguments& arguments) { return *FormatFromText(arguments.Text("format")); }

// The one measured problem that --problem means.
Values OneProblem(const Store& store, const Arguments& arguments) {
  const std::vector<Coverage> meant = Select(store, arguments.Text("kernel"), arguments);
  RequireProblem(store, arguments.Text("kernel"), meant, arguments);
  for (const Coverage& other : meant) {
    if (other.problem == meant.front().problem) continue;
    throw Error(store.path() + ": --problem " + arguments.Text("problem") + " means '" + meant.front().problem.ToText() +
                "' and '" + other.problem.ToText() + "'; say more of one of them");
  }
  return meant.front().problem;
}

ExportOptions ExportOptionsFrom(const Store& store, const Arguments& arguments) {
  ExportOptions options{
      .kernel = arguments.Text("kernel"), .only_best = arguments.Flag("best"), .samples = !arguments.Flag("no-samples")};
  if (arguments.Has("kernel")) RequireKernel(store, options.kernel);
  if (arguments.Has("problem")) options.problem = OneProblem(store, arguments);
  if (arguments.Has("device")) options.device_key = DeviceKey(store, arguments.Text("device"));
  return options;
}

int RunExport(const Arguments& arguments) {
  const Store store = Store::Open(arguments.Text("FILE.db"), Store::Mode::kReadOnly);
  const ExportOptions options = ExportOptionsFrom(store, arguments);
  if (arguments.Has("output")) {
    WriteWholeFile(arguments.Text("output"), [&](std::ostream& file) { Export(store, FormatFrom(arguments), file, options); });
    return 0;
  }
  std::ostringstream text;
  Export(store, FormatFrom(arguments), text, options);
  std::fputs(text.str().c_str(), stdout);
  return 0;
}

// One object a file.
Json ImportAll(Store store, const std::vector<std::string>& texts, const Arguments& arguments) {
  Json all = Json::array();
  for (std::size_t i = 0; i < texts.size(); ++i) {
    const std::string& path = arguments.All("FILE")[i];
    ImportOptions options{.source = path, .kernel = arguments.Text("kernel"), .device = arguments.Text("device")};
    if (arguments.Has("problem")) options.problem = Values::FromText(arguments.Text("problem"));
    const ImportResult result = Import(store, FormatFrom(arguments), texts[i], options);
    all.push_back({{"file", path}, {"added", result.added}, {"repaired", result.repaired}});
  }
  return all;
}

int RunImport(const Arguments& arguments) {
  if (!arguments.Has("db")) throw UsageError("option '--db' is missing: the database to import into");
  std::vector<std::string> texts;  // before a database is made
  for (const std::string& path : arguments.All("FILE")) texts.push_back(ReadFile(path));
  const std::string database = arguments.Text("db");
  std::optional<WholeFile> made;  // what is imported into a new database; nothing is left behind where it is no good
  if (!database.empty() && !HasContent(database) && IsWritable(FolderOf(database))) made.emplace(database);
  const Json all = ImportAll(Store::Open(made ? made->temporary() : database, Store::Mode::kCreate), texts, arguments);
  if (made) Merge(database, {made->temporary()});
  if (arguments.Flag("json")) return PrintJson(all), 0;
  for (const Json& one : all) {
    const auto added = one["added"].get<std::int64_t>();
    std::printf("%s: %lld new measurement%s%s\n", one["file"].get<std::string>().c_str(), static_cast<long long>(added),
                added == 1 ? "" : "s", one["repaired"].get<bool>() ? "; the file was cut short, what it holds was read" : "");
  }
  return 0;
}

}  // namespace

Command ExportCommand() {
  return {.name = "export",
          .summary = "Writes measurements in a form that others read; text is made for git",
          .example =
              "hone export tuned.db -o kernels/tuned/h100.txt --best --no-samples\nhone export tuned.db --format csv > "
              "tuned.csv",
          .positionals = {{"FILE.db"}},
          .options = {FormatOption(),
                      {"output,o", "FILE", "written whole or not at all; standard output without it"},
                      {"kernel", "NAME", "only this kernel"},
                      {"problem", "NAME=VALUE,…", "only this problem"},
                      DeviceOption(),
                      {"best", "", "only the best of each problem and device"},
                      {"no-samples", "", "statistics only"}},
          .run = RunExport};
}

Command ImportCommand() {
  return {.name = "import",
          .summary = "Reads measurements from files of 'hone export' or of other tuners, gzipped or not; twice is once",
          .example =
              "hone import kernels/tuned/h100.txt --db tuned.db\n"
              "hone import cache.json.gz --format kernel-tuner --db tuned.db --kernel convolution --device A100",
          .positionals = {{"FILE", 1, kMany}},
          .options = {FormatOption(),
                      {"db", "FILE.db", "the database to import into; made when it is not there"},
                      {"kernel", "NAME", "the kernel's name, where the file does not say or another is wanted"},
                      {"device", "NAME", "the device's name, likewise"},
                      {"problem", "NAME=VALUE,…", "the problem, likewise"},
                      JsonOption()},
          .run = RunImport};
}

}  // namespace hone
