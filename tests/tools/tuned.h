// A small database tuned by the real `hone` on this machine's first device, made once a process.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "tests/tools/process.h"

namespace hone::testing {

inline constexpr const char* kAxpy = HONE_SOURCE_DIR "/kernels/axpy";

// axpy at n=4096 and n=65536: six variants measured of each. Errors: throws when `hone` fails.
const std::string& TunedDatabase();

// A copy of it in `folder`, to be changed.
std::string CopyOfTuned(const TemporaryFolder& folder, const std::string& name = "copy.db");

// stdout as JSON; fails the test when the status is not 0.
nlohmann::json JsonOf(const ProcessResult& result);

}  // namespace hone::testing
