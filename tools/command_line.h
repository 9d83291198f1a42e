// From argv to a subcommand and back to an exit status: 0 done, 1 an error, 2 wrong usage; 130 interrupted.
#pragma once

#include <string>
#include <vector>

#include "tools/command.h"

namespace hone {

// Runs the whole program; prints errors as "hone: place: fact" to stderr.
int RunCommandLine(const std::vector<std::string>& arguments);

// Errors: UsageError names the argument, with the nearest known name.
Arguments ParseArguments(const Command& command, const std::vector<std::string>& arguments);

std::string HelpText();                         // of `hone --help`
std::string HelpText(const Command& command);   // of `hone NAME --help`
std::string UsageLine(const Command& command);  // "hone devices [options]"

}  // namespace hone
