#include "db/exchange.h"

#include <gtest/gtest.h>
#include <sqlite3.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <nlohmann/json.hpp>
#include <regex>
#include <sstream>

#include "db/error.h"
#include "db/merge.h"
#include "tests/db/sample.h"

namespace hone {
namespace {

using nlohmann::json;
using Mode = Store::Mode;

std::string Exported(const Store& store, Format format, const ExportOptions& options = {}) {
  std::ostringstream out;
  Export(store, format, out, options);
  return out.str();
}

// Every row of a view as text, sorted.
std::vector<std::string> RowsOf(const std::string& path, const std::string& sql) {
  std::vector<std::string> rows;
  sqlite3* database = nullptr;
  EXPECT_EQ(sqlite3_open(path.c_str(), &database), SQLITE_OK);
  char* message = nullptr;
  const auto add = [](void* list, int count, char** values, char**) {
    std::string row;
    for (int i = 0; i < count; ++i) row += std::string(values[i] ? values[i] : "NULL") + "|";
    static_cast<std::vector<std::string>*>(list)->push_back(row);
    return 0;
  };
  EXPECT_EQ(sqlite3_exec(database, sql.c_str(), add, &rows, &message), SQLITE_OK) << message;
  sqlite3_close(database);
  std::sort(rows.begin(), rows.end());
  return rows;
}

class ExchangeTest : public testing::Test {
 protected:
  void SetUp() override {
    Store store = Store::Open(path_, Mode::kCreate);
    store.PutKernel(SampleKernel("axpy", "version 0"));
    const std::int64_t old =
        store.BeginRun({"hone tune \"x\"", "0.0.9", "random", ~std::uint64_t{0}}, SampleDevice("GPU", "1"));
    store.PutMeasurement(old, SampleDevice("GPU", "1"), SampleMeasurement({{"WG", 64}}, 99));
    store.PutKernel(SampleKernel());
    const std::int64_t run = store.BeginRun({"hone tune axpy", "0.1.0", "exhaustive", 7}, SampleDevice("GPU", "2"));
    for (std::int64_t n : {1024, 4096}) {
      store.PutMeasurement(run, SampleDevice("GPU", "2"), SampleMeasurement({{"PER_LANE", 1}, {"WG", 64}}, 123.4567, n));
      store.PutMeasurement(run, SampleDevice("GPU", "2"), SampleMeasurement({{"PER_LANE", 2}, {"WG", 64}}, 200, n));
    }
    Measurement wrong = SampleMeasurement({{"PER_LANE", 4}, {"WG", 64}}, 1);
    wrong.outcome = Outcome::kWrongResult;
    wrong.message = "y[3] is \"7\",\nnot 8 — see\tthere";
    store.PutMeasurement(run, SampleDevice("GPU", "2"), wrong);
    store.MarkPending(run, SampleDevice("GPU", "2"), SampleMeasurement({{"PER_LANE", 8}, {"WG", 64}}, 1));
    store.EndRun(run);
  }

  Store Original() { return Store::Open(path_, Mode::kReadOnly); }
  Store New(const std::string& name) { return Store::Open(folder_ / name, Mode::kCreate); }

  TemporaryFolder folder_;
  std::string path_ = folder_ / "a.db";
};

TEST_F(ExchangeTest, TextRoundTripGivesAnEqualDatabase) {
  const std::string text = Exported(Original(), Format::kText);
  {
    Store copy = New("copy.db");
    EXPECT_EQ(Import(copy, Format::kText, text).added, 6);
    EXPECT_EQ(Exported(copy, Format::kText), text);
    EXPECT_EQ(Import(copy, Format::kText, text).added, 0);
  }
  for (const char* view : {"best", "coverage", "stale", "failures", "result", "candidate", "latest", "newest_kernel"}) {
    std::string columns = "*";
    if (std::string(view) == "best")
      columns = "kernel, problem, device, pattern, point, median_ns, low_ns, high_ns, phase, unix_ms";
    if (std::string(view) == "stale")
      columns = "kernel, problem, device, pattern, point, source_changed, driver_changed, tool_changed";
    if (std::string(view) == "result")
      columns = "kernel, problem, device, pattern, point, outcome, phase, median_ns, message, unix_ms";
    if (std::string(view) == "candidate" || std::string(view) == "latest") columns = "unix_ms, outcome, phase, median_ns";
    if (std::string(view) == "newest_kernel") columns = "name, hex(source_hash), seen_ms";
    const std::string sql = "SELECT " + columns + " FROM " + view;
    EXPECT_EQ(RowsOf(folder_ / "copy.db", sql), RowsOf(path_, sql)) << view;
    EXPECT_FALSE(RowsOf(path_, sql).empty()) << view;
  }
  const std::string samples = "SELECT unix_ms, median_ns, hex(samples), properties FROM measurement";
  EXPECT_EQ(RowsOf(folder_ / "copy.db", samples), RowsOf(path_, samples));
}

TEST_F(ExchangeTest, JsonRoundTrip) {
  const std::string text = Exported(Original(), Format::kJson);
  EXPECT_EQ(json::parse(text)["results"].size(), 7u);
  Store copy = New("copy.db");
  Import(copy, Format::kJson, text);
  EXPECT_EQ(Exported(copy, Format::kText), Exported(Original(), Format::kText));
  Store empty = New("empty.db");
  EXPECT_EQ(Exported(empty, Format::kJson), "{\"format\":\"hone-facts 1\"}\n");
}

TEST_F(ExchangeTest, OnlyTheBestWithoutSamplesStaysTheBest) {
  ExportOptions options;
  options.only_best = true;
  options.samples = false;
  const std::string text = Exported(Original(), Format::kText, options);
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 6) << text;  // header, kernel, device, run, two results
  Store copy = New("copy.db");
  Import(copy, Format::kText, text);
  const Values problem{{"T", "float"}, {"n", 4096}};
  EXPECT_EQ(copy.Best("axpy", problem, "")->statistics.median_ns, Original().Best("axpy", problem, "")->statistics.median_ns);
  EXPECT_EQ(copy.Best("axpy", problem, "")->point.ToText(), "PER_LANE=1 WG=64");
}

TEST_F(ExchangeTest, TextErrorsNameTheLine) {
  const std::string text = Exported(Original(), Format::kText);
  ImportOptions options;
  options.source = "tuned.txt";
  const auto error = [&](const std::string& changed) {
    Store copy = New("bad.db");
    const std::string result = ErrorOf([&] { Import(copy, Format::kText, changed, options); });
    EXPECT_EQ(copy.CountMeasurements(), 0);
    EXPECT_TRUE(copy.Kernels().empty()) << "all or nothing";
    return result;
  };
  EXPECT_EQ(error(""), "tuned.txt: not hone's facts: the file is empty");
  EXPECT_EQ(error("hello"), "tuned.txt:1: error: not hone's facts: the first line is not 'hone-facts 1'");
  EXPECT_EQ(error("hone-facts 1\nkernle {}"), "tuned.txt:2: error: unknown fact 'kernle' (did you mean 'kernel'?)");
  EXPECT_NE(error("hone-facts 1\nkernel {").find("tuned.txt:2: error: kernel: not JSON"), std::string::npos);
  const auto replaced = [&](const std::string& from, const std::string& to) {
    std::string changed = text;
    changed.replace(changed.find(from), from.size(), to);
    return error(changed);
  };
  EXPECT_EQ(replaced("\"outcome\":\"ok\"", "\"outcome\":\"fine\""), "tuned.txt:8: error: result.outcome: unknown");
  EXPECT_EQ(replaced("\"point\":\"PER_LANE=1 WG=64\"", "\"point\":\"WG=64 PER_LANE=1\""),
            "tuned.txt:9: error: damaged: 'WG=64 PER_LANE=1' is not sorted by name");
  EXPECT_NE(replaced("\"run\":\"", "\"run\":\"zz").find("tuned.txt:8: error: "), std::string::npos);
  EXPECT_EQ(ErrorOf([&] {
              Store copy = New("bad.db");
              Import(copy, Format::kCsv, "x", options);
            }),
            "tuned.txt: csv does not say enough to be imported; use text or json");
}

TEST_F(ExchangeTest, CsvQuotesAndKeepsColumns) {
  ExportOptions options;
  options.problem = Values{{"T", "float"}, {"n", 1024}};
  options.device_key = SampleDevice("GPU", "2").Key();
  const std::string csv = Exported(Original(), Format::kCsv, options);
  EXPECT_TRUE(csv.starts_with("kernel,problem,device,pattern,point,outcome,phase,median_ns,"));
  EXPECT_NE(csv.find("axpy,T=float n=1024,GPU [10de:2330] driver 4 2 (0x0000002a),strided,PER_LANE=2 WG=64,ok,search,202.0,"),
            std::string::npos)
      << csv;
  EXPECT_NE(csv.find("wrong result,search,,,,,,,0,"), std::string::npos) << csv;
  EXPECT_NE(csv.find("\"y[3] is \"\"7\"\",\nnot 8 — see\tthere\""), std::string::npos) << csv;
}

// --- Kernel Tuner ---

const char* const kCache = R"({
"device_name": "A GPU", "kernel_name": "vector add", "problem_size": [1024, 2], "tune_params_keys": ["bx", "T"],
"tune_params": {"bx": [32, 64], "T": ["float", "double"]}, "objective": "time",
"cache": {
"32,float": {"bx": 32, "T": "float", "time": 2.0, "times": [1.5, 2.0, 2.5], "compile_time": 7, "timestamp": "2023-12-22 09:53:48.691683+00:00"},
"64,float": {"bx": 64, "T": "float", "time": "CompilationFailedConfig", "timestamp": "2023-12-22 09:53:49+00:00"},
"64,double": {"bx": 64, "T": "double", "time": 1.0, "timestamp": "2023-12-22 09:53:50+00:00"}}
})";

TEST_F(ExchangeTest, KernelTunerCacheImports) {
  Store store = New("kt.db");
  const ImportResult result = Import(store, Format::kKernelTuner, kCache);
  EXPECT_EQ(result.added, 3);
  EXPECT_FALSE(result.repaired);
  EXPECT_EQ(Import(store, Format::kKernelTuner, kCache).added, 0);
  const Values problem{{"x", 1024}, {"y", 2}};
  const auto rows = store.Results("vector_add", problem, "");
  ASSERT_EQ(rows.size(), 3u);
  EXPECT_EQ(rows[0].point.ToText(), "T=double bx=64");
  EXPECT_EQ(rows[0].statistics.median_ns, 1e6);
  EXPECT_EQ(rows[1].samples_ns, (std::vector<double>{1.5e6, 2e6, 2.5e6}));
  EXPECT_EQ(rows[1].unix_ms, 1703238828692);
  EXPECT_EQ(rows[2].outcome, Outcome::kCompileError);
}

TEST_F(ExchangeTest, AKernelTunerCacheThatWasNotClosedImports) {
  const std::string text = kCache;
  int row = 0;
  const std::vector<std::pair<std::string, std::int64_t>> cases{
      {text.substr(0, text.rfind("}}")) + "},\n", 3},    // as it is between two entries
      {text.substr(0, text.rfind("\"64,double\"")), 2},  // killed before the next entry
      {text.substr(0, text.rfind("\"time\": 1.0")), 2},  // killed in the middle of one
      {text.substr(0, text.rfind("}") - 2), 3}};         // one brace short
  for (const auto& [cut, expected] : cases) {
    Store store = New("cut" + std::to_string(++row) + ".db");
    const ImportResult result = Import(store, Format::kKernelTuner, cut);
    EXPECT_TRUE(result.repaired) << row;
    EXPECT_EQ(result.added, expected) << row;
  }
  Store store = New("cut.db");
  EXPECT_NE(ErrorOf([&] { Import(store, Format::kKernelTuner, text.substr(0, 100)); }).find("cut short"), std::string::npos);
  EXPECT_NE(ErrorOf([&] { Import(store, Format::kKernelTuner, "{}"); }).find("not a Kernel Tuner cache"), std::string::npos);
}

TEST_F(ExchangeTest, KernelTunerRoundTrip) {
  ExportOptions options;
  EXPECT_NE(ErrorOf([&] { Exported(Original(), Format::kKernelTuner, options); }).find("holds one kernel, problem and device"),
            std::string::npos);
  options.problem = Values{{"T", "float"}, {"n", 4096}};
  const std::string text = Exported(Original(), Format::kKernelTuner, options);
  const json cache = json::parse(text);
  EXPECT_EQ(cache["device_name"], "GPU");
  EXPECT_EQ(cache["cache"]["strided,1,64"]["times"].size(), 5u);
  EXPECT_EQ(cache["tune_params"]["PER_LANE"], json::array({1, 2}));
  EXPECT_EQ(cache["problem_size"], json::array({4096}));
  Store copy = New("kt.db");
  EXPECT_EQ(Import(copy, Format::kKernelTuner, text).added, 2);
  EXPECT_EQ(copy.Best("axpy", {{"x", 4096}}, "")->point.ToText(), "PER_LANE=1 WG=64 pattern=strided");
}

// --- T4 ---

// As much of JSON Schema as the T4 schema uses. Gives "" or the first place that does not fit.
std::string Mismatch(const json& schema, const json& value, const std::string& place = "$") {
  const auto has_type = [&](const std::string& type) {
    return (type == "object" && value.is_object()) || (type == "array" && value.is_array()) ||
           (type == "string" && value.is_string()) || (type == "number" && value.is_number());
  };
  if (schema.contains("type")) {
    bool good = false;
    for (const json& type : schema["type"].is_array() ? schema["type"] : json::array({schema["type"]})) good |= has_type(type);
    if (!good) return place + ": type";
  }
  if (schema.contains("enum") && std::find(schema["enum"].begin(), schema["enum"].end(), value) == schema["enum"].end()) {
    return place + ": enum";
  }
  if (schema.contains("pattern") &&
      !std::regex_search(value.get<std::string>(), std::regex(schema["pattern"].get<std::string>()))) {
    return place + ": pattern";
  }
  for (const json& key : schema.value("required", json::array())) {
    if (!value.contains(key)) return place + ": misses " + key.get<std::string>();
  }
  if (schema.contains("properties") && value.is_object()) {
    for (const auto& [key, inner] : schema["properties"].items()) {
      if (!value.contains(key)) continue;
      if (std::string wrong = Mismatch(inner, value[key], place + "." + key); !wrong.empty()) return wrong;
    }
  }
  if (schema.contains("items") && value.is_array()) {
    for (std::size_t i = 0; i < value.size(); ++i) {
      if (std::string wrong = Mismatch(schema["items"], value[i], place + "[" + std::to_string(i) + "]"); !wrong.empty())
        return wrong;
    }
  }
  return "";
}

std::string ReadFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::string Gunzip(const std::string& path) {
  const std::unique_ptr<FILE, int (*)(FILE*)> pipe(popen(("gzip -dc '" + path + "'").c_str(), "r"), pclose);
  std::string text;
  std::array<char, 65536> block;
  while (const std::size_t got = fread(block.data(), 1, block.size(), pipe.get())) text.append(block.data(), got);
  return text;
}

// Recordings and schemas lie beside the checkout, or where HONE_SHARED says.
std::string SharedFolder() {
  const char* folder = std::getenv("HONE_SHARED");
  return folder ? folder : std::string(HONE_SOURCE_DIR) + "/../shared";
}
const std::string kShared = SharedFolder();

TEST_F(ExchangeTest, AParameterOverSigned64BitsIsNoNegativeOne) {
  const auto with = [](const std::string& value) {
    return R"({"results":[{"configuration":{"P":)" + value + R"(},"times":{"runtimes":[1]},"invalidity":"correct"}]})";
  };
  Store store = New("wide.db");
  EXPECT_EQ(Import(store, Format::kT4, with("9223372036854775807")).added, 1);
  EXPECT_THROW(Import(store, Format::kT4, with("9223372036854775808")), Error);
}

TEST_F(ExchangeTest, T4RoundTripAndSchema) {
  ExportOptions options;
  options.problem = Values{{"T", "float"}, {"n", 1024}};
  options.device_key = SampleDevice("GPU", "2").Key();
  const std::string text = Exported(Original(), Format::kT4, options);
  const json results = json::parse(text)["results"];
  ASSERT_EQ(results.size(), 3u);
  EXPECT_EQ(results[2]["invalidity"], "correctness");
  EXPECT_EQ(results[0]["configuration"], (json{{"pattern", "strided"}, {"PER_LANE", 1}, {"WG", 64}}));
  EXPECT_EQ(results[1]["measurements"][0]["value"], 202e-6);
  Store copy = New("t4.db");
  EXPECT_EQ(Import(copy, Format::kT4, text).added, 3);
  const auto best = copy.Best("axpy", *options.problem, "");
  EXPECT_EQ(best->point.ToText(), "PER_LANE=1 WG=64 pattern=strided");
  EXPECT_EQ(best->unix_ms, 1700000000000);
  const std::string schema = kShared + "/schemas/T4.schema.json";
  if (!std::filesystem::exists(schema)) GTEST_SKIP() << "no T4 schema beside the checkout; the rest passed";
  const json parsed = json::parse(ReadFile(schema));
  EXPECT_EQ(Mismatch(parsed, json::parse(text)), "");
  EXPECT_EQ(Mismatch(parsed, json::parse(R"({"results":[{"configuration":{}}]})")), "$.results[0]: misses times");
}

TEST_F(ExchangeTest, TheCommunitysFilesImport) {
  const std::string spaces = kShared + "/spaces";
  if (!std::filesystem::exists(spaces)) GTEST_SKIP() << "no recorded spaces beside the checkout";
  const std::string cache = Gunzip(spaces + "/convolution_milo_A4000.json.gz"),
                    t4 = Gunzip(spaces + "/convolution_milo_A4000_T4.json.gz");
  Store a = New("kt.db"), b = New("t4.db");
  EXPECT_EQ(Import(a, Format::kKernelTuner, cache).added, 4362);
  ImportOptions options;
  options.kernel = "convolution_kernel";
  options.device = "NVIDIA RTX A4000";
  options.problem = Values{{"x", 4096}, {"y", 4096}};
  EXPECT_EQ(Import(b, Format::kT4, t4, options).added, 4362);
  // The same recording in two forms.
  const auto best_a = a.Best("convolution_kernel", *options.problem, ""),
             best_b = b.Best("convolution_kernel", *options.problem, "");
  EXPECT_EQ(best_a->point, best_b->point);
  EXPECT_EQ(best_a->samples_ns, best_b->samples_ns);
  EXPECT_EQ(a.Summary().at(0).ok, 4201);
  EXPECT_EQ(a.Summary().at(0).failed, b.Summary().at(0).failed);
  Store cut = New("cut.db");
  const ImportResult result = Import(cut, Format::kKernelTuner, cache.substr(0, cache.size() / 2));
  EXPECT_TRUE(result.repaired);
  EXPECT_GT(result.added, 2000);
}

}  // namespace
}  // namespace hone
