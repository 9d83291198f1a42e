#include "runtime/library.h"

#include <gtest/gtest.h>

#include <fstream>
#include <numeric>
#include <thread>
#include <tuple>

#include "db/pack.h"
#include "runtime/context_impl.h"
#include "runtime/driver_binaries.h"
#include "runtime/driver_cache.h"
#include "tests/runtime/own_device.h"
#include "tests/runtime/test_database.h"

namespace hone {
namespace {

DeviceInfo ThisDevice() { return EnumerateDevices().at(0); }

// y = 2.5 x + y through the library on the application's device.
void CheckAxpy(test::OwnDevice& own, const Library& library, std::size_t n) {
  const Pipeline axpy = library.Load("axpy", {{"n", static_cast<std::int64_t>(n)}});
  auto [x, px] = own.Buffer<float>(n);
  auto [y, py] = own.Buffer<float>(n);
  std::iota(px, px + n, 0.0f);
  std::fill_n(py, n, 1.0f);
  auto commands = own.Begin();
  axpy.Record(commands, {x, y}, {{"a", 2.5f}});
  own.Finish(commands);
  for (std::size_t i = 0; i < n; ++i) ASSERT_EQ(py[i], 2.5f * float(i) + 1) << i;
}

TEST(Library, RunsOnTheApplicationsDevice) {
  test::Database database;
  database.Measure(ThisDevice(), 1000, 128, 10);
  test::OwnDevice own(database.path());
  const Library library(database.path(), own.handles());
  EXPECT_EQ(library.Kernels(), std::vector<std::string>{"axpy"});
  for (std::size_t n : {1u, 63u, 1000u, 5000u}) CheckAxpy(own, library, n);
  EXPECT_EQ(library.Load("axpy", {{"n", 1000}}).match(), Match::kExact);
  EXPECT_EQ(library.Load("axpy", {{"n", 999}}).match(), Match::kNearestProblem);
  EXPECT_EQ(library.Load("axpy", {{"n", 1000}}).Explain(), library.Explain("axpy", {{"n", 1000}}));
  const std::vector<LadderStep> ladder = library.Ladder("axpy", {{"n", 1000}});
  EXPECT_EQ(ladder.back().why_not, "");
  EXPECT_NE(library.Explain("axpy", {{"n", 1000}}).find(ladder.back().reason), std::string::npos);
}

TEST(Library, WhatIsEnabledMayBeSaidByName) {
  test::Database database;
  test::OwnDevice own(database.path());
  DeviceHandles handles = own.handles();
  const Library by_structures(database.path(), handles);
  const auto& [features, extensions] = std::tie(by_structures.device().features, by_structures.device().extensions);
  handles.created_with = nullptr;
  EXPECT_LT(Library(database.path(), handles).device().features.size(), features.size()) << "what is not said is off";
  handles.features.assign(features.begin(), features.end());
  handles.extensions.assign(extensions.begin(), extensions.end());
  const Library by_names(database.path(), handles);
  EXPECT_EQ(by_names.device().features, features);
  EXPECT_EQ(by_names.device().extensions, extensions);
  CheckAxpy(own, by_names, 100);
  const Pipeline axpy = by_names.Load("axpy", {{"n", 100}});
  EXPECT_FALSE(axpy.DriverBinaries().at(0).empty());
  EXPECT_EQ(axpy.Properties().empty(), !features.contains("pipelineExecutableInfo"));
}

TEST(Library, WithoutPushDescriptorsItUsesSets) {
  test::Database database;
  test::OwnDevice own(database.path(), false);
  Library library(database.path(), own.handles());
  EXPECT_FALSE(library.device().extensions.contains("VK_KHR_push_descriptor"));
  for (int round = 0; round < 3; ++round) {
    CheckAxpy(own, library, 700);
    auto commands = own.Begin();
    const Pipeline axpy = library.Load("axpy", {{"n", 10}});
    auto [x, px] = own.Buffer<float>(10);
    auto [y, py] = own.Buffer<float>(10);
    std::fill_n(px, 10, 1.0f);
    std::fill_n(py, 10, 0.0f);
    const vk::MemoryBarrier barrier{.srcAccessMask = vk::AccessFlagBits::eShaderWrite,
                                    .dstAccessMask = vk::AccessFlagBits::eShaderRead};
    for (int i = 0; i < 600; ++i) {  // more than one pool
      axpy.Record(commands, {x, y}, {{"a", 1}});
      commands.pipelineBarrier(vk::PipelineStageFlagBits::eComputeShader, vk::PipelineStageFlagBits::eComputeShader, {},
                               barrier, nullptr, nullptr, own.d());
    }
    own.Finish(commands);
    EXPECT_EQ(py[9], 600);
    library.ReleaseDescriptors();
  }
}

TEST(Library, NeverChoosesWhatTheDeviceCannotRun) {
  test::Database database;
  database.Measure(ThisDevice(), 1000, 4096, 1);  // over maxComputeWorkGroupInvocations, whatever the database says
  database.Measure(ThisDevice(), 1000, 32, 10);
  Context context({.validation = true});
  const Library library(database.path(), context);
  EXPECT_EQ(library.Load("axpy", {{"n", 1000}}).binary().point, (Values{{"WG", 32}}));
  const std::vector<LadderStep> ladder = library.Ladder("axpy", {{"n", 1000}});
  ASSERT_EQ(ladder.size(), 2u);
  EXPECT_NE(ladder[0].why_not, "");
  EXPECT_EQ(ladder[1].why_not, "");
  EXPECT_THROW(library.Load("axpy", {{"n", 1000}}, {.pattern = "strided", .point = Values{{"WG", 4096}}}), Error);
  EXPECT_EQ(context.Messages(), std::vector<std::string>{});
}

TEST(Library, TakesTheRungBelowWhereAModuleUsesWhatIsNotEnabled) {
  constexpr std::uint32_t kInt64 = 11;
  test::Database database;
  Binary wide = test::Axpy(128);
  Module module = *wide.modules[0];
  module.words.insert(module.words.begin() + 5, {2u << 16 | 17, kInt64});
  module.hash = HashOf(std::span<const std::uint32_t>(module.words));
  wide.modules = {std::make_shared<const Module>(module)};
  Store::Open(database.path(), Store::Mode::kReadWrite).PutBinary(wide);
  database.Measure(ThisDevice(), 1000, 128, 1);
  database.Measure(ThisDevice(), 500, 32, 10);
  test::OwnDevice own(database.path());
  const Library library(database.path(), own.handles());
  ASSERT_FALSE(library.device().features.contains("shaderInt64"));
  EXPECT_EQ(library.Load("axpy", {{"n", 1000}}).binary().point, (Values{{"WG", 32}}));
  const std::vector<LadderStep> ladder = library.Ladder("axpy", {{"n", 1000}});
  ASSERT_EQ(ladder.size(), 2u);
  EXPECT_EQ(ladder[0].why_not, "kernel axpy strided WG=128: feature shaderInt64 is missing (for Int64)");
  EXPECT_EQ(ladder[1].match, Match::kNearestProblem);
}

TEST(Library, OptionsDemand) {
  test::Database database;
  database.Measure(ThisDevice(), 1000, 32, 10);
  Context context;
  const Library library(database.path(), context);
  EXPECT_EQ(library.Load("axpy", {{"n", 1000}}, {.at_most = Match::kExact}).match(), Match::kExact);
  EXPECT_THROW(library.Load("axpy", {{"n", 1001}}, {.at_most = Match::kExact}), Error);
  EXPECT_EQ(library.Load("axpy", {{"n", 1001}}, {.at_most = Match::kNearestProblem}).match(), Match::kNearestProblem);
  EXPECT_EQ(library.Load("axpy", {{"n", 1000}}, {.point = Values{{"WG", 64}}}).binary().point, (Values{{"WG", 64}}));
  EXPECT_EQ(library.Load("axpy", {{"n", 1}}, {.pattern = "strided", .point = Values{{"WG", 128}}}).binary().point,
            (Values{{"WG", 128}}));
}

std::string Message(const std::function<void()>& call) {
  try {
    call();
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

// The fastest ways to move bytes: measured ahead of time in the tuned database, else found out and kept in the user's.
TEST(Library, BringsAndKeepsTheWaysOfTransfers) {
  test::Database database;
  const TransferWay direct, ring{TransferWay::Kind::kRing, TransferWay::Queue::kCompute, 4};
  const std::vector<TransferWay> ways{direct, ring};
  DeviceInfo stranger = ThisDevice();
  stranger.driver_version += 1;
  {
    Store tuned = Store::Open(database.path(), Store::Mode::kReadWrite);
    tuned.PutTransfers(ThisDevice(),
                       {{"upload", 4 << 20, "ring-4-compute", 100}, {"download", 4 << 20, "of-a-newer-hone", 100}});
    tuned.PutTransfers(stranger, {{"upload", 64 << 20, "ring-4-compute", 100}});
  }
  const LibraryOptions options{.user_database = database.path() + ".user"};
  const auto choose = [&](Context& context, Direction direction, std::uint64_t bytes) {
    return context.impl().ways->Choose(direction, bytes, ways);
  };
  {
    Context context;
    const Library library(database.path(), context, options);
    EXPECT_EQ(choose(context, Direction::kUpload, 4 << 20).way, ring);
    EXPECT_FALSE(choose(context, Direction::kUpload, 4 << 20).trial);
    EXPECT_TRUE(choose(context, Direction::kUpload, 64 << 20).trial);
    EXPECT_TRUE(choose(context, Direction::kDownload, 4 << 20).trial);
    for (int i = 0; i < 20; ++i) {
      const auto [way, trial] = choose(context, Direction::kDownload, 4 << 20);
      if (trial) context.impl().ways->Learn(Direction::kDownload, 4 << 20, way, way == ring ? 10 : 20);
    }
  }
  {
    Context context;
    const Library library(database.path(), context, options);
    EXPECT_EQ(choose(context, Direction::kDownload, 4 << 20).way, ring);
    EXPECT_FALSE(choose(context, Direction::kDownload, 4 << 20).trial);
  }
  Context context;
  { const Library library(database.path(), context, options); }
  EXPECT_TRUE(choose(context, Direction::kDownload, 4 << 20).trial);  // the library is gone, and was never asked
}

TEST(Library, WrongCallsAreErrors) {
  test::Database database;
  test::OwnDevice own(database.path());
  const Library library(database.path(), own.handles());
  EXPECT_NE(Message([&] { library.Load("axpi", {{"n", 1}}); }).find("'axpy'"), std::string::npos);
  EXPECT_NE(Message([&] { library.Load("axpy", {}); }).find("'n'"), std::string::npos);
  EXPECT_NE(Message([&] { library.Load("axpy", {{"n", 1}, {"m", 2}}); }).find("'m'"), std::string::npos);
  EXPECT_NE(Message([&] { library.Load("axpy", {{"n", -1}}); }).find("outside"), std::string::npos);

  const Pipeline axpy = library.Load("axpy", {{"n", 1000}});
  auto [x, px] = own.Buffer<float>(1000);
  auto [small, ps] = own.Buffer<float>(999);
  auto commands = own.Begin();
  auto record = [&, x = x, small = small](std::vector<Binding> buffers, std::vector<Scalar> scalars) {
    return Message([&] { axpy.Record(commands, buffers, scalars); });
  };
  EXPECT_NE(record({x}, {{"a", 1}}).find("1 buffers given, it has 2"), std::string::npos);
  EXPECT_NE(record({x, {}}, {{"a", 1}}).find("'y' is missing"), std::string::npos);
  EXPECT_NE(record({x, small}, {{"a", 1}}).find("3996 bytes, 4000 are needed"), std::string::npos);
  EXPECT_NE(record({x, {x.buffer, 2, 4000}}, {{"a", 1}}).find("multiples of"), std::string::npos);
  EXPECT_NE(record({x, x}, {}).find("'a' is missing"), std::string::npos);
  EXPECT_NE(record({x, x}, {{"b", 1}}).find("no scalar argument 'b'"), std::string::npos);
  EXPECT_NE(record({x, x}, {{"a", 1}, {"a", 2}}).find("twice"), std::string::npos);
  EXPECT_THROW(Pipeline().Record(commands, {}), Error);
  own.Finish(commands);
}

TEST(Library, BadDatabasesAreErrors) {
  Context context;
  test::Database database;
  EXPECT_THROW(Library(database.path() + ".none", context), Error);
  std::ofstream(database.path() + ".text") << "this is no database, but long enough to have a header of one hundred bytes, "
                                              "which this sentence sees to";
  EXPECT_THROW(Library(database.path() + ".text", context), Error);
  std::filesystem::copy(database.path(), database.path() + ".short");
  std::filesystem::resize_file(database.path() + ".short", std::filesystem::file_size(database.path()) / 2);
  EXPECT_THROW(Library(database.path() + ".short", context).Load("axpy", {{"n", 5}}), Error);
  std::filesystem::copy(database.path(), database.path() + ".newer");
  std::fstream newer(database.path() + ".newer", std::ios::binary | std::ios::in | std::ios::out);
  newer.seekp(62);  // SQLite's user_version, big-endian: hone's format
  newer.put(3).put(120);
  newer.close();
  EXPECT_NE(Message([&] { Library(database.path() + ".newer", context); }).find("written by a newer hone (format 888"),
            std::string::npos);
}

// What was tuned on another GPU is no measurement of this one, but better than nothing.
TEST(Library, ADatabaseOfAnotherGpuServes) {
  test::Database database;
  DeviceInfo other = ThisDevice();
  other.name = "another";
  other.vendor_id ^= 1;
  other.device_id ^= 1;
  database.Measure(other, 1000, 128, 10);
  database.Measure(other, 1000, 4096, 1);  // which this device cannot run
  test::OwnDevice own(database.path());
  const Library library(database.path(), own.handles());
  CheckAxpy(own, library, 1000);
  const Pipeline axpy = library.Load("axpy", {{"n", 1000}});
  EXPECT_EQ(axpy.match(), Match::kPortable);
  EXPECT_EQ(axpy.binary().point, (Values{{"WG", 128}}));
  EXPECT_THROW(library.Load("axpy", {{"n", 1000}}, {.at_most = Match::kSameFamily}), Error);
}

TEST(Library, ADatabaseDeletedWhileOpenStillServes) {
  test::Database database;
  test::OwnDevice own(database.path());
  const Library library(database.path(), own.handles());
  std::filesystem::remove(database.path());
  CheckAxpy(own, library, 100);
}

TEST(Library, PrewarmsAndLoadsFromManyThreads) {
  test::Database database;
  test::OwnDevice own(database.path());
  const Library library(database.path(), own.handles());
  std::vector<Wanted> wanted;
  for (int i = 1; i <= 200; ++i) wanted.push_back({"axpy", {{"n", i}}});
  const auto pipelines = library.Prewarm(wanted, 8);
  for (std::size_t i = 0; i < wanted.size(); ++i) EXPECT_EQ(pipelines[i].problem(), wanted[i].problem);
  wanted.push_back({"none", {}});
  EXPECT_THROW(library.Prewarm(wanted, 8), Error);
}

// Every bit of a module is under its hash: a database with one bit changed never gives the driver the changed module.
TEST(Library, AFlippedBitIsAnErrorOrChangesNothing) {
  test::Database database;
  Context context({.validation = true});
  const std::string damaged = database.path() + ".damaged";
  const auto size = std::filesystem::file_size(database.path());
  const auto original = Library(database.path(), context).Load("axpy", {{"n", 5}}).binary().modules[0]->hash;
  int errors = 0;
  for (std::uint64_t at = 4096; at < size; at += 997) {
    std::filesystem::copy(database.path(), damaged, std::filesystem::copy_options::overwrite_existing);
    std::fstream file(damaged, std::ios::binary | std::ios::in | std::ios::out);
    file.seekg(static_cast<std::streamoff>(at));
    const char byte = static_cast<char>(file.get() ^ 16);
    file.seekp(static_cast<std::streamoff>(at));
    file.put(byte);
    file.close();
    try {
      const Library library(damaged, context);
      const Pipeline axpy = library.Load("axpy", {{"n", 5}});
      EXPECT_EQ(axpy.binary().modules[0]->hash, original) << at;
      EXPECT_EQ(HashOf(std::span<const std::uint32_t>(axpy.binary().modules[0]->words)), original) << at;
    } catch (const Error&) {
      ++errors;
    }
  }
  EXPECT_GT(errors, 0);
  EXPECT_EQ(context.Messages(), std::vector<std::string>{});
}

TEST(Library, OpensADatabaseInMemory) {
  test::Database database;
  const std::string packed = database.path() + ".packed", user = database.path() + ".user";
  Context context({.validation = true});
  database.Measure(context.info(), 1000, 128, 10);
  Pack(database.path(), packed);
  std::ifstream file(packed, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  const DatabaseSource embedded(reinterpret_cast<const unsigned char*>(text.data()), text.size());
  std::filesystem::remove(packed);
  for (int start = 0; start < 2; ++start) {  // the second finds its start file
    const Library library(embedded, context, {.user_database = user});
    EXPECT_EQ(library.Load("axpy", {{"n", 1000}}).binary().point, (Values{{"WG", 128}}));
    EXPECT_EQ(library.Kernels(), std::vector<std::string>{"axpy"});
    try {
      library.Load("axpi", {{"n", 1000}});
      ADD_FAILURE() << "there is no such kernel";
    } catch (const Error& error) {
      EXPECT_STREQ(error.what(), "embedded database: no kernel 'axpi' (did you mean 'axpy'?)");
    }
  }
  EXPECT_TRUE(std::filesystem::exists(user + ".start"));
  EXPECT_EQ(context.Messages(), std::vector<std::string>{});
}

TEST(DriverCache, KeepsWhatTheDriverMadeInTheUsersDatabase) {
  test::Database database;
  const std::string user = database.path() + ".user";
  Context context({.validation = true});
  const Binary axpy = test::Axpy(64);
  {
    const Library library(database.path(), context, {.user_database = user});
    EXPECT_EQ(library.Load("axpy", {{"n", 5}}).binary().point, axpy.point);
  }
  const auto kept = Store::Open(user, Store::Mode::kReadOnly).PipelineBinaries(context.info(), axpy, 0);
  ASSERT_EQ(kept.size(), 1u);
  EXPECT_TRUE(IsCacheOf(kept.begin()->second, context.info()));

  // Another start finds it. What another driver made, or half of a blob, is passed over.
  for (const std::string& data : {kept.begin()->second, std::string("short"), std::string(1000, 'x')}) {
    Store::Open(user, Store::Mode::kReadWrite).PutPipelineBinary(context.info(), axpy, 0, kDriverCacheKey, data);
    const Library library(database.path(), context, {.user_database = user});
    EXPECT_EQ(library.Load("axpy", {{"n", 5}}).dispatch_count(), 1u);
  }
  DeviceInfo other = context.info();
  other.pipeline_cache_uuid[0] ^= 1;
  EXPECT_FALSE(IsCacheOf(kept.begin()->second, other));

  EXPECT_THROW(Library(database.path(), context, {.user_database = "/no/such/folder/user.db"}), Error);
  EXPECT_EQ(context.Messages(), std::vector<std::string>{});
}

// What `hone pack --binaries` does: the winners only, once.
TEST(DriverCache, WinnersAreMadeAheadAndPacked) {
  test::Database database;
  const std::string packed = database.path() + ".packed";
  Context context({.validation = true});
  database.Measure(context.info(), 1000, 128, 10);
  database.Measure(context.info(), 1000, 32, 20);
  Pack(database.path(), packed, {.finish = [&](Store& winners) {
         EXPECT_EQ(StoreDriverBinaries(winners, context), 1u);
         EXPECT_EQ(StoreDriverBinaries(winners, context), 0u);
       }});
  const Store store = Store::Open(packed, Store::Mode::kReadOnly);
  const auto found = store.PipelineBinaries(context.info(), test::Axpy(128), 0);
  ASSERT_EQ(found.size(), 1u);
  EXPECT_TRUE(IsCacheOf(found.begin()->second, context.info()));
  EXPECT_TRUE(store.PipelineBinaries(context.info(), test::Axpy(64), 0).empty());
  EXPECT_EQ(Library(packed, context).Load("axpy", {{"n", 1000}}).binary().point, (Values{{"WG", 128}}));
  EXPECT_EQ(context.Messages(), std::vector<std::string>{});
}

}  // namespace
}  // namespace hone
