#include "runtime/transfers.h"

#include <gtest/gtest.h>

#include <numeric>

#include "runtime/imported_pages.h"

namespace hone {
namespace {

using enum TransferWay;

TEST(WayChoice, TriesEachThenTakesTheFastest) {
  WayChoice choice;
  const std::vector<TransferWay> ways{kDirect, kRing, kImport};
  const std::map<TransferWay, double> ns{{kDirect, 300}, {kRing, 100}, {kImport, 200}};
  std::map<TransferWay, int> taken;
  for (int i = 0; i < 100; ++i) {
    const TransferWay way = choice.Choose(Direction::kUpload, 5000, ways);
    ++taken[way];
    choice.Learn(Direction::kUpload, 5000, way, ns.at(way));
  }
  EXPECT_EQ(taken[kDirect], WayChoice::kTrials);
  EXPECT_EQ(taken[kImport], WayChoice::kTrials);
  EXPECT_EQ(choice.Choose(Direction::kUpload, 4096, ways), kRing);                            // the same class
  EXPECT_EQ(choice.Choose(Direction::kUpload, 9000, ways), kDirect);                          // another
  EXPECT_EQ(choice.Choose(Direction::kDownload, 5000, ways), kDirect);                        // another way round
  EXPECT_EQ(choice.Choose(Direction::kUpload, 5000, std::array{kDirect, kImport}), kImport);  // of what is offered
  EXPECT_EQ(choice.Choose(Direction::kUpload, ~std::uint64_t{0}, std::array{kRing}), kRing);
}

// Bytes there and back, each way by each way, at sizes around the halves and at odd places; what lies beside stays.
TEST(Transfers, EveryWayMovesTheSameBytes) {
  Context context({.validation = true});
  Transfers& transfers = context.impl().transfers();
  for (const std::uint64_t bytes : {1ull, 4095ull, 65537ull, (20ull << 20) + 3}) {
    const GpuBuffer buffer = context.CreateBuffer(bytes + 300);
    for (const TransferWay up : {kDirect, kRing, kImport}) {
      for (const TransferWay down : {kDirect, kRing, kImport}) {
        std::vector<std::uint8_t> sent(bytes + 200), got(bytes + 200, 9), around(bytes + 300);
        for (std::size_t i = 0; i < sent.size(); ++i) sent[i] = static_cast<std::uint8_t>(i * 7 + i / 251);
        transfers.demanded = std::nullopt;
        context.Fill(buffer, 77);
        transfers.demanded = up;
        context.Upload(buffer, sent.data() + 3, bytes, 101);
        transfers.demanded = down;
        context.Download(buffer, got.data() + 5, bytes, 101);
        ASSERT_TRUE(std::equal(got.begin() + 5, got.begin() + 5 + std::ptrdiff_t(bytes), sent.begin() + 3)) << bytes;
        ASSERT_TRUE(got[4] == 9 && got[5 + bytes] == 9) << bytes;
        context.Download(buffer, around.data(), bytes + 300);
        ASSERT_TRUE(around[100] == 77 && around[101 + bytes] == 77) << bytes;
      }
    }
  }
  EXPECT_EQ(context.Messages(), std::vector<std::string>{});
}

TEST(Transfers, MemoryThatCannotBeImportedGoesAnotherWay) {
  Context context;
  const Gpu& gpu = *context.impl().gpu;
  if (!gpu.info.extensions.contains("VK_EXT_external_memory_host")) GTEST_SKIP() << "no VK_EXT_external_memory_host";
  // Nothing is mapped there: a driver may refuse it at once, or take it and never touch it. Neither throws or leaks.
  for (int i = 0; i < 100; ++i) ImportedPages(gpu, reinterpret_cast<const std::byte*>(1 << 12), 4096, 4096);
  std::vector<std::byte> own(10000);
  const ImportedPages pages(gpu, own.data() + 1, 5000, 4096);
  ASSERT_TRUE(pages.buffer);
  EXPECT_EQ(pages.offset, reinterpret_cast<std::uintptr_t>(own.data() + 1) % 4096);
}

}  // namespace
}  // namespace hone
