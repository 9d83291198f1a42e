// Unites facts with those that are there, for merges and imports: a fact that is there already stays one. Private to
// db/.
//
// Where two files say different things of one fact (the same kernel seen at two times), the greater wins, by an order
// that does not depend on which came first; so uniting is associative, commutative and idempotent.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "db/hash.h"
#include "db/sqlite.h"

namespace hone {

struct RunFact {
  Hash uuid;
  std::int64_t device = 0;  // row
  std::string_view command, version, strategy;
  std::int64_t seed = 0, started_ms = 0;
  std::optional<std::int64_t> ended_ms;
};

// The first six numbers name rows of the file that is written.
struct MeasurementFact {
  std::int64_t problem = 0, device = 0, variant = 0, run = 0;
  std::int64_t unix_ms = 0, outcome = 0, cold = 0;
  std::string_view phase, message, properties;
  double median_ns = 0, mad_ns = 0, min_ns = 0, p95_ns = 0, low_ns = 0, high_ns = 0;
  double compile_ms = 0, pipeline_ms = 0, check_ms = 0, bench_ms = 0;
  std::span<const std::byte> samples;
};

// `device` names a row of the file that is written.
struct TransferFact {
  std::int64_t device = 0;
  std::string_view direction;
  std::int64_t bytes = 0, unix_ms = 0;
  std::string_view way;
  double median_ns = 0;
};

// Everything returns the row. Texts are checked as readers would. Errors: Error for what is not canonical or not whole.
class FactWriter {
 public:
  explicit FactWriter(Database& database) : database_(database) {}
  std::int64_t Kernel(std::string_view contract, std::int64_t seen_ms);  // name and hash are in the contract
  std::int64_t Device(std::string_view info, std::int64_t seen_ms);
  std::int64_t Pattern(std::int64_t kernel, std::string_view name);
  std::int64_t Variant(std::int64_t pattern, std::string_view point);
  std::int64_t Problem(std::string_view kernel, std::string_view text);
  std::int64_t Run(const RunFact& run);
  void Measurement(const MeasurementFact& measurement);
  void Transfer(const TransferFact& transfer);
  void DropSettledPending();  // pending rows whose result is here: once, after all measurements

 private:
  void CheckProperties(std::string_view properties);

  Database& database_;
  std::string good_properties_ = "{}";
};

}  // namespace hone
