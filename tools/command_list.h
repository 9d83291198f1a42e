// The subcommands, one function each; tools/<name>_command.cpp holds it.
#pragma once

#include "tools/command.h"

namespace hone {

Command CompileCommand();
Command CompletionCommand();
Command DevicesCommand();
Command DoctorCommand();
Command ReplayCommand();
Command ShowCommand();
Command SummaryCommand();
Command WorkerCommand();

}  // namespace hone
