// A normal call of each subcommand and its errors, compared whole with tests/tools/golden/calls. Facts come from
// tests/data/db/facts.txt, so that times are the same everywhere; where they are measured now, numbers are masked.
#include <gtest/gtest.h>

#include <filesystem>
#include <regex>

#include "tests/tools/tuned.h"

namespace hone::testing {
namespace {

namespace fs = std::filesystem;

struct Call {
  std::string name;
  std::vector<std::string> arguments;
  bool masked = false;  // numbers differ from call to call, or machine to machine
};

void PrintTo(const Call& call, std::ostream* out) { *out << call.name; }

std::string NameOf(const ::testing::TestParamInfo<Call>& parameter) { return parameter.param.name; }

// Numbers with what may be their unit as # (and what they count as many), the first device's names as DEVICE, columns one blank
// apart.
std::string Masked(std::string text) {
  static const nlohmann::json device = JsonOf(RunHone({"devices", "--json"})).at(0);
  for (const char* key : {"name", "driver_info", "driver_name"}) {
    const std::string name = device.at(key);
    for (std::size_t at = 0; !name.empty() && (at = text.find(name, at)) != text.npos; at += 6)
      text.replace(at, name.size(), "DEVICE");
  }
  text = std::regex_replace(text, std::regex("[0-9]+([.][0-9]+)?(e[+-][0-9]+)?( (ns|us|µs|ms|s|B|KiB|MiB|GB/s)\\b)?"), "#");
  text = std::regex_replace(text, std::regex("(DEVICE|#)( ?[(\\[:]?(DEVICE|#|[0-9a-f]{4}|0x#)[)\\]]?)+"), "$1");
  text = std::regex_replace(text, std::regex("# (kernel|winner|variant|module|measurement)\\b"), "# $1s");
  return std::regex_replace(text, std::regex(" +"), " ");
}

// What a person sees of a call made in `folder`.
std::string Seen(const Call& call, const std::string& folder) {
  std::string seen = "$ hone";
  for (const std::string& argument : call.arguments) {
    const bool plain = argument.find_first_of(" ;|<>&") == argument.npos;
    seen += plain ? " " + argument : " '" + argument + "'";
  }
  const ProcessResult result = RunHone(call.arguments, {.environment = {{"TZ", "UTC"}}, .folder = folder});
  std::string said = result.output;
  if (result.status != 0) said += result.errors;  // else it is progress: how many lines depends on the time
  if (call.masked) said = Masked(said);
  return seen + "\n" + said + (result.status == 0 ? "" : "[status " + std::to_string(result.status) + "]\n");
}

// In a folder with facts.txt, facts.db made from it, slower.db (one result of another run) and a recorded space.
class Calls : public ::testing::TestWithParam<Call> {
 protected:
  void SetUp() override {
    for (const std::string path : {"/db/facts.txt", "/db/slower.txt", "/replay/small.json"}) {
      fs::copy_file(HONE_TEST_DATA + path, folder_ / fs::path(path).filename().string());
    }
    for (const std::string name : {"facts", "slower"}) {
      ASSERT_EQ(RunHone({"import", name + ".txt", "--db", name + ".db"}, {.folder = folder_.path()}).status, 0);
    }
    WriteFile(folder_ / "notes.txt", "hello\n");
  }
  TemporaryFolder folder_;
};

TEST_P(Calls, AreAsBefore) { ExpectGolden("calls/" + GetParam().name + ".txt", Seen(GetParam(), folder_.path())); }

const Call kCalls[] = {
    {"show", {"show", "facts.db"}},
    {"show_json", {"show", "facts.db", "--json"}},
    {"show_kernel", {"show", "facts.db", "axpy"}},
    {"show_kernel_json", {"show", "facts.db", "axpy", "--json"}},
    {"show_problem", {"show", "facts.db", "axpy", "--problem", "n=1048576"}},
    {"show_problem_json", {"show", "facts.db", "axpy", "--problem", "n=1048576", "--device", "llvmpipe", "--json"}},
    {"show_where", {"show", "facts.db", "axpy", "--where", "ok && WG < 256", "--sort", "variant", "--limit", "1"}},
    {"show_variant", {"show", "facts.db", "axpy", "--problem", "n=1048576", "--variant", "vector PER_LANE=2 VEC=4 WG=256"}},
    {"show_no_kernel", {"show", "facts.db", "axpi"}},
    {"show_no_device", {"show", "facts.db", "axpy", "--device", "MI300"}},
    {"show_wrong_formula", {"show", "facts.db", "axpy", "--where", "WG <"}},
    {"show_no_spirv", {"show", "facts.db", "axpy", "--as", "glsl"}},
    {"show_as_nothing", {"show", "facts.db", "--as", "glsl"}},
    {"show_no_file", {"show", "no.db"}},
    {"summary", {"summary", "facts.db"}},
    {"summary_json", {"summary", "facts.db", "--json"}},
    {"summary_no_problem", {"summary", "facts.db", "--problem", "n=5"}},
    {"summary_no_database", {"summary", "notes.txt"}},
    {"explain_no_problem", {"explain", "facts.db", "axpy"}},
    {"explain_no_file", {"explain", "no.db", "axpy", "--problem", "n=1024"}},
    {"diff", {"diff", "facts.db", "slower.db"}},
    {"diff_json", {"diff", "facts.db", "slower.db", "--json"}},
    {"diff_one_file", {"diff", "facts.db"}},
    {"diff_no_file", {"diff", "facts.db", "no.db"}},
    {"stats", {"stats", "facts.db"}, true},
    {"stats_json", {"stats", "facts.db", "--json"}, true},
    {"stats_no_file", {"stats", "no.db"}},
    {"pack_no_spirv", {"pack", "facts.db", "-o", "app.db"}},
    {"pack_no_output", {"pack", "facts.db"}},
    {"merge", {"merge", "all.db", "facts.db", "slower.db"}},
    {"merge_json", {"merge", "all.db", "facts.db", "facts.db", "--json"}},
    {"merge_no_input", {"merge", "all.db"}},
    {"merge_no_database", {"merge", "all.db", "facts.db", "notes.txt"}},
    {"prune", {"prune", "facts.db", "--failed", "--keep-device", "llvmpipe"}, true},
    {"prune_json", {"prune", "facts.db", "--superseded", "--json"}, true},
    {"prune_nothing", {"prune", "facts.db"}},
    {"prune_no_file", {"prune", "no.db", "--failed"}},
    {"verify", {"verify", "facts.db"}},
    {"verify_json", {"verify", "facts.db", "--json"}},
    {"verify_no_file", {"verify", "no.db"}},
    {"verify_not_signed", {"verify", "facts.db", "--key", "no.pub"}},
    {"export", {"export", "facts.db"}},
    {"export_best", {"export", "facts.db", "--best", "--no-samples", "--device", "H100"}},
    {"export_json", {"export", "facts.db", "--format", "json", "--best"}},
    {"export_csv", {"export", "facts.db", "--format", "csv"}},
    {"export_t4", {"export", "facts.db", "--format", "t4", "--problem", "n=1048576", "--device", "llvmpipe"}},
    {"export_kernel_tuner",
     {"export", "facts.db", "--format", "kernel-tuner", "--problem", "n=1048576", "--device", "llvmpipe"}},
    {"export_several", {"export", "facts.db", "--format", "t4"}},
    {"export_nowhere", {"export", "facts.db", "-o", "no/facts.txt"}},
    {"import", {"import", "facts.txt", "slower.txt", "--db", "new.db"}},
    {"import_json", {"import", "facts.txt", "--db", "facts.db", "--json"}},
    {"import_no_db", {"import", "facts.txt"}},
    {"import_no_facts", {"import", "notes.txt", "--db", "new.db"}},
    {"import_no_file", {"import", "no.txt", "--db", "new.db"}},
    {"bench_stored", {"bench", "facts.db", "--stored"}},
    {"bench_stored_json", {"bench", "facts.db", "--stored", "--json"}},
    {"bench_no_kernel", {"bench", "facts.db", "axpi", "--stored"}},
    {"transfers", {"transfers", "new.db", "--most-mib", "1"}, true},
    {"transfers_json", {"transfers", "new.db", "--most-mib", "0", "--json"}, true},
    {"transfers_stored_none", {"transfers", "facts.db", "--stored"}},
    {"transfers_no_file", {"transfers", "no.db", "--stored"}},
    {"transfers_no_device", {"transfers", "facts.db", "--stored", "--device", "MI300"}},
    {"replay", {"replay", "small.json", "--repeats", "3", "--quiet"}, true},
    {"replay_no_space", {"replay", "notes.txt", "--quiet"}},
    {"replay_no_strategy", {"replay", "small.json", "--strategy", "bayes-forrest"}},
    {"replay_no_repeats", {"replay", "small.json", "--repeats", "0"}},
    {"completion_no_shell", {"completion", "csh"}},
    {"devices_too_many", {"devices", "0"}},
    {"doctor_too_many", {"doctor", "0"}},
    {"check_no_kernel", {"check", "no"}},
    {"compile_no_output", {"compile", "no"}},
    {"tune_no_database", {"tune", "no"}},
    {"tune_no_kernel", {"tune", "no", "--db", "new.db"}},
};
INSTANTIATE_TEST_SUITE_P(All, Calls, ::testing::ValuesIn(kCalls), NameOf);

// From sources to a packed database, one after the other in one folder.
TEST(CallsNow, AreAsBeforeButForNumbers) {
  const TemporaryFolder folder;
  fs::copy(kAxpy, folder / "axpy", fs::copy_options::recursive);
  fs::copy(HONE_SOURCE_DIR "/kernels/common", folder / "common", fs::copy_options::recursive);
  const std::vector<std::string> one{"--problem", "n=4096,T=float", "--pattern", "strided"};
  const auto with_one = [&](std::vector<std::string> arguments) {
    arguments.insert(arguments.end(), one.begin(), one.end());
    return arguments;
  };
  const Call calls[] = {
      {"compile", {"compile", "axpy", "-o", "a.db", "--variants", "2", "--threads", "1"}, true},
      {"compile_json", {"compile", "axpy", "-o", "a.db", "--variants", "2", "--json"}, true},
      {"tune_dry_run", with_one({"tune", "axpy", "--db", "a.db", "--evals", "1", "--dry-run"}), true},
      {"tune", with_one({"tune", "axpy", "--db", "a.db", "--evals", "1", "--playoff", "0"}), true},
      {"tune_json", with_one({"tune", "axpy", "--db", "a.db", "--evals", "1", "--playoff", "0", "--json"}), true},
      {"check", {"check", "axpy", "--samples", "1"}, true},
      {"bench", {"bench", "a.db", "--rounds", "3"}, true},
      {"bench_json", {"bench", "a.db", "--rounds", "3", "--json"}, true},
      {"explain", {"explain", "a.db", "axpy", "--problem", "n=4096"}, true},
      {"explain_json", {"explain", "a.db", "axpy", "--problem", "n=4096", "--json"}, true},
      {"pack", {"pack", "a.db", "-o", "app.db"}, true},
      {"pack_json", {"pack", "a.db", "-o", "app.db", "--json"}, true},
      {"verify_packed", {"verify", "app.db"}, true},
  };
  for (const Call& call : calls) ExpectGolden("calls/" + call.name + ".txt", Seen(call, folder.path()));
}

}  // namespace
}  // namespace hone::testing
