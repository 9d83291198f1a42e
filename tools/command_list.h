// The subcommands, one function each; tools/<name>_command.cpp holds it.
#pragma once

#include "tools/command.h"

namespace hone {

Command CompileCommand();
Command CheckCommand();
Command CompletionCommand();
Command DevicesCommand();
Command DoctorCommand();
Command ReplayCommand();
Command ExplainCommand();
Command ShowCommand();
Command SummaryCommand();
Command TuneCommand();
Command WorkerCommand();

}  // namespace hone
