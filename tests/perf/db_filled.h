// Databases of a size that people reach in weeks, for the benchmarks of db/.
#pragma once

#include <cstdint>
#include <random>
#include <string>

#include "db/store.h"

namespace hone {

// variants × problems measurements of one kernel on one device, twenty samples each.
inline void FillDatabase(const std::string& path, unsigned seed, int variants, int problems) {
  std::mt19937 random(seed);
  Store store = Store::Open(path, Store::Mode::kCreate);
  Kernel kernel;
  kernel.name = "gemm";
  kernel.integers = {{"n", 1, 1 << 20}};
  Pattern pattern;
  pattern.name = "tiled";
  pattern.parameters = {{"TILE", {8, 16, 32}, false, {}}};
  kernel.patterns = {pattern};
  kernel.source_hash = HashOf(kernel.name);
  DeviceInfo device = GenericDevice();
  device.name = "GPU " + std::to_string(seed % 4);
  store.Transaction([&] {
    store.PutKernel(kernel);
    const std::int64_t run = store.BeginRun({"hone tune gemm", "0.1.0", "random", seed}, device);
    for (int p = 0; p < problems; ++p) {
      for (int v = 0; v < variants; ++v) {
        Measurement m;
        m.kernel = "gemm";
        m.pattern = "tiled";
        m.point = {{"TILE", 1 << (v % 6)}, {"WG", 32 * (1 + v % 32)}, {"UNROLL", v}};
        m.problem = {{"n", 256 * (p + 1)}};
        m.unix_ms = 1700000000000 + p * variants + v;
        m.phase = "search";
        if (random() % 20 == 0) {
          m.outcome = Outcome::kCompileError;
          m.message = "tiled.comp:12: error: '' : array size must be a positive integer";
        } else {
          const double base = 5000 + random() % 50000;
          for (int i = 0; i < 20; ++i) m.samples_ns.push_back(base + random() % 400);
          m.statistics = Summarize(m.samples_ns);
        }
        store.PutMeasurement(run, device, m);
      }
    }
    store.EndRun(run);
  });
}

}  // namespace hone
