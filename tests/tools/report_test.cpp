// hone report, looked at in a real browser.
#include <gtest/gtest.h>

#include <filesystem>

#include "db/store.h"
#include "tests/tools/tuned.h"

namespace hone::testing {
namespace {

namespace fs = std::filesystem;

std::string FirstLine(const ProcessResult& result) { return result.output.substr(0, result.output.find('\n')); }

// What drives the browser; "" and a reason where something is missing.
struct Browser {
  std::string packages, chromium, missing;
};

Browser FindBrowser() {
  Browser browser;
  const ProcessResult chromium = RunProgram({"/bin/sh", "-c", "command -v chromium || command -v chromium-browser"});
  const ProcessResult node = RunProgram({"/bin/sh", "-c", "command -v node"});
  if (chromium.status != 0 || node.status != 0) {
    browser.missing = "no chromium or no node on this machine";
    return browser;
  }
  browser.chromium = FirstLine(chromium);
  const ProcessResult fetched = RunProgram({HONE_SOURCE_DIR "/tools/report/fetch", "--tests"});
  if (fetched.status != 0) browser.missing = fetched.errors;
  browser.packages = FirstLine(fetched);
  return browser;
}

bool HasReport() { return RunHone({"report", "--help"}).status == 0; }

void LookAt(const std::string& page, const std::string& database, const TemporaryFolder& folder, double timeout_s) {
  const Browser browser = FindBrowser();
  if (!browser.missing.empty()) GTEST_SKIP() << browser.missing;
  WriteFile(folder / "summary.json", RunHone({"summary", database, "--json"}).output);
  const ProcessResult looked = RunProgram({"node", HONE_SOURCE_DIR "/tests/tools/report_browser.mjs", browser.packages,
                                           browser.chromium, page, folder / "summary.json", folder.path()},
                                          {.timeout_s = timeout_s});
  EXPECT_EQ(looked.status, 0) << looked.output << looked.errors;
  for (const char* name : {"light.png", "dark.png", "narrow.png"}) {
    EXPECT_TRUE(fs::exists(folder / name) && fs::file_size(folder / name) > 20000) << name;
    const char* keep = std::getenv("HONE_SCREENSHOTS");  // a folder for people who want to see them
    if (keep != nullptr) fs::copy(folder / name, keep, fs::copy_options::overwrite_existing);
  }
}

TEST(DatabaseReport, IsOnePageThatABrowserShows) {
  if (!HasReport()) GTEST_SKIP() << "hone was built without its report";
  TemporaryFolder folder;
  const std::string page = folder / "report.html";
  const ProcessResult made = RunHone({"report", TunedDatabase(), "-o", page});
  ASSERT_EQ(made.status, 0) << made.errors;
  EXPECT_TRUE(made.output.starts_with(page + ": ")) << made.output;
  const std::string text = ReadFile(page);
  EXPECT_EQ(text.find("HONE_REPORT_DATA"), std::string::npos);
  EXPECT_NE(text.find("Apache License"), std::string::npos) << "the chart library's licence is kept";
  LookAt(page, TunedDatabase(), folder, 180);
}

TEST(DatabaseReport, HasNoResultsToShow) {
  if (!HasReport()) GTEST_SKIP() << "hone was built without its report";
  TemporaryFolder folder;
  Store::Open(folder / "empty.db", Store::Mode::kCreate);
  EXPECT_EQ(RunHone({"report", folder / "empty.db", "-o", folder / "r.html"}).status, 0);
}

TEST(DatabaseReport, ErrorsLeaveNoPage) {
  if (!HasReport()) GTEST_SKIP() << "hone was built without its report";
  TemporaryFolder folder;
  EXPECT_EQ(RunHone({"report", TunedDatabase()}).status, 2);
  const ProcessResult missing = RunHone({"report", folder / "no.db", "-o", folder / "r.html"});
  EXPECT_EQ(missing.status, 1);
  EXPECT_FALSE(fs::exists(folder / "r.html"));
  const ProcessResult nowhere = RunHone({"report", TunedDatabase(), "-o", folder / "no/r.html"});
  EXPECT_EQ(nowhere.status, 1);
  EXPECT_EQ(nowhere.errors, "hone: " + (folder / "no/r.html") + ": cannot be written: No such file or directory\n");
}

// 200,000 results: a kernel of four parameters on twenty problems.
void MakeLarge(const std::string& path) {
  Kernel kernel{.name = "large", .summary = "made for a test <b>&amp;</script>"};
  kernel.integers = {{"n"}};
  kernel.bytes = "4 * n";
  Pattern pattern{.name = "only"};
  for (const char* name : {"A", "B", "C", "D"}) {
    Parameter parameter{.name = name};
    for (std::int64_t value = 0; value < 10; ++value) parameter.values.emplace_back(value);
    pattern.parameters.push_back(parameter);
  }
  pattern.default_point = {{"A", 0}, {"B", 0}, {"C", 0}, {"D", 0}};
  kernel.patterns = {pattern};
  DeviceInfo device = GenericDevice();
  Store store = Store::Open(path, Store::Mode::kCreate);
  store.PutKernel(kernel);
  store.PutDevice(device);
  const std::int64_t run = store.BeginRun({.command = "test", .version = "0", .strategy = "exhaustive"}, device);
  std::int64_t now = 1'700'000'000'000;
  for (std::int64_t problem = 1; problem <= 20; ++problem) {
    store.Transaction([&] {
      for (std::int64_t i = 0; i < 10000; ++i) {
        Measurement m{
            .kernel = "large", .pattern = "only", .problem = {{"n", problem * 1024}}, .phase = "search", .unix_ms = ++now};
        m.point = {{"A", i % 10}, {"B", i / 10 % 10}, {"C", i / 100 % 10}, {"D", i / 1000}};
        if (i % 17 == 3) {
          m.outcome = Outcome::kWrongResult;
          m.message = "element 7 differs";
        } else {
          m.samples_ns = {1000.0 * static_cast<double>(problem) + static_cast<double>((i * 7919) % 10000)};
          m.statistics = Summarize(m.samples_ns);
        }
        store.PutMeasurement(run, device, m);
      }
    });
  }
  store.EndRun(run);
}

TEST(DatabaseReport, WorksWith200000Measurements) {
  if (!HasReport()) GTEST_SKIP() << "hone was built without its report";
  TemporaryFolder folder;
  MakeLarge(folder / "large.db");
  const std::string page = folder / "report.html";
  ASSERT_EQ(RunHone({"report", folder / "large.db", "-o", page}).status, 0);
  EXPECT_LT(fs::file_size(page), 40u << 20);
  LookAt(page, folder / "large.db", folder, 300);
}

}  // namespace
}  // namespace hone::testing
