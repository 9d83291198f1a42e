// The tuning database: one SQLite file. The only door to it; db/schema.sql and db/README.md describe the tables.
//
// Ownership: a Store owns one connection. Threads: one Store per thread. Processes: any number (WAL; writers wait for
// each other). Errors: every function throws hone::Error with the file's path for damage, a newer format, a read-only
// folder, a full disk.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "db/device.h"
#include "db/kernel.h"
#include "db/outcome.h"
#include "db/statistics.h"

namespace hone {

struct Measurement {
  std::string kernel;
  std::string pattern;
  Values point;
  Values problem;  // integers and element types
  Outcome outcome = Outcome::kOk;
  std::string message;             // for outcomes other than ok: what was seen, one paragraph
  std::vector<double> samples_ns;  // every sample, in order; empty unless ok
  Statistics statistics;           // of samples_ns
  bool cold = false;               // buffers rotated beyond the last-level cache
  std::string phase;               // "search"; "playoff": won one; "finalist": was in one
  double compile_ms = 0, pipeline_ms = 0, check_ms = 0, bench_ms = 0;  // where the time went
  std::map<std::string, double> properties;  // registers, spills, shared bytes, code size where the driver tells
  std::int64_t unix_ms = 0;                  // when; 0: now
  std::string device_key;                    // readers fill it in; PutMeasurement takes the device as an argument
  std::int64_t run = 0;                      // likewise
};

// A module as table `module` keeps it. Making one is most of the work of writing a variant, and any thread may do it
// beforehand.
struct CompressedModule {
  Hash hash;
  std::int64_t size_bytes = 0;  // of the SPIR-V
  std::string spirv;            // one zstd frame
  std::string interface;        // JSON
};
CompressedModule CompressModule(const Module& module);  // Errors: Error when the module's hash is not that of its words
std::vector<CompressedModule> CompressModules(const Binary& binary);

// Who asked what: one row a `hone tune`.
struct Run {
  std::string command, version, strategy;
  std::uint64_t seed = 0;
};

struct StoredRun : Run {
  std::int64_t id = 0;
  std::string device_key;
  std::int64_t started_ms = 0;
  std::optional<std::int64_t> ended_ms;  // nullopt: still running, or killed
};

// How far one problem is tuned on one device (newest kernel source, last result of each variant).
struct Coverage {
  std::string kernel;
  Values problem;
  std::string device_key;
  std::int64_t variants = 0, ok = 0, failed = 0, pending = 0;
  double median_of_ok_ns = 0;       // the median variant
  std::optional<Measurement> best;  // without samples
};

struct BestVariant {
  std::int64_t measurement = 0;  // its row
  std::string pattern;
  Values point;
  double median_ns = 0;
};

// How long it takes to move bytes between host and device one way.
struct TransferTime {
  std::string direction;  // "upload", "download"
  std::uint64_t bytes = 0;
  std::string way;  // as the runtime names it: "direct", "ring-4-copy"
  double median_ns = 0;
  std::int64_t unix_ms = 0;  // when, the same for all that were timed in turn; 0: now
};

// Which measurements Store::ForEach gives. Empty: all.
struct Filter {
  std::string kernel;
  std::optional<Values> problem;
  std::string device_key;
  bool only_latest = true;         // the last result of each variant on each problem and device
  bool only_newest_source = true;  // of each kernel
  bool with_samples = false;
};

class Store {
 public:
  // kLoad: as kReadOnly, for programs that load kernels; the views that a packed file is without are made when something asks.
  enum class Mode { kCreate, kReadWrite, kReadOnly, kLoad };
  // kCreate opens what exists and makes what does not. Reading needs no right to write, and never changes what is
  // stored.
  static Store Open(const std::string& path, Mode mode);
  // For a file from somebody else: read-only, after an integrity check of the whole file.
  static Store OpenUntrusted(const std::string& path);
  // A whole database file in memory, as kLoad. The bytes stay where they are as long as the Store lives.
  // name: takes the place of the path.
  static Store OpenBytes(std::span<const std::byte> bytes, const std::string& name);
  Store(Store&&) noexcept;
  Store& operator=(Store&&) noexcept;
  ~Store();

  const std::string& path() const;
  bool packed() const;  // sealed by Pack (db/pack.h): winners only, never changes

  // --- what the build writes ---
  std::int64_t PutKernel(const Kernel& kernel);      // same name and source hash: same row
  std::int64_t PutDevice(const DeviceInfo& device);  // same Key(): same row
  void PutBinary(const Binary& binary);              // modules are content-addressed: written once
  void PutBinary(const Binary& binary, const std::vector<CompressedModule>& compressed);  // its own, compressed beforehand
  // A build's memory (table compiled): the module that was once compiled from what `key` is the hash of.
  void PutCompiled(const Hash& key, const Module& module);
  std::shared_ptr<const Module> FindCompiled(const Hash& key) const;  // nullptr when absent; Error when damaged
  // Table built: every variant that `key` is the hash of is stored for this source of the kernel.
  void PutBuilt(const Kernel& kernel, const Hash& key);
  bool IsBuilt(const Kernel& kernel, const Hash& key) const;
  std::int64_t BeginRun(const Run& run, const DeviceInfo& device);
  void EndRun(std::int64_t run);

  // Stores a result at once, durable against a killed process. A pending row of the same variant, problem and device is
  // replaced in the same transaction; other earlier rows stay.
  void PutMeasurement(std::int64_t run, const DeviceInfo& device, const Measurement& measurement);
  void MarkPending(std::int64_t run, const DeviceInfo& device, const Measurement& about_to_run);

  // Earlier ones stay.
  void PutTransfers(const DeviceInfo& device, const std::vector<TransferTime>& timed);

  // Groups many writes into one transaction (for imports and compiles): commits when `body` returns, rolls back when it
  // throws.
  void Transaction(const std::function<void()>& body);

  // --- what readers ask ---
  std::vector<Kernel> Kernels() const;                              // newest source of each name, by name
  std::optional<Kernel> FindKernel(const std::string& name) const;  // newest
  std::vector<DeviceInfo> Devices() const;
  std::vector<Values> Problems(const std::string& kernel) const;  // measured on any device
  // Latest result of every variant (newest kernel source), by median_ns, then failures. device: Key(), empty: any.
  std::vector<Measurement> Results(const std::string& kernel, const Values& problem, const std::string& device_key) const;
  std::optional<Measurement> Best(const std::string& kernel, const Values& problem, const std::string& device_key) const;
  // Which that is, in a tenth of the time.
  std::optional<BestVariant> FindBest(const std::string& kernel, const Values& problem, const std::string& device_key) const;
  std::optional<Binary> LoadBinary(const std::string& kernel, const std::string& pattern, const Values& point,
                                   const Values& types) const;  // hashes checked; Error when a blob is damaged
  // The same for a kernel that this store gave (FindKernel), so that its contract is not read again.
  std::optional<Binary> LoadBinary(std::shared_ptr<const Kernel> kernel, const std::string& pattern, const Values& point,
                                   const Values& types) const;
  std::int64_t CountMeasurements() const;

  // The fastest way of each size, by direction and size. device: Key().
  std::vector<TransferTime> BestTransfers(const std::string& device_key) const;

  // By kernel, problem and device. kernel: empty for all.
  std::vector<Coverage> Summary(const std::string& kernel = "") const;
  // In the order they were stored, until body returns false.
  void ForEach(const Filter& filter, const std::function<bool(const Measurement&)>& body) const;
  std::vector<StoredRun> Runs() const;

  // Driver-made binaries of one pass of a stored variant, under the driver's own key; compressed, hash checked when
  // read. Errors: Error when the variant is not stored.
  void PutPipelineBinary(const DeviceInfo& device, const Binary& binary, int pass, const std::string& key,
                         const std::string& data);
  std::map<std::string, std::string> PipelineBinaries(const DeviceInfo& device, const Binary& binary, int pass) const;

  struct Impl;
  Impl& impl() const { return *impl_; }  // for the other files of db/
  explicit Store(std::unique_ptr<Impl> impl);

 private:
  std::unique_ptr<Impl> impl_;
};

}  // namespace hone
