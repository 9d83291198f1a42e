#include "tuner/recording_database.h"

#include "db/error.h"
#include "db/store.h"

namespace hone {

std::vector<Recording> RecordingsFromDatabase(const std::filesystem::path& file, std::size_t min_points) {
  const Store store = Store::Open(file.string(), Store::Mode::kReadOnly);
  std::vector<Recording> recordings;
  for (const Kernel& kernel : store.Kernels()) {
    for (const Values& problem : store.Problems(kernel.name)) {
      for (const DeviceInfo& device : store.Devices()) {
        std::vector<RecordedRow> rows;
        for (const Measurement& measured : store.Results(kernel.name, problem, device.Key())) {
          RecordedRow row{.point = {measured.pattern, measured.point}};
          row.seen.outcome = measured.outcome;
          if (measured.outcome == Outcome::kOk) row.seen.cost = measured.statistics.median_ns;
          row.seen.seconds = (measured.compile_ms + measured.pipeline_ms + measured.check_ms + measured.bench_ms) / 1000;
          rows.push_back(std::move(row));
        }
        if (rows.size() < min_points || rows.empty()) continue;
        const std::string name = file.stem().string() + "/" + kernel.name + " " + problem.ToText() + " @ " + device.name;
        recordings.push_back(MakeRecording(name, rows));
        recordings.back().kernel = kernel.name;
        recordings.back().device = device.name;
      }
    }
  }
  if (recordings.empty())
    throw Error(file.string() + ": no kernel with " + std::to_string(min_points) + " measured variants in it");
  return recordings;
}

}  // namespace hone
