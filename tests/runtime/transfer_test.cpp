#include "runtime/transfers.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <thread>

#include "runtime/host_copy.h"
#include "runtime/imported_pages.h"
#include "runtime/measure_transfers.h"
#include "tests/runtime/test_kernels.h"

namespace hone {
namespace {

using Kind = TransferWay::Kind;
using Queue = TransferWay::Queue;

constexpr TransferWay kDirect{Kind::kDirect}, kRing{Kind::kRing, Queue::kCompute, 2}, kImport{Kind::kImport};

// What a program sees that moves `bytes` again and again, each way taking what `ns` says.
std::map<TransferWay, int> TakenOf(WayChoice& choice, std::uint64_t bytes, const std::vector<TransferWay>& ways,
                                   const std::map<TransferWay, double>& ns, int times) {
  std::map<TransferWay, int> taken;
  for (int i = 0; i < times; ++i) {
    const auto [way, trial] = choice.Choose(Direction::kUpload, bytes, ways);
    ++taken[way];
    if (trial) choice.Learn(Direction::kUpload, bytes, way, ns.at(way));
  }
  return taken;
}

TEST(WayChoice, TriesEachThenTakesTheFastest) {
  WayChoice choice;
  const std::vector<TransferWay> ways{kDirect, kRing, kImport};
  const auto taken = TakenOf(choice, 5000, ways, {{kDirect, 140}, {kRing, 100}, {kImport, 300}}, 100);
  EXPECT_EQ(taken.at(kDirect), int(WayChoice::kTrials));
  EXPECT_EQ(taken.at(kImport), 2);  // three times as slow: hopeless
  const auto chosen = [&](Direction direction, std::uint64_t bytes, std::vector<TransferWay> of) {
    return choice.Choose(direction, bytes, of).way;
  };
  EXPECT_EQ(chosen(Direction::kUpload, 4096, ways), kRing);                  // the same class
  EXPECT_EQ(chosen(Direction::kUpload, 9000, ways), kDirect);                // another
  EXPECT_EQ(chosen(Direction::kDownload, 5000, ways), kDirect);              // another way round
  EXPECT_EQ(chosen(Direction::kUpload, 5000, {kDirect, kImport}), kDirect);  // of what is offered
  EXPECT_EQ(chosen(Direction::kUpload, ~std::uint64_t{0}, {kRing}), kRing);
}

TEST(WayChoice, OneSlowTrialDecidesNothing) {
  WayChoice choice;
  const std::vector<TransferWay> ways{kDirect, kRing};
  choice.Learn(Direction::kUpload, 5000, kDirect, 5000);  // cold
  choice.Learn(Direction::kUpload, 5000, kRing, 90);      // lucky
  TakenOf(choice, 5000, ways, {{kDirect, 100}, {kRing, 120}}, 20);
  EXPECT_EQ(choice.Choose(Direction::kUpload, 5000, ways).way, kDirect);
}

TEST(WayChoice, WhatWasMeasuredNearbyIsNotTried) {
  WayChoice choice;
  int asked = 0;
  const int owner = 0;
  const auto source = [&] {
    ++asked;
    return std::vector<TimedWay>{{Direction::kUpload, 64 << 10, kRing},
                                 {Direction::kUpload, 256 << 10, kImport},
                                 {Direction::kUpload, 256 << 10, kDirect}};  // the first of one size counts
  };
  choice.SetSource(&owner, source);
  const std::vector<TransferWay> ways{kDirect, {Kind::kRing, Queue::kCompute, 1}, kImport};
  const auto chosen = [&](std::uint64_t bytes, std::span<const TransferWay> of) {
    const auto [way, trial] = choice.Choose(Direction::kUpload, bytes, of);
    return std::pair(way, trial);
  };
  EXPECT_EQ(chosen(64 << 10, ways), std::pair(kRing, false));  // in two parts, as measured
  EXPECT_EQ(chosen(40 << 10, ways), std::pair(kRing, false));
  EXPECT_EQ(chosen(200 << 10, ways), std::pair(kImport, false));
  EXPECT_EQ(chosen(512 << 10, ways), std::pair(kImport, false));
  EXPECT_EQ(chosen(513 << 10, ways), std::pair(kDirect, true));                      // too far
  EXPECT_EQ(chosen(200 << 10, std::span(ways).first(1)), std::pair(kDirect, true));  // not possible here
  EXPECT_TRUE(choice.Choose(Direction::kDownload, 64 << 10, ways).trial);
  EXPECT_EQ(asked, 1);
  EXPECT_TRUE(choice.Learnt().empty());  // nothing was decided by trials

  WayChoice dropped;
  dropped.SetSource(&owner, source);
  dropped.DropSource(&dropped);  // somebody else's
  dropped.DropSource(&owner);
  EXPECT_TRUE(dropped.Choose(Direction::kUpload, 64 << 10, ways).trial);
  EXPECT_EQ(asked, 1);
}

TEST(WayChoice, OfNearlyEqualOnesTheFewestSubmissions) {
  const TransferWay four{Kind::kRing, Queue::kCopy, 4}, two{Kind::kRing, Queue::kCopy, 2}, one{Kind::kRing, Queue::kCopy, 1};
  const auto steadiest = [&](double ns_four, double ns_two, double ns_one) {
    const std::vector<TimedWay> timed{{.way = four, .ns = ns_four}, {.way = two, .ns = ns_two}, {.way = one, .ns = ns_one}};
    return SteadiestOf(timed).way;
  };
  EXPECT_EQ(steadiest(100, 102, 105), two);
  EXPECT_EQ(steadiest(100, 102, 102.5), one);
  EXPECT_EQ(steadiest(100, 104, 106), four);
  EXPECT_EQ(steadiest(104, 100, 106), two);
  WayChoice choice;
  TakenOf(choice, 5000, {four, two, one}, {{four, 100}, {two, 102}, {one, 105}}, 30);
  EXPECT_EQ(choice.Choose(Direction::kUpload, 5000, std::vector{four, two, one}).way, two);
}

TEST(WayChoice, TellsWhatItLearnt) {
  WayChoice choice;
  TakenOf(choice, 5000, {kDirect, kRing}, {{kDirect, 5000}, {kRing, 10000}}, 20);
  const auto learnt = choice.Learnt();
  ASSERT_EQ(learnt.size(), 1u);
  EXPECT_EQ(learnt[0].direction, Direction::kUpload);
  EXPECT_EQ(learnt[0].bytes, 4096u);
  EXPECT_EQ(learnt[0].way, kDirect);
  EXPECT_DOUBLE_EQ(learnt[0].ns, 4096);
}

TEST(TransferWay, TextThereAndBack) {
  for (const TransferWay& way : {kDirect, kRing, kImport, TransferWay{Kind::kRing, Queue::kCopy, 1024}}) {
    EXPECT_EQ(TransferWayFromText(ToText(way)), way) << ToText(way);
  }
  for (const char* text : {"", "direct ", "ring-0-copy", "ring-4", "ring-4x-copy", "import"}) {
    EXPECT_EQ(TransferWayFromText(text), std::nullopt) << text;
  }
}

// Bytes there and back, each way by each way, at sizes around the parts and at odd places; what lies beside stays.
TEST(Transfers, EveryWayMovesTheSameBytes) {
  Context context({.validation = true});
  Transfers& transfers = context.impl().transfers();
  std::vector<TransferWay> ways{kDirect, {Kind::kRing, Queue::kCompute, 1}, kRing, {Kind::kRing, Queue::kCompute, 64}, kImport};
  if (context.impl().transfer_family != context.impl().family) {
    ways.insert(ways.end(), {{Kind::kRing, Queue::kCopy, 4}, {Kind::kImport, Queue::kCopy}});
  }
  if (!context.info().extensions.contains("VK_EXT_external_memory_host")) std::erase(ways, kImport);
  for (const std::uint64_t bytes : {1ull, 4095ull, 65537ull, (20ull << 20) + 3}) {
    const GpuBuffer buffer = context.CreateBuffer(bytes + 300);
    for (const TransferWay& up : ways) {
      for (const TransferWay& down : ways) {
        if (!buffer.mapped() && (up == kDirect || down == kDirect)) continue;
        std::vector<std::byte> sent(bytes + 200), got(bytes + 200, std::byte{9}), around(bytes + 300);
        for (std::size_t i = 0; i < sent.size(); ++i) sent[i] = static_cast<std::byte>(i * 7 + i / 251);
        context.Fill(buffer, 77);
        transfers.MoveBy(up, Direction::kUpload, buffer.impl(), 101, {sent.data() + 3, bytes});
        transfers.MoveBy(down, Direction::kDownload, buffer.impl(), 101, {got.data() + 5, bytes});
        ASSERT_TRUE(std::equal(got.begin() + 5, got.begin() + 5 + std::ptrdiff_t(bytes), sent.begin() + 3))
            << bytes << " " << ToText(up) << " " << ToText(down);
        ASSERT_TRUE(got[4] == std::byte{9} && got[5 + bytes] == std::byte{9}) << bytes;
        context.Download(buffer, around.data(), bytes + 300);
        ASSERT_TRUE(around[100] == std::byte{77} && around[101 + bytes] == std::byte{77}) << bytes;
      }
    }
  }
  EXPECT_EQ(context.Messages(), std::vector<std::string>{});
}

// Where the device is no CPU, a wait asks for a while before it sleeps: one that is soon over, and one that is not.
TEST(Transfers, WaitsThatAskFirst) {
  Context context({.validation = true});
  const_cast<DeviceInfo&>(context.info()).type = "discrete";
  for (const std::uint64_t bytes : {1ull << 10, 64ull << 20}) {
    const GpuBuffer buffer = context.CreateBuffer(bytes);
    const std::vector<std::byte> sent(bytes, std::byte{5});
    std::vector<std::byte> got(bytes);
    constexpr TransferWay kOnePart{Kind::kRing, Queue::kCompute, 1};  // of 64 MiB several: a part has a limit
    context.impl().transfers().MoveBy(kOnePart, Direction::kUpload, buffer.impl(), 0,
                                      {const_cast<std::byte*>(sent.data()), bytes});
    context.impl().transfers().MoveBy(kOnePart, Direction::kDownload, buffer.impl(), 0, {got.data(), bytes});
    EXPECT_EQ(got, sent);
  }
  EXPECT_EQ(context.Messages(), std::vector<std::string>{});
}

// What is offered is enough for every size, and is what MoveBy can do.
TEST(Transfers, SomeWayIsOfferedForEverySize) {
  Context context;
  const Transfers& transfers = context.impl().transfers();
  for (const MemoryKind kind : {MemoryKind::kDevice, MemoryKind::kUpload, MemoryKind::kDownload}) {
    const GpuBuffer buffer = context.CreateBuffer(16, kind);
    GpuBuffer::Impl& impl = buffer.impl();
    for (const bool near : {true, false}) {
      if (!near) impl.cached = false, impl.device_local = true;  // as if it were a GPU's own memory, over the bus
      for (std::uint64_t bytes = 1; bytes != 0; bytes *= 2) {
        for (const Direction direction : {Direction::kUpload, Direction::kDownload}) {
          const auto ways = transfers.Ways(direction, impl, bytes);
          ASSERT_FALSE(ways.empty()) << bytes;
          ASSERT_EQ(std::set(ways.begin(), ways.end()).size(), ways.size()) << bytes;
        }
      }
    }
  }
}

// Each size up and down, each way that is offered, under the names that Library reads.
TEST(MeasureTransfers, TimesWhatIsOffered) {
  Context context;
  std::vector<std::pair<std::string, std::uint64_t>> begun;
  const auto timed = MeasureTransfers(
      context, 64 << 10, [&](const std::string& direction, std::uint64_t bytes) { begun.emplace_back(direction, bytes); });
  const std::uint64_t kib = 1 << 10;
  const std::vector<std::pair<std::string, std::uint64_t>> all{{"upload", 4 * kib},    {"upload", 16 * kib},
                                                               {"upload", 64 * kib},   {"download", 4 * kib},
                                                               {"download", 16 * kib}, {"download", 64 * kib}};
  ASSERT_EQ(begun.size(), 3 * all.size());  // passes over all, not each size by itself
  for (std::size_t i = 0; i < begun.size(); ++i) EXPECT_EQ(begun[i], all[i % all.size()]) << i;
  std::set<std::pair<std::string, std::uint64_t>> found;
  for (const TransferTime& one : timed) {
    found.emplace(one.direction, one.bytes);
    EXPECT_TRUE(TransferWayFromText(one.way)) << one.way;
    EXPECT_GT(one.median_ns, 0);
  }
  EXPECT_EQ(found, std::set(all.begin(), all.end()));
}

// A submission that has not ended holds up the transfers of its own buffers only.
TEST(Transfers, OverlapWithSubmissionsOfOtherBuffers) {
  Context context({.validation = true});
  Context::Impl& impl = context.impl();
  const std::vector<float> sent(1000, 1.0f);
  std::vector<float> got(1000);
  const GpuBuffer x = context.CreateBuffer(4000), y = context.CreateBuffer(4000), other = context.CreateBuffer(4000);
  for (const GpuBuffer& buffer : {x, y}) context.Upload(buffer, sent.data(), 4000);
  context.Submit(context.CreatePipeline(test::Axpy(64), {{"n", 1000}}), {x, y}, {{"a", 1.0f}}).Wait();
  ASSERT_EQ(impl.in_flight.size(), 1u);
  impl.in_flight[0].ticket = impl.last_ticket = 2;  // as if the device were at it still
  context.Upload(other, sent.data(), 4000);
  context.Download(other, got.data(), 4000);
  context.Fill(other, 0);
  EXPECT_EQ(got, sent);
  EXPECT_EQ(impl.timeline->Reached(), 1u);

  std::uint64_t reached = 0;
  std::jthread reader([&] {
    context.Download(y, got.data(), 4000);
    reached = impl.timeline->Reached();
  });
  const auto signal =
      reinterpret_cast<PFN_vkSignalSemaphore>(impl.gpu->d.vkGetDeviceProcAddr(impl.gpu->device, "vkSignalSemaphore"));
  const VkSemaphoreSignalInfo two{VK_STRUCTURE_TYPE_SEMAPHORE_SIGNAL_INFO, nullptr, impl.timeline->semaphore, 2};
  EXPECT_EQ(signal(impl.gpu->device, &two), VK_SUCCESS);
  reader.join();
  EXPECT_EQ(reached, 2u);
  EXPECT_EQ(got, std::vector<float>(1000, 2.0f));
  EXPECT_EQ(context.Messages(), std::vector<std::string>{});
}

TEST(Transfers, MemoryThatCannotBeImportedGoesAnotherWay) {
  Context context;
  const Gpu& gpu = *context.impl().gpu;
  if (!gpu.info().extensions.contains("VK_EXT_external_memory_host")) GTEST_SKIP() << "no VK_EXT_external_memory_host";
  // Nothing is mapped there: a driver may refuse it at once, or take it and never touch it. Neither throws or leaks.
  for (int i = 0; i < 100; ++i) ImportedPages(gpu, reinterpret_cast<const std::byte*>(1 << 12), 4096, 4096);
  std::vector<std::byte> own(10000);
  const ImportedPages pages(gpu, own.data() + 1, 5000, 4096);
  ASSERT_TRUE(pages.buffer);
  EXPECT_EQ(pages.offset, reinterpret_cast<std::uintptr_t>(own.data() + 1) % 4096);
}

TEST(HostCopy, SeveralThreadsCopyWhatOneDoes) {
  constexpr std::uint64_t kPage = 4 << 10;
  std::vector<std::byte> from(5 * kPage + 3);
  for (std::size_t i = 0; i < from.size(); ++i) from[i] = static_cast<std::byte>(i * 7 + i / 251);
  for (const std::uint64_t bytes : {std::uint64_t{0}, std::uint64_t{1}, kPage, kPage + 1, 5 * kPage + 2}) {
    for (unsigned threads = 1; threads <= 4; ++threads) {
      std::vector<std::byte> to(from.size(), std::byte{0xa5});
      CopyBy(threads, to.data(), from.data(), bytes);
      EXPECT_TRUE(std::equal(to.begin(), to.begin() + std::ptrdiff_t(bytes), from.begin())) << bytes << " by " << threads;
      EXPECT_TRUE(std::all_of(to.begin() + std::ptrdiff_t(bytes), to.end(), [](std::byte b) { return b == std::byte{0xa5}; }))
          << bytes << " by " << threads;
    }
  }
  EXPECT_EQ(CopyThreads(0), 1u);
  EXPECT_EQ(CopyThreads((1 << 20) - 1), 1u);
  EXPECT_GE(CopyThreads(std::uint64_t{1} << 30), 1u);
  EXPECT_LE(CopyThreads(std::uint64_t{1} << 30), 4u);
}

}  // namespace
}  // namespace hone
