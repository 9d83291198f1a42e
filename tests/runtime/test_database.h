// Databases for the runtime's tests: the hand-made axpy with its variants, and measurements as each test says.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <string>

#include "db/store.h"
#include "tests/runtime/test_kernels.h"

namespace hone::test {

class Database {
 public:
  Database() {
    const auto* test = ::testing::UnitTest::GetInstance()->current_test_info();
    folder_ = std::filesystem::path(::testing::TempDir()) / (std::string("hone_") + test->test_suite_name() + test->name());
    std::filesystem::remove_all(folder_);
    std::filesystem::create_directories(folder_);
    Store store = Store::Open(path(), Store::Mode::kCreate);
    store.PutKernel(*Axpy().kernel);
    for (int wg : {32, 64, 128, 4096}) store.PutBinary(Axpy(wg));
  }
  ~Database() { std::filesystem::remove_all(folder_); }
  std::string path() const { return (folder_ / "tuned.db").string(); }

  void Measure(const DeviceInfo& device, std::int64_t n, std::int64_t wg, double ns, Outcome outcome = Outcome::kOk,
               const std::string& phase = "search") {
    Store store = Store::Open(path(), Store::Mode::kReadWrite);
    const auto run = store.BeginRun({.command = "test"}, device);
    Measurement measured{.kernel = "axpy",
                         .pattern = "strided",
                         .point = {{"WG", wg}},
                         .problem = {{"n", n}},
                         .outcome = outcome,
                         .phase = phase};
    if (outcome == Outcome::kOk) {
      measured.samples_ns = {ns, ns, ns};
      measured.statistics = Summarize(measured.samples_ns);
    }
    store.PutMeasurement(run, device, measured);
    store.EndRun(run);
  }

 private:
  std::filesystem::path folder_;
};

}  // namespace hone::test
