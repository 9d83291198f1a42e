// How much of what a database holds, and where its bytes go.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "db/store.h"

namespace hone {

struct StoreStats {
  std::int64_t file_bytes = 0;
  std::map<std::string, std::int64_t> rows;              // by table
  std::map<std::string, std::int64_t> outcomes;          // measurements by outcome: {"ok": 812, "compile error": 3}
  std::int64_t spirv_bytes = 0, spirv_stored_bytes = 0;  // of all modules, as they are and compressed
  std::int64_t samples_bytes = 0;
  std::int64_t superseded = 0;                                      // measurements of a variant that has a later one
  std::int64_t stale_source = 0, stale_driver = 0, stale_tool = 0;  // measurements, as the view `stale` says
};

StoreStats Stats(const Store& store);

}  // namespace hone
