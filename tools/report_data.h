// What the report's page shows, as the JSON that tools/report/src/data.js reads:
//
//   {hone, made, databases: [name], devices: [{name, driver, type, database}],
//    kernels: [{name, summary, source, parameters: [{name, values: [text]}]}],   parameter 0 is the pattern
//    outcomes: [text], messages: [text],
//    groups: [{kernel, device, problem, bytes, flops, best, default,             one a kernel × device × problem; rows
//    or -1
//              values: [[value of a row or -1] for each parameter],              columns over the last result of each
//              variant median_ns, low_ns, high_ns: [0 unless ok], outcome: [number], message: [index or -1]}],
//    runs: [{id, device, strategy, seed, command, group: [], seconds: [], median_ns: []}]}   results in the order of
//    the run
#pragma once

#include <string>
#include <vector>

namespace hone {

// Errors: Error for a database that cannot be read.
std::string ReportData(const std::vector<std::string>& databases);

}  // namespace hone
