// Files read whole.
#pragma once

#include <filesystem>
#include <string>

namespace hone {

// Unzipped where it is gzip. Errors: Error with the path and the reason.
std::string ReadFile(const std::filesystem::path& path);

}  // namespace hone
