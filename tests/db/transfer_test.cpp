// What moving bytes takes, as facts: which counts, and that it goes wherever facts go.
#include <gtest/gtest.h>

#include <cmath>
#include <sstream>

#include "db/exchange.h"
#include "db/merge.h"
#include "db/pack.h"
#include "db/prune.h"
#include "db/verify.h"
#include "tests/db/sample.h"

namespace hone {
namespace {

class TransferTest : public testing::Test {
 protected:
  void SetUp() override {
    Store store = Store::Open(path_, Store::Mode::kCreate);
    store.PutBinary(SampleBinary(SampleKernel(), "strided", {{"PER_LANE", 4}, {"WG", 256}}, {{"T", "float"}}));
    store.PutMeasurement(store.BeginRun({}, SampleDevice()), SampleDevice(),
                         SampleMeasurement({{"PER_LANE", 4}, {"WG", 256}}, 9));
    store.PutTransfers(SampleDevice("Other GPU"), {{"upload", 4096, "ring-1-copy", 10, 1000}});
    store.PutTransfers(SampleDevice(), {{"upload", 4096, "ring-1-copy", 10, 1000},
                                        {"upload", 4096, "direct", 60, 1000},
                                        {"download", 4096, "ring-1-copy", 70, 1000}});
    store.PutTransfers(SampleDevice(), {{"upload", 4096, "ring-1-copy", 90, 2000},
                                        {"upload", 4096, "import-copy", 50, 2000},
                                        {"upload", 4096, "direct", 50, 2000}});
  }

  static std::string Text(const std::string& path, const ExportOptions& options = {}, Format format = Format::kText) {
    std::ostringstream out;
    Export(Store::Open(path, Store::Mode::kReadOnly), format, out, options);
    return out.str();
  }

  static void ExpectTheBest(const std::string& path) {
    const auto best = Store::Open(path, Store::Mode::kReadOnly).BestTransfers(SampleDevice().Key());
    ASSERT_EQ(best.size(), 2u);
    EXPECT_EQ(best[0].direction, "download");
    EXPECT_EQ(best[0].way, "ring-1-copy");
    EXPECT_EQ(best[1].direction, "upload");
    EXPECT_EQ(best[1].bytes, 4096u);
    EXPECT_EQ(best[1].way, "direct");  // as fast as import-copy, and first by name
    EXPECT_EQ(best[1].median_ns, 50);
    EXPECT_EQ(best[1].unix_ms, 2000);
    EXPECT_TRUE(Verify(path).problems.empty());
  }

  TemporaryFolder folder_;
  std::string path_ = folder_ / "a.db", other_ = folder_ / "b.db";
};

TEST_F(TransferTest, TheBestOfTheLastTimingCounts) {
  ExpectTheBest(path_);
  EXPECT_TRUE(Store::Open(path_, Store::Mode::kReadOnly).BestTransfers("no such device").empty());
}

TEST_F(TransferTest, GoesAlongInTextAndJsonAndMerges) {
  for (const Format format : {Format::kText, Format::kJson}) {
    const std::string copy = folder_ / (format == Format::kText ? "text.db" : "json.db");
    {
      Store store = Store::Open(copy, Store::Mode::kCreate);
      for (int i = 0; i < 2; ++i) Import(store, format, Text(path_, {}, format));
    }
    EXPECT_EQ(Text(copy), Text(path_));
    ExpectTheBest(copy);
  }
  Merge(other_, {path_, path_});
  EXPECT_EQ(Text(other_), Text(path_));
}

TEST_F(TransferTest, AnExportHoldsWhatItIsAskedFor) {
  const auto count = [&](const ExportOptions& options) {
    std::istringstream lines(Text(path_, options));
    int transfers = 0;
    for (std::string line; std::getline(lines, line);) transfers += line.starts_with("transfer ");
    return transfers;
  };
  EXPECT_EQ(count({}), 7);
  EXPECT_EQ(count({.only_best = true}), 3);
  EXPECT_EQ(count({.device_key = SampleDevice("Other GPU").Key()}), 1);
  EXPECT_EQ(count({.kernel = "axpy"}), 0);
  Store store = Store::Open(other_, Store::Mode::kCreate);
  Import(store, Format::kText, Text(path_, {.only_best = true}));  // the device of every transfer is there too
  EXPECT_EQ(store.BestTransfers(SampleDevice("Other GPU").Key()).size(), 1u);
}

TEST_F(TransferTest, PackKeepsTheBestOfEachWantedDevice) {
  Pack(path_, other_, {.device_keys = {SampleDevice().Key()}});
  ExpectTheBest(other_);
  const std::string text = Text(other_);
  EXPECT_EQ(text.find("import-copy"), text.npos);
  EXPECT_EQ(text.find("Other GPU"), text.npos);
}

TEST_F(TransferTest, PruneForgetsEarlierTimingsAndOtherDevices) {
  Prune(path_, {.superseded = true});
  ExpectTheBest(path_);
  EXPECT_EQ(Text(path_).find("\"at\":1000,\"bytes\":4096,\"device\":\"" + SampleDevice().Key() + "\",\"direction\":\"upload\""),
            std::string::npos);
  Prune(path_, {.keep_devices = {SampleDevice().Key()}});
  EXPECT_EQ(Text(path_).find("Other GPU"), std::string::npos);
  ExpectTheBest(path_);
}

TEST_F(TransferTest, WhatMakesNoSenseIsRefused) {
  Store store = Store::Open(other_, Store::Mode::kCreate);
  for (const TransferTime& wrong :
       {TransferTime{"sideways", 1, "direct", 1, 1}, TransferTime{"upload", 0, "direct", 1, 1},
        TransferTime{"upload", 1, "no name", 1, 1}, TransferTime{"upload", 1, "direct", 0, 1},
        TransferTime{"upload", 1, "direct", -1, 1}, TransferTime{"upload", 1, "direct", HUGE_VAL, 1}}) {
    EXPECT_NE(ErrorOf([&] { store.PutTransfers(SampleDevice(), {wrong}); }).find("a transfer"), std::string::npos) << wrong.way;
  }
  EXPECT_TRUE(store.Devices().empty());  // all or nothing
}

}  // namespace
}  // namespace hone
