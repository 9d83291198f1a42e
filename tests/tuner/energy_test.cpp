// The reader of powercap, on a tree like the kernel's; NVML is met on a machine that has it.
#include "tuner/energy.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include "db/error.h"
#include "tests/temporary_folder.h"

namespace hone {
namespace {

namespace fs = std::filesystem;

class Energy : public testing::Test {
 protected:
  void SetUp() override {
    setenv("HONE_POWERCAP", root_.c_str(), 1);
    cpu_.type = "cpu";
  }
  void TearDown() override { unsetenv("HONE_POWERCAP"); }

  void Zone(const std::string& folder, const std::string& name, const std::string& microjoules) {
    fs::create_directories(root_ / folder);
    std::ofstream(root_ / folder / "name") << name << '\n';
    std::ofstream(root_ / folder / "energy_uj") << microjoules << '\n';
    std::ofstream(root_ / folder / "max_energy_range_uj") << "1000000000\n";
  }

  std::string WhyNot() {
    try {
      EnergyMeter::Open(cpu_);
    } catch (const Error& error) {
      return error.what();
    }
    return "";
  }

  TemporaryFolder folder_;
  fs::path root_ = folder_.path();
  DeviceInfo cpu_;
};

TEST_F(Energy, AddsUpThePackagesAlone) {
  Zone("intel-rapl:0", "package-0", "5000000");
  Zone("intel-rapl:1", "package-1", "1000000");
  Zone("intel-rapl:0:0", "core", "4000000");  // part of package 0
  Zone("intel-rapl:2", "psys", "9000000");    // holds them all
  const auto meter = EnergyMeter::Open(cpu_);
  EXPECT_DOUBLE_EQ(meter->Joules(), 0);
  Zone("intel-rapl:0", "package-0", "7000000");
  Zone("intel-rapl:0:0", "core", "4500000");
  Zone("intel-rapl:1", "package-1", "1500000");
  Zone("intel-rapl:2", "psys", "99000000");
  EXPECT_DOUBLE_EQ(meter->Joules(), 2.5);
}

TEST_F(Energy, ACounterThatStartsAgainGoesOn) {
  Zone("intel-rapl:0", "package-0", "999000000");
  const auto meter = EnergyMeter::Open(cpu_);
  Zone("intel-rapl:0", "package-0", "2000000");  // its range is 1000 J
  EXPECT_DOUBLE_EQ(meter->Joules(), 3);
  Zone("intel-rapl:0", "package-0", "2500000");
  EXPECT_DOUBLE_EQ(meter->Joules(), 3.5);
}

TEST_F(Energy, SaysWhatIsMissingAndWhatToDo) {
  EXPECT_EQ(WhyNot(), "--objective energy: " + root_.string() +
                          ": no zone intel-rapl:N in it (load the module intel_rapl_msr, or leave --objective out)");
  Zone("intel-rapl:0", "package-0", "");
  EXPECT_NE(WhyNot().find("intel-rapl:0/energy_uj: it is empty"), std::string::npos) << WhyNot();
  Zone("intel-rapl:0", "package-0", "much");
  EXPECT_NE(WhyNot().find("'much' is no energy"), std::string::npos) << WhyNot();
  fs::remove(root_ / "intel-rapl:0" / "energy_uj");
  EXPECT_NE(WhyNot().find("No such file or directory (make it readable: sudo chmod a+r "), std::string::npos) << WhyNot();
  fs::remove_all(root_);
  EXPECT_NE(WhyNot().find(root_.string() + ": No such file or directory"), std::string::npos) << WhyNot();
}

TEST_F(Energy, ADeviceWithoutACounterIsNamed) {
  DeviceInfo device;
  device.type = "discrete";
  device.name = "Some GPU";
  try {
    EnergyMeter::Open(device);
    FAIL();
  } catch (const Error& error) {
    EXPECT_NE(std::string(error.what()).find("Some GPU: hone knows no energy counter"), std::string::npos) << error.what();
  }
}

TEST(Nvml, NamesACardAsNvidiaDoes) {
  EXPECT_EQ(NvmlUuid("0123456789abcdef0123456789abcdef"), "GPU-01234567-89ab-cdef-0123-456789abcdef");
}

}  // namespace
}  // namespace hone
