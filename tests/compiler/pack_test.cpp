// What ships: winners with specialization constants are packed as ordinary code, which computes the same on a Vulkan device.
#include "db/pack.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <optional>
#include <set>

#include "compiler/compile.h"
#include "compiler/optimize.h"
#include "compiler/readback.h"
#include "compiler/template.h"
#include "db/store.h"
#include "db/verify.h"
#include "runtime/context.h"
#include "runtime/driver_binaries.h"
#include "runtime/library.h"
#include "tests/compiler/temporary_kernel.h"

namespace hone {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

// tests/data/kernels/both_ways, tuned: each problem has a winner of its own, all of them share one module.
class Packed : public ::testing::Test {
 protected:
  static constexpr std::int64_t kLengths[] = {997, 1024, 5000};

  void SetUp() override {
    if (EnumerateDevices().empty()) GTEST_SKIP() << "no Vulkan device here";
    context_.emplace();
    Store store = Store::Open(tuned_, Store::Mode::kCreate);
    Compiler compiler;
    store.PutKernel(kernel_);
    const std::int64_t run = store.BeginRun({.command = "test"}, context_->info());
    for (const std::int64_t n : kLengths) {
      const CompileResult made = compiler.Compile(kernel_, "constants", WinnerOf(n));
      ASSERT_TRUE(made.ok()) << made.ToText();
      store.PutBinary(*made.binary);
      Measurement measured{.kernel = kernel_.name, .pattern = "constants", .point = WinnerOf(n), .problem = {{"n", n}}};
      measured.samples_ns = {1000, 1000, 1000};
      measured.statistics = Summarize(measured.samples_ns);
      store.PutMeasurement(run, context_->info(), measured);
    }
    store.EndRun(run);
  }

  static Values WinnerOf(std::int64_t n) { return {{"WG", n == 997 ? 32 : 128}, {"ROUNDS", n == 5000 ? 8 : 3}}; }

  std::vector<std::uint32_t> Run(const std::string& database, std::int64_t n) {
    const Library library(database, *context_);
    const Pipeline pipeline = library.Load(kernel_.name, {{"n", n}}, {.at_most = Match::kExact});
    EXPECT_EQ(pipeline.binary().point, WinnerOf(n));
    std::vector<std::uint32_t> x, y(static_cast<std::size_t>(n));
    for (std::uint32_t i = 0; i < n; ++i) x.push_back(i * 2654435761u >> 20);
    const GpuBuffer from = context_->CreateBuffer(x.size() * 4), to = context_->CreateBuffer(x.size() * 4);
    context_->Upload(from, x.data(), x.size() * 4);
    context_->Fill(to, 0xff);
    context_->Run(pipeline, {from, to});
    context_->Download(to, y.data(), y.size() * 4);
    return y;
  }

  Binary Stored(const std::string& database, std::int64_t n) {
    return *Store::Open(database, Store::Mode::kReadOnly).LoadBinary(kernel_.name, "constants", WinnerOf(n), {});
  }
  Module StoredModule(const std::string& database, std::int64_t n) { return *Stored(database, n).modules[0]; }

  const Kernel kernel_ = LoadKernel(std::string(HONE_TEST_DATA) + "/kernels/both_ways");
  TemporaryKernel files_;
  const std::string tuned_ = files_.folder() + "/tuned.db", packed_ = files_.folder() + "/packed.db";
  std::optional<Context> context_;
};

TEST_F(Packed, ShipsWinnersWithoutSpecializationConstants) {
  EXPECT_EQ(Pack(tuned_, packed_, {.freeze = Freeze}).modules, 3);
  std::set<Hash> before, after;
  for (const std::int64_t n : kLengths) {
    const Module shared = StoredModule(tuned_, n);
    const Module shipped = StoredModule(packed_, n);
    EXPECT_THAT(Disassemble(shared.words), HasSubstr("OpSpecConstant"));
    EXPECT_THAT(Disassemble(shipped.words), Not(HasSubstr("OpSpecConstant")));
    EXPECT_TRUE(shipped.interface.spec_constants.empty());
    EXPECT_EQ(shipped.interface.local_size[0], *WinnerOf(n).Integer("WG"));
    EXPECT_LT(Stats(shipped).loops, Stats(shared).loops) << "unrolled";
    before.insert(shared.hash);
    after.insert(shipped.hash);
  }
  EXPECT_EQ(before.size(), 1u);
  EXPECT_EQ(after.size(), 3u);
  const auto validate = [](const Module& module) { return Validate(module.words); };
  EXPECT_EQ(Verify(packed_, validate).problems, std::vector<std::string>{});
}

TEST_F(Packed, ComputesWhatTheTunedDatabaseComputes) {
  Pack(tuned_, packed_, {.freeze = Freeze});
  for (const std::int64_t n : kLengths) EXPECT_EQ(Run(packed_, n), Run(tuned_, n)) << n;
}

TEST_F(Packed, DriversMakeTheirBinariesOfWhatShips) {
  {
    Store store = Store::Open(tuned_, Store::Mode::kReadWrite);
    store.PutPipelineBinary(context_->info(), Stored(tuned_, 997), 0, "VkPipelineCache", "of the module before");
  }
  std::size_t made = 0;
  Pack(tuned_, packed_, {.pipeline_binaries = true, .freeze = Freeze, .finish = [&](Store& store) {
                           made = StoreDriverBinaries(store, *context_);
                         }});
  EXPECT_EQ(made, 3u);
  EXPECT_EQ(Run(packed_, 997), Run(tuned_, 997));
}

// A database is anybody's: what the optimiser would stumble over does not reach it.
TEST_F(Packed, RefusesToFreezeWhatIsNoSpirv) {
  Module module = StoredModule(tuned_, 997);
  module.words.resize(module.words.size() / 2);
  try {
    Freeze(module, WinnerOf(997));
    FAIL() << "half a module was frozen";
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), HasSubstr("module " + module.hash.ToHex() + " is not valid SPIR-V: "));
  }
}

}  // namespace
}  // namespace hone
