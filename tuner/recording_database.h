// Recordings from hone databases; see tuner/recording.h.
#pragma once

#include <filesystem>
#include <vector>

#include "tuner/recording.h"

namespace hone {

std::vector<Recording> RecordingsFromDatabase(const std::filesystem::path& file, std::size_t min_points);

}  // namespace hone
