// Recorded spaces: what some tuner measured exhaustively once, replayed as if it were a GPU.
//
// Read: Kernel Tuner cache files (also of interrupted runs, not closed), T4 results, hone databases; the first two may be
// gzipped. Source: Kernel Tuner's cache format; T4 of "Towards a benchmarking suite for kernel tuners" (Tørring et al., 2023).
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "tuner/trial.h"

namespace hone {

struct Recording {
  std::string name;    // the file's name without .json(.gz); of a database: "FILE/KERNEL PROBLEM @ DEVICE"
  std::string kernel;  // "" where the file does not say
  std::string device;
  Space space;
  std::vector<Observation> seen;  // by PointId; seconds: NaN where the file does not say
};

// One recording a file; a database gives one for each kernel, problem and device that has at least `min_points` variants.
// Errors: Error with the file's name for what cannot be read, and where nothing is in it.
std::vector<Recording> LoadRecordings(const std::filesystem::path& file, std::size_t min_points = 2);
// The two formats, on text. name: for messages and Recording::name.
Recording RecordingFromKernelTuner(std::string_view json, const std::string& name);
Recording RecordingFromT4(std::string_view json, const std::string& name);

// From rows in any order; used by every reader. Of a point given twice the last counts.
struct RecordedRow {
  RecordedPoint point;
  Observation seen;
};
Recording MakeRecording(std::string name, const std::vector<RecordedRow>& rows);

// Answers a trial from a recording.
class RecordedObjective : public Objective {
 public:
  explicit RecordedObjective(const Recording& recording);
  Observation Measure(PointId point) override;

 private:
  const Recording& recording_;
  double typical_seconds_ = 1;  // for points without recorded times
};

// The recording as prior knowledge about `space`: its best `most` points that are legal there, best first.
Prior PriorFrom(const Recording& recording, const Space& space, std::size_t most);

}  // namespace hone
