#include "db/merge_copy.h"

#include <algorithm>
#include <unordered_map>

#include "db/blob.h"
#include "db/error.h"
#include "db/facts.h"
#include "db/kernel.h"

namespace hone {
namespace {

// Rows of the one file -> rows of the other.
class Rows {
 public:
  void Set(std::int64_t from, std::int64_t to) { rows_[from] = to; }
  std::int64_t operator[](std::int64_t from) const {
    const auto found = rows_.find(from);
    if (found == rows_.end()) throw Error("damaged: a row refers to one that is not there");
    return found->second;
  }

 private:
  std::unordered_map<std::int64_t, std::int64_t> rows_;
};

class Copier {
 public:
  Copier(Database& from, Database& to, const Selection* only) : from_(from), to_(to), facts_(to), only_(only) {}

  void Copy() {
    Statement meta(from_, "SELECT key, value FROM meta");
    while (meta.Step()) Meta(meta);
    Names();
    Modules();
    Binaries();
    PipelineBinaries();
    Statement runs(
        from_, "SELECT id, uuid, device, command, version, strategy, seed, started_ms, ended_ms FROM run ORDER BY started_ms");
    while (runs.Step()) {
      if (!Leaves(&Selection::runs, runs.Integer(0))) RunRow(runs);
    }
    Measurements();
    Transfers();
  }

 private:
  bool Leaves(std::set<std::int64_t> Selection::*table, std::int64_t row) const {
    return only_ && !(only_->*table).contains(row);
  }

  void Meta(const Statement& row) {
    Statement put(to_,
                  "INSERT INTO meta (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value "
                  "WHERE excluded.value > value");
    put.Bind(row.View(0), row.View(1)).Run();
  }

  void Names() {
    Statement kernels(from_, "SELECT id, contract, contract_hash, name, source_hash, seen_ms FROM kernel ORDER BY seen_ms");
    while (kernels.Step()) {
      if (Leaves(&Selection::kernels, kernels.Integer(0))) continue;
      if (HashOf(kernels.View(1)) != kernels.HashAt(2)) throw Error("damaged: a kernel's contract does not have its hash");
      const Kernel kernel = KernelFromJson(kernels.View(1));
      if (kernel.name != kernels.View(3) || kernel.source_hash != kernels.HashAt(4)) {
        throw Error("damaged: a kernel's contract is that of another");
      }
      kernels_.Set(kernels.Integer(0), facts_.Kernel(kernels.View(1), kernels.Integer(5)));
    }
    Statement devices(from_, "SELECT id, info, seen_ms FROM device");
    while (devices.Step()) {
      if (Leaves(&Selection::devices, devices.Integer(0))) continue;
      devices_.Set(devices.Integer(0), facts_.Device(devices.View(1), devices.Integer(2)));
    }
    Statement patterns(from_, "SELECT id, kernel, name FROM pattern");
    while (patterns.Step()) {
      if (Leaves(&Selection::patterns, patterns.Integer(0))) continue;
      patterns_.Set(patterns.Integer(0), facts_.Pattern(kernels_[patterns.Integer(1)], patterns.View(2)));
    }
    Statement variants(from_, "SELECT id, pattern, point FROM variant");
    while (variants.Step()) {
      if (Leaves(&Selection::variants, variants.Integer(0))) continue;
      variants_.Set(variants.Integer(0), facts_.Variant(patterns_[variants.Integer(1)], variants.View(2)));
    }
    Statement problems(from_, "SELECT id, kernel, text FROM problem");
    while (problems.Step()) {
      if (Leaves(&Selection::problems, problems.Integer(0))) continue;
      problems_.Set(problems.Integer(0), facts_.Problem(problems.View(1), problems.View(2)));
    }
  }

  void Modules() {
    Statement rows(from_, "SELECT id, hash, size_bytes, spirv, interface, interface_hash FROM module");
    while (rows.Step()) {
      if (Leaves(&Selection::modules, rows.Integer(0))) continue;
      const std::int64_t size = rows.Integer(2);
      if (size < 0 || size % 4 != 0) throw Error("damaged: a module is not whole words");
      if (HashOf(std::string_view(Decompress(rows.Blob(3), static_cast<std::size_t>(size)))) != rows.HashAt(1) ||
          HashOf(rows.View(4)) != rows.HashAt(5)) {
        throw Error("damaged: a module does not have its hash");
      }
      InterfaceFromJson(rows.View(4));
      Statement put(to_,
                    "INSERT INTO module (hash, size_bytes, spirv, interface, interface_hash) VALUES (?, ?, ?, ?, ?) "
                    "ON CONFLICT (hash) DO UPDATE SET interface = excluded.interface, interface_hash = excluded.interface_hash "
                    "WHERE excluded.interface > interface");
      put.Bind(rows.HashAt(1), size, rows.Blob(3), rows.View(4), rows.HashAt(5)).Run();
      Statement id(to_, "SELECT id FROM module WHERE hash = ?");
      id.Bind(rows.HashAt(1)).Step();
      modules_.Set(rows.Integer(0), id.Integer(0));
    }
  }

  // The modules of a binary, as one text that orders two compilations of the same variant.
  static std::string ModulesOf(Database& database, std::int64_t binary) {
    Statement select(database,
                     "SELECT m.hash FROM binary_module b JOIN module m ON m.id = b.module WHERE b.binary = ? ORDER BY b.pass");
    select.Bind(binary);
    std::string text;
    while (select.Step()) text += select.HashAt(0).ToHex();
    return text;
  }

  void Binaries() {
    Statement rows(from_, "SELECT id, variant, types FROM binary");
    while (rows.Step()) {
      if (Leaves(&Selection::binaries, rows.Integer(0))) continue;
      const std::int64_t from = rows.Integer(0), variant = variants_[rows.Integer(1)];
      if (Values::FromText(rows.View(2)).ToText() != rows.View(2)) throw Error("damaged: types are not sorted by name");
      Statement known(to_, "SELECT id FROM binary WHERE variant = ? AND types = ?");
      if (known.Bind(variant, rows.View(2)).Step()) {
        binaries_.Set(from, known.Integer(0));
        if (ModulesOf(from_, from) <= ModulesOf(to_, known.Integer(0))) continue;
        Statement clear(to_, "DELETE FROM binary_module WHERE binary = ?");
        clear.Bind(known.Integer(0)).Run();
      } else {
        Statement put(to_, "INSERT INTO binary (variant, types) VALUES (?, ?)");
        put.Bind(variant, rows.View(2)).Run();
        binaries_.Set(from, to_.LastId());
      }
      Statement passes(from_, "SELECT pass, module FROM binary_module WHERE binary = ?");
      passes.Bind(from);
      while (passes.Step()) {
        Statement put(to_, "INSERT INTO binary_module (binary, pass, module) VALUES (?, ?, ?)");
        put.Bind(binaries_[from], passes.Integer(0), modules_[passes.Integer(1)]).Run();
      }
    }
  }

  void PipelineBinaries() {
    if (only_ && !only_->pipeline_binaries) return;
    Statement rows(from_, "SELECT binary, pass, device, key, hash, size_bytes, data FROM pipeline_binary");
    while (rows.Step()) {
      if (Leaves(&Selection::binaries, rows.Integer(0)) || Leaves(&Selection::devices, rows.Integer(2))) continue;
      const auto size = static_cast<std::size_t>(std::max<std::int64_t>(0, rows.Integer(5)));
      if (HashOf(std::string_view(Decompress(rows.Blob(6), size))) != rows.HashAt(4)) {
        throw Error("damaged: a pipeline binary does not have its hash");
      }
      Statement put(to_,
                    "INSERT INTO pipeline_binary (binary, pass, device, key, hash, size_bytes, data) VALUES (?, ?, ?, "
                    "?, ?, ?, ?) "
                    "ON CONFLICT (binary, pass, device, key) DO UPDATE SET hash = excluded.hash, "
                    "size_bytes = excluded.size_bytes, data = excluded.data WHERE excluded.hash > hash");
      put.Bind(binaries_[rows.Integer(0)], rows.Integer(1), devices_[rows.Integer(2)], rows.Blob(3), rows.HashAt(4),
               rows.Integer(5), rows.Blob(6))
          .Run();
    }
  }

  void RunRow(const Statement& row) {
    RunFact run;
    run.uuid = row.HashAt(1);
    run.device = devices_[row.Integer(2)];
    run.command = row.View(3);
    run.version = row.View(4);
    run.strategy = row.View(5);
    run.seed = row.Integer(6);
    run.started_ms = row.Integer(7);
    if (!row.IsNull(8)) run.ended_ms = row.Integer(8);
    runs_.Set(row.Integer(0), facts_.Run(run));
  }

  void Measurements() {
    Statement rows(
        from_,
        "SELECT problem, device, variant, run, unix_ms, outcome, cold, phase, message, properties, median_ns, mad_ns, "
        "min_ns, p95_ns, low_ns, high_ns, compile_ms, pipeline_ms, check_ms, bench_ms, samples, id FROM measurement");
    while (rows.Step()) {
      if (Leaves(&Selection::measurements, rows.Integer(21))) continue;
      facts_.Measurement({problems_[rows.Integer(0)],
                          devices_[rows.Integer(1)],
                          variants_[rows.Integer(2)],
                          runs_[rows.Integer(3)],
                          rows.Integer(4),
                          rows.Integer(5),
                          rows.Integer(6),
                          rows.View(7),
                          rows.View(8),
                          rows.View(9),
                          rows.Real(10),
                          rows.Real(11),
                          rows.Real(12),
                          rows.Real(13),
                          rows.Real(14),
                          rows.Real(15),
                          rows.Real(16),
                          rows.Real(17),
                          rows.Real(18),
                          rows.Real(19),
                          rows.Blob(20)});
    }
  }

  // Of a selection the best only.
  void Transfers() {
    const std::string chosen =
        only_ ? "JOIN device d ON d.id = t.device JOIN best_transfer b ON b.device = d.key AND b.direction = "
                "t.direction AND b.bytes = t.bytes AND b.unix_ms = t.unix_ms AND b.way = t.way"
              : "";
    Statement rows(from_, "SELECT t.device, t.direction, t.bytes, t.unix_ms, t.way, t.median_ns FROM transfer t " + chosen);
    while (rows.Step()) {
      if (Leaves(&Selection::devices, rows.Integer(0))) continue;
      facts_.Transfer({devices_[rows.Integer(0)], rows.View(1), rows.Integer(2), rows.Integer(3), rows.View(4), rows.Real(5)});
    }
  }

  Database& from_;
  Database& to_;
  FactWriter facts_;
  const Selection* only_;
  Rows kernels_, devices_, patterns_, variants_, problems_, modules_, binaries_, runs_;
};

}  // namespace

void CopyFacts(Database& from, Database& to, const Selection* only) {
  try {
    Copier(from, to, only).Copy();
  } catch (const Error& failure) {
    const std::string text = failure.what();
    throw Error(text.starts_with(from.path()) || text.starts_with(to.path()) ? text : from.path() + ": " + text);
  }
}

}  // namespace hone
