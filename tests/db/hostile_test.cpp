// Damaged and hostile files: an Error each, never a crash, never a wait, nothing written elsewhere. Seeded, so that a
// failure comes again; HONE_FUZZ_SECONDS=60 goes on for so long with further seeds.
#include <gtest/gtest.h>
#include <sqlite3.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <random>
#include <sstream>

#include "db/diff.h"
#include "db/error.h"
#include "db/exchange.h"
#include "db/formula.h"
#include "db/merge.h"
#include "db/pack.h"
#include "db/stats.h"
#include "db/verify.h"
#include "tests/db/sample.h"

namespace hone {
namespace {

using Clock = std::chrono::steady_clock;
using Mode = Store::Mode;

std::string ReadFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}
void WriteFile(const std::string& path, const std::string& bytes) { std::ofstream(path, std::ios::binary) << bytes; }

// Calls round(random) `rounds` times, and longer where the environment asks for it.
template <typename Round>
void Repeat(unsigned rounds, Round round) {
  const char* asked = std::getenv("HONE_FUZZ_SECONDS");
  const auto end = Clock::now() + std::chrono::seconds(asked ? std::atoi(asked) : 0);
  for (unsigned seed = 0; seed < rounds || Clock::now() < end; ++seed) {
    std::mt19937 random(seed);
    const auto start = Clock::now();
    round(random);
    const double seconds = std::chrono::duration<double>(Clock::now() - start).count();
    ASSERT_LT(seconds, 5) << "seed " << seed << " took long";  // the machine may be busy; the work itself is milliseconds
  }
}

std::string Mutated(std::string bytes, std::mt19937& random) {
  const auto below = [&](std::size_t limit) { return limit == 0 ? 0 : random() % limit; };
  for (std::size_t i = 0, count = 1 + below(8); i < count && !bytes.empty(); ++i) {
    const std::size_t at = below(bytes.size());
    switch (below(7)) {
      case 0: bytes[at] = static_cast<char>(random()); break;
      case 1: bytes[at] = static_cast<char>(bytes[at] ^ (1 << below(8))); break;
      case 2: bytes.resize(at); break;
      case 3: bytes.erase(at, below(40)); break;
      case 4: bytes.insert(at, bytes.substr(below(bytes.size()), below(200))); break;
      case 5: {
        const std::size_t from = below(bytes.size()), size = below(100);
        bytes.replace(at, size, bytes.substr(from, size));
        break;
      }
      default: bytes.replace(at, 2, std::string(2, "\xff\x00\x7f\x80"[below(4)]));
    }
  }
  return bytes;
}

// An Error is what is hoped for; anything else that is thrown fails the test.
template <typename Body>
bool IsRefused(Body body) {
  try {
    body();
    return false;
  } catch (const Error& failure) {
    EXPECT_FALSE(std::string(failure.what()).empty());
    return true;
  }
}

void ReadEverything(const Store& store) {
  IsRefused([&] { store.Kernels(); });
  IsRefused([&] { store.Devices(); });
  IsRefused([&] { store.Runs(); });
  IsRefused([&] { store.Summary(); });
  IsRefused([&] { store.Problems("axpy"); });
  const Values problem{{"T", "float"}, {"n", 1024}};
  IsRefused([&] { store.Results("axpy", problem, ""); });
  IsRefused([&] { store.Best("axpy", problem, ""); });
  IsRefused([&] { store.LoadBinary("axpy", "strided", {{"PER_LANE", 4}, {"WG", 64}}, {{"T", "float"}}); });
  IsRefused([&] { Stats(store); });
  IsRefused([&] {
    Filter filter;
    filter.with_samples = true;
    store.ForEach(filter, [](const Measurement&) { return true; });
  });
  for (const Format format : {Format::kText, Format::kCsv}) {
    IsRefused([&] {
      std::ostringstream out;
      Export(store, format, out);
    });
  }
}

class HostileTest : public testing::Test {
 protected:
  void SetUp() override {
    {
      Store store = Store::Open(path_, Mode::kCreate);
      store.PutBinary(SampleBinary(SampleKernel(), "strided", {{"PER_LANE", 4}, {"WG", 64}}, {{"T", "float"}}));
      const std::int64_t run = store.BeginRun({"tune", "0.1", "random", 7}, SampleDevice());
      for (std::int64_t i = 1; i <= 20; ++i) {
        store.PutMeasurement(run, SampleDevice(),
                             SampleMeasurement({{"PER_LANE", i}, {"WG", 64}}, 100.0 + static_cast<double>(i)));
      }
      store.PutMeasurement(run, SampleDevice(), SampleMeasurement({{"PER_LANE", 4}, {"WG", 64}}, 50));
    }
    bytes_ = ReadFile(path_);
  }
  std::string Text(Format format) {
    std::ostringstream out;
    Export(Store::Open(path_, Mode::kReadOnly), format, out);
    return out.str();
  }
  TemporaryFolder folder_;
  std::string path_ = folder_ / "sample.db", bytes_;
};

TEST_F(HostileTest, FlippedDatabases) {
  unsigned refused = 0, rounds = 0;
  const std::string path = folder_ / "flipped.db", out = folder_ / "out.db";
  Repeat(300, [&](std::mt19937& random) {
    WriteFile(path, Mutated(bytes_, random));
    refused += IsRefused([&] { ReadEverything(Store::OpenUntrusted(path)); });
    IsRefused([&] { ReadEverything(Store::Open(path, Mode::kReadOnly)); });
    Verify(path);
    if (++rounds % 10 == 0) {
      IsRefused([&] { Merge(out, {path}); });
      IsRefused([&] { Pack(path, folder_ / "packed.db"); });
      std::filesystem::remove(out);
    }
  });
  EXPECT_GT(refused, rounds / 2);  // most flips are noticed: what is not is in unused space
  for (const auto& entry : std::filesystem::directory_iterator(folder_.path())) {
    const std::string name = entry.path().filename();
    EXPECT_TRUE(name.starts_with("flipped.db") || name == "sample.db" || name == "packed.db" || name == "out.db") << name;
  }
}

TEST_F(HostileTest, FlippedPacksWithAFreshSeal) {
  Pack(path_, folder_ / "packed.db");
  const std::string packed = ReadFile(folder_ / "packed.db"), path = folder_ / "flipped.db";
  Repeat(100, [&](std::mt19937& random) {
    WriteFile(path, Mutated(packed, random));
    EXPECT_TRUE(IsRefused([&] { VerifySeal(path, {}); }) || ReadFile(path) == packed);
    IsRefused([&] { WriteSeal(path, ""); });
    IsRefused([&] { ReadEverything(Store::Open(path, Mode::kReadOnly)); });
  });
}

TEST_F(HostileTest, FlippedTexts) {
  std::vector<std::pair<Format, std::string>> forms{{Format::kText, Text(Format::kText)},
                                                    {Format::kJson, Text(Format::kJson)},
                                                    {Format::kT4, Text(Format::kT4)},
                                                    {Format::kKernelTuner, Text(Format::kKernelTuner)}};
  Store store = Store::Open(folder_ / "import.db", Mode::kCreate);
  Repeat(400, [&](std::mt19937& random) {
    const auto& [format, text] = forms[random() % forms.size()];
    const std::string mutated = Mutated(text, random);
    IsRefused([&] { Import(store, format, mutated); });
  });
  ReadEverything(store);
  EXPECT_TRUE(Verify(folder_ / "import.db").problems.empty()) << Verify(folder_ / "import.db").problems[0];
}

TEST_F(HostileTest, FlippedKernelsBinariesAndFormulas) {
  const std::string kernel = KernelToJson(SampleKernel()), device = DeviceToJson(SampleDevice()),
                    interface = InterfaceToJson(SampleModule(1)->interface),
                    binary = BinaryToBytes(SampleBinary(SampleKernel(), "strided", {{"WG", 64}}, {{"T", "float"}})),
                    formula = "n > 0 && ceil_div(n, WG * 4) <= max(WG, 2 ^ 3) ? round_up(n, 8) % 7 : -log2(n) + !is_pow2(WG)";
  Repeat(3000, [&](std::mt19937& random) {
    IsRefused([&] { KernelToJson(KernelFromJson(Mutated(kernel, random))); });
    IsRefused([&] { DeviceFromJson(Mutated(device, random)); });
    IsRefused([&] { InterfaceFromJson(Mutated(interface, random)); });
    IsRefused([&] { BinaryFromBytes(Mutated(binary, random)); });
    IsRefused([&] { Values::FromText(Mutated("PER_LANE=4 T=float16_t WG=256", random)); });
    IsRefused([&] {
      Formula::Parse(Mutated(formula, random)).EvaluateCount([](std::string_view) { return std::optional<double>(12); });
    });
  });
}

// What SQLite would run for a reader, were the schema not compared first.
TEST_F(HostileTest, SchemasThatDoThings) {
  const std::string evil = folder_ / "evil.db";
  for (const std::string sql :
       {"DROP VIEW best; CREATE VIEW best AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT "
        "max(i) FROM n",
        "CREATE TRIGGER t AFTER INSERT ON measurement BEGIN UPDATE module SET spirv = x'00'; END",
        "CREATE VIEW extra AS SELECT writefile('/tmp/hone-hostile', 'x')", "CREATE VIRTUAL TABLE f USING fts5(x)",
        "CREATE TABLE more (x AS (abs(-9223372036854775807 - 1)))", "CREATE INDEX evil ON kernel (randomblob(1000000000))",
        "PRAGMA writable_schema = ON; UPDATE sqlite_schema SET sql = 'CREATE TABLE kernel (x)' WHERE name = 'kernel'",
        "PRAGMA writable_schema = ON; UPDATE sqlite_schema SET rootpage = 1 WHERE name = 'run'", "DROP TABLE meta",
        "PRAGMA application_id = 1"}) {
    WriteFile(evil, bytes_);
    sqlite3* database = nullptr;
    ASSERT_EQ(sqlite3_open(evil.c_str(), &database), SQLITE_OK);
    sqlite3_exec(database, "PRAGMA trusted_schema = ON", nullptr, nullptr, nullptr);
    const bool made = sqlite3_exec(database, sql.c_str(), nullptr, nullptr, nullptr) == SQLITE_OK;
    sqlite3_close(database);
    if (!made) continue;  // this SQLite cannot make it
    EXPECT_TRUE(IsRefused([&] { Store::OpenUntrusted(evil); })) << sql;
    EXPECT_FALSE(Verify(evil).problems.empty()) << sql;
  }
  EXPECT_FALSE(std::filesystem::exists("/tmp/hone-hostile"));
}

TEST_F(HostileTest, BlobsThatLie) {
  const std::string evil = folder_ / "evil.db";
  for (const std::string sql :
       {"UPDATE module SET size_bytes = 9223372036854775804", "UPDATE module SET size_bytes = -4",
        "UPDATE module SET spirv = zeroblob(100000000)", "UPDATE module SET hash = x'00'", "UPDATE module SET interface = '{}'",
        "UPDATE binary_module SET pass = 7", "DELETE FROM binary_module", "UPDATE kernel SET contract = '{}'",
        "UPDATE kernel SET contract = replace(contract, 'n', 'm')"}) {
    WriteFile(evil, bytes_);
    sqlite3* database = nullptr;
    ASSERT_EQ(sqlite3_open(evil.c_str(), &database), SQLITE_OK);
    ASSERT_EQ(sqlite3_exec(database, sql.c_str(), nullptr, nullptr, nullptr), SQLITE_OK) << sql;
    sqlite3_close(database);
    const auto load = [&](const Store& store) {
      store.LoadBinary("axpy", "strided", {{"PER_LANE", 4}, {"WG", 64}}, {{"T", "float"}});
    };
    if (sql.find("pass = 7") == std::string::npos) {
      EXPECT_TRUE(IsRefused([&] { load(Store::Open(evil, Mode::kReadOnly)); })) << sql;
    }
    IsRefused([&] { Merge(folder_ / "out.db", {evil}); });
  }
}

}  // namespace
}  // namespace hone
