// The subcommands, one function each; tools/<name>_command.cpp holds it.
#pragma once

#include "tools/command.h"

namespace hone {

Command BenchCommand();
Command CheckCommand();
Command CompileCommand();
Command CompletionCommand();
Command DevicesCommand();
Command DiffCommand();
Command DoctorCommand();
Command ExplainCommand();
Command ExportCommand();
Command ImportCommand();
Command MergeCommand();
Command PackCommand();
Command PruneCommand();
Command ReplayCommand();
Command ReportCommand();  // where npm brought its page (HONE_HAS_REPORT)
Command ShowCommand();
Command StatsCommand();
Command SummaryCommand();
Command TransfersCommand();
Command TuneCommand();
Command VerifyCommand();
Command WorkerCommand();

}  // namespace hone
