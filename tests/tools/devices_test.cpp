// hone devices and hone doctor on lavapipe, and on a machine with no driver.
#include <gtest/gtest.h>

#include <unistd.h>
#include <nlohmann/json.hpp>

#include "tests/tools/process.h"

namespace hone::testing {
namespace {

using Json = nlohmann::json;

// No driver at all: the loader finds nothing in this file's place.
ProcessOptions NoDriver(const TemporaryFolder& folder) {
  const std::string missing = folder / "no-such-driver.json";
  return {.environment = {{"VK_DRIVER_FILES", missing}, {"VK_ICD_FILENAMES", missing}}};
}

const Json* FindFact(const Json& findings, const std::string& area, const std::string& state) {
  for (const Json& finding : findings) {
    if (finding["area"] == area && finding["state"] == state) return &finding;
  }
  return nullptr;
}

TEST(Devices, JsonHasWhatTheTableShows) {
  const ProcessResult text = RunHone({"devices"});
  const ProcessResult json = RunHone({"devices", "--json"});
  ASSERT_EQ(text.status, 0) << text.errors;
  ASSERT_EQ(json.status, 0) << json.errors;
  const Json devices = Json::parse(json.output);
  ASSERT_GE(devices.size(), 1u);
  EXPECT_TRUE(text.output.starts_with("#  device")) << text.output;
  for (const Json& device : devices) {
    EXPECT_NE(text.output.find(device["name"].get<std::string>()), std::string::npos);
    EXPECT_GT(device["limits"]["maxComputeWorkGroupInvocations"], 0);
    EXPECT_EQ(device["max_invocations"], device["limits"]["maxComputeWorkGroupInvocations"]);
    EXPECT_FALSE(device["key"].get<std::string>().empty());
    EXPECT_TRUE(device["features"].is_array());
  }
}

TEST(Devices, ColumnsAreStable) {
  const Json devices = Json::parse(RunHone({"devices", "--json"}).output);
  ASSERT_GE(devices.size(), 1u);
  std::vector<std::string> names;
  for (const auto& [name, value] : devices[0].items()) names.push_back(name);
  const std::vector<std::string> expected = {
      "core_count", "device_local_bytes", "driver_info", "driver_name",  "extensions",    "features", "index", "key",
      "limits",     "max_invocations",    "name",        "shared_bytes", "subgroup_size", "type",     "vulkan"};
  EXPECT_EQ(names, expected);
}

TEST(Devices, NoneIsAnErrorThatNamesTheDoctor) {
  TemporaryFolder folder;
  const ProcessResult none = RunHone({"devices"}, NoDriver(folder));
  EXPECT_EQ(none.status, 1);
  EXPECT_EQ(none.output, "");
  EXPECT_TRUE(none.errors.starts_with("hone: ")) << none.errors;
  EXPECT_TRUE(none.errors.ends_with(" ('hone doctor' looks for the reason)\n")) << none.errors;
}

TEST(Doctor, SaysThatThisMachineCanTune) {
  const ProcessResult text = RunHone({"doctor"});
  EXPECT_EQ(text.status, 0) << text.output;
  EXPECT_TRUE(text.output.ends_with("\nThis machine can tune.\n")) << text.output;
  const Json findings = Json::parse(RunHone({"doctor", "--json"}).output);
  ASSERT_NE(FindFact(findings, "loader", "ok"), nullptr);
  ASSERT_NE(FindFact(findings, "timestamps", "ok"), nullptr);
  for (const Json& finding : findings) {
    EXPECT_NE(text.output.find(finding["fact"].get<std::string>()), std::string::npos) << finding;
    EXPECT_NE(finding["state"], "error") << finding;
  }
}

TEST(Doctor, NamesABrokenDriverAndWhatToDo) {
  TemporaryFolder folder;
  const ProcessOptions options = NoDriver(folder);
  EXPECT_EQ(RunHone({"doctor"}, options).status, 1);
  const Json findings = Json::parse(RunHone({"doctor", "--json"}, options).output);
  const Json* driver = FindFact(findings, "driver", "error");
  ASSERT_NE(driver, nullptr);
  EXPECT_EQ((*driver)["fact"], folder / "no-such-driver.json" + ": cannot be read");
  EXPECT_EQ((*driver)["advice"], "correct VK_DRIVER_FILES, or unset it");
  EXPECT_NE(FindFact(findings, "device", "error"), nullptr);
}

TEST(Doctor, NamesADriverWhoseLibraryIsMissing) {
  TemporaryFolder folder;
  const std::string manifest = folder / "driver.json";
  WriteFile(manifest, R"({"file_format_version": "1.0.0", "ICD": {"library_path": "./libgone.so", "api_version": "1.3.0"}})");
  const Json findings = Json::parse(RunHone({"doctor", "--json"}, {.environment = {{"VK_DRIVER_FILES", manifest}}}).output);
  const Json* driver = FindFact(findings, "driver", "error");
  ASSERT_NE(driver, nullptr);
  EXPECT_NE((*driver)["fact"].get<std::string>().find("libgone.so does not load"), std::string::npos) << *driver;
}

TEST(Doctor, WarnsOfAFolderThatCannotBeWritten) {
  if (geteuid() == 0) GTEST_SKIP() << "root may write everywhere";
  const Json findings = Json::parse(RunHone({"doctor", "--json"}, {.folder = "/proc"}).output);
  EXPECT_NE(FindFact(findings, "folder", "warning"), nullptr);
}

}  // namespace
}  // namespace hone::testing
