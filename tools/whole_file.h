// Files that appear whole or not at all.
#pragma once

#include <functional>
#include <ostream>
#include <string>

namespace hone {

// Calls `write`, then puts the file in place, with the permissions of the one that was there. Errors: Error with the path and
// the reason; what `write` throws. The file that was there before is untouched then. What is there and is no regular file, a
// pipe or a device, is written to as it comes.
void WriteWholeFile(const std::string& path, const std::function<void(std::ostream&)>& write);

}  // namespace hone
