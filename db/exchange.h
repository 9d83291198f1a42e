// Measurements in and out, in forms that others read.
//
//   text          for git: one fact a line, in an order that depends on nothing but the facts. Contracts, devices,
//   runs, points,
//                 outcomes, statistics and samples; no SPIR-V: a build compiles it again from the kernel's source. Both
//                 ways.
//   json          the same facts as one JSON document. Both ways.
//   csv           one row a measurement. Out only: a row does not say enough to come back.
//   t4            the auto-tuning community's T4 results. Both ways; one kernel, problem and device a file.
//   kernel-tuner  Kernel Tuner's cache files. Both ways; one kernel, problem and device a file.
//
// db/README.md describes each. Imports unite facts as Merge does: importing twice is importing once.
#pragma once

#include <cstdint>
#include <iosfwd>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "db/store.h"

namespace hone {

enum class Format { kText, kJson, kCsv, kT4, kKernelTuner };
std::optional<Format> FormatFromText(std::string_view name);
const std::vector<std::string>& FormatNames();

struct ExportOptions {
  std::string kernel;             // empty: all
  std::optional<Values> problem;  // nullopt: all
  std::string device_key;         // empty: all
  bool only_best = false;         // the best of each problem and device; as Pack chooses
  bool samples = true;            // false: statistics only
};

// Errors: Error when nothing is there to export, and when a one-problem format is asked for more than one (it names
// them).
void Export(const Store& store, Format format, std::ostream& out, const ExportOptions& options = {});

struct ImportOptions {
  std::string source = "import";  // the file's name, for messages
  // What a T4 file does not say, and what overrides a cache file. Empty: as the file says, or "imported" / "unknown".
  std::string kernel, device;
  std::optional<Values> problem;
};

struct ImportResult {
  std::int64_t added = 0;  // measurements that were not there yet
  bool repaired = false;   // a cache file was cut short, as a running or killed Kernel Tuner leaves it
};

// All or nothing. Safe on hostile input. Errors: Error with source (and line, for text) and what is wrong there.
ImportResult Import(Store& store, Format format, std::string_view text, const ImportOptions& options = {});

}  // namespace hone
