// hone stats: how much of what, and where the bytes go.
#include "db/stats.h"

#include "tools/command_list.h"
#include "tools/format.h"
#include "tools/table.h"

namespace hone {
namespace {

Json Object(const std::map<std::string, std::int64_t>& numbers) {
  Json json = Json::object();
  for (const auto& [name, number] : numbers) json[name] = number;
  return json;
}

void PrintText(const std::string& path, const StoreStats& stats) {
  Table table({{"what", path}, {"value", "", true}, {"number", " ", true}});
  const auto count = [&](const std::string& what, std::int64_t n) { table.Add({what, {"", n}, std::to_string(n)}); };
  const auto bytes = [&](const std::string& what, std::int64_t n) {
    table.Add({what, {"", n}, FormatBytes(static_cast<double>(n))});
  };
  bytes("file", stats.file_bytes);
  bytes("SPIR-V, as it is", stats.spirv_bytes);
  bytes("SPIR-V, as stored", stats.spirv_stored_bytes);
  bytes("samples", stats.samples_bytes);
  for (const auto& [outcome, n] : stats.outcomes) count("measurements: " + outcome, n);
  count("superseded by a later one", stats.superseded);
  count("stale: the kernel's source changed", stats.stale_source);
  count("stale: another driver since", stats.stale_driver);
  count("stale: another hone since", stats.stale_tool);
  for (const auto& [name, n] : stats.rows) count("rows of " + name, n);
  table.Print(false);
}

int RunStats(const Arguments& arguments) {
  const Store store = Store::Open(arguments.Text("FILE.db"), Store::Mode::kReadOnly);
  const StoreStats stats = Stats(store);
  if (!arguments.Flag("json")) {
    PrintText(store.path(), stats);
    return 0;
  }
  PrintJson({{"file", store.path()},
             {"file_bytes", stats.file_bytes},
             {"spirv_bytes", stats.spirv_bytes},
             {"spirv_stored_bytes", stats.spirv_stored_bytes},
             {"samples_bytes", stats.samples_bytes},
             {"outcomes", Object(stats.outcomes)},
             {"superseded", stats.superseded},
             {"stale_source", stats.stale_source},
             {"stale_driver", stats.stale_driver},
             {"stale_tool", stats.stale_tool},
             {"rows", Object(stats.rows)}});
  return 0;
}

}  // namespace

Command StatsCommand() {
  return {.name = "stats",
          .summary = "Counts what a database holds, and says where its bytes go",
          .example = "hone stats tuned.db",
          .positionals = {{"FILE.db"}},
          .options = {JsonOption()},
          .run = RunStats};
}

}  // namespace hone
