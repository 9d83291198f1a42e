// What the subcommands that read a database share: naming variants, choosing what is meant, work and rates.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "db/store.h"
#include "tools/command.h"
#include "tools/table.h"

namespace hone {

// "strided PER_LANE=4 WG=256", as hone prints and reads variants.
struct VariantName {
  std::string pattern;
  Values point;
  friend bool operator==(const VariantName&, const VariantName&) = default;
};
std::string ToText(const VariantName& variant);
VariantName VariantFromText(const std::string& text);  // Errors: Error when it is not PATTERN NAME=VALUE …
VariantName VariantOf(const Measurement& measurement);
VariantName DefaultVariant(const Kernel& kernel);  // the first pattern at its default point

// What an ideal implementation moves and computes. 0: the manifest does not say.
struct Work {
  double bytes = 0, flops = 0;
};
Work WorkOf(const Kernel& kernel, const Values& problem);
Cell TimeCell(double ns);                    // empty and null unless positive and finite
Cell RateCell(const Work& work, double ns);  // GB/s, or TFLOP/s where arithmetic is what counts; JSON: per second
Cell RatioCell(double numerator, double denominator);
Cell DateCell(std::int64_t unix_ms);  // "2026-11-23 10:50:17"; JSON: milliseconds since 1970

// The key of the device of the database that `typed` means, as --device takes it. Errors: Error when there is none or several.
std::string DeviceKey(const Store& store, const std::string& typed);

// Errors: Error with a suggestion when the database has no such kernel.
Kernel RequireKernel(const Store& store, const std::string& name);

// The kernels × problems × devices that --device and --problem mean (all without them) of `kernel` ("": all).
// A --problem means every problem that has all of its values.
std::vector<Coverage> Select(const Store& store, const std::string& kernel, const Arguments& arguments);

// Errors: Error when --problem means none of `selected`; it names the problems that were measured.
void RequireProblem(const Store& store, const std::string& kernel, const std::vector<Coverage>& selected,
                    const Arguments& arguments);

// The last time of the default variant; nullopt when it was not measured or is not correct.
std::optional<double> DefaultTime(const Store& store, const Kernel& kernel, const Coverage& coverage);

// Prints the table; for people, that nothing is tuned yet where it is empty.
void PrintResults(const Table& table, const Store& store, const Arguments& arguments);

// The device's name where it says enough among `coverages`, else its key.
std::string DeviceLabel(const Store& store, const std::string& device_key);

}  // namespace hone
