// One function a format, and what they share. Private to db/.
#pragma once

#include <nlohmann/json.hpp>

#include "db/exchange.h"
#include "db/json_object.h"

namespace hone {

void ExportText(const Store& store, std::ostream& out, const ExportOptions& options);
void ExportJson(const Store& store, std::ostream& out, const ExportOptions& options);
void ExportCsv(const Store& store, std::ostream& out, const ExportOptions& options);
void ExportT4(const Store& store, std::ostream& out, const ExportOptions& options);
void ExportKernelTuner(const Store& store, std::ostream& out, const ExportOptions& options);
void ImportText(Store& store, std::string_view text, const ImportOptions& options);
void ImportJson(Store& store, std::string_view text, const ImportOptions& options);
void ImportT4(Store& store, std::string_view text, const ImportOptions& options);
bool ImportKernelTuner(Store& store, std::string_view text, const ImportOptions& options);  // true: repaired

// The rows that the options choose, in the canonical order; samples only where they are asked for.
std::vector<Measurement> Chosen(const Store& store, const ExportOptions& options);

// As Chosen, for formats that hold one kernel, problem and device.
std::vector<Measurement> ChosenOfOne(const Store& store, const ExportOptions& options, std::string_view format);

// Results of another tuner: a kernel that has nothing but a name, one pattern "imported" and its parameters.
struct ForeignResults {
  std::string tuner;  // "kernel-tuner"
  std::string kernel, device;
  Values problem;
  std::map<std::string, std::vector<Value>> parameters;
  std::vector<Measurement> measurements;  // point, outcome, message, samples, times, unix_ms
};
void StoreForeign(Store& store, ForeignResults results, std::string_view text, const ImportOptions& options);

Value ForeignValue(const nlohmann::json& json, const std::string& name);  // an integer, a word, true, false
double ForeignMs(const JsonObject& object, std::string_view key);         // 0 when absent or not a number
std::int64_t ParseTimestamp(std::string_view text);                       // "2023-12-22 09:53:48.691683+00:00"; 0: not one
std::string FormatTimestamp(std::int64_t unix_ms);
std::string ForeignName(std::string_view text);  // plain letters: "a b" -> "a_b"

}  // namespace hone
