// The table of subcommands, in the order of --help.
#include "tools/command_list.h"

namespace hone {

const std::vector<Command>& Commands() {
  static const std::vector<Command> table = {
      CompileCommand(), TuneCommand(),   CheckCommand(),      BenchCommand(),  TransfersCommand(),  // make
      SummaryCommand(), ShowCommand(),   ExplainCommand(),    DiffCommand(),   StatsCommand(),      // look
#ifdef HONE_HAS_REPORT
      ReportCommand(),
#endif
      PackCommand(),    MergeCommand(),  PruneCommand(),      VerifyCommand(),  // keep
      ExportCommand(),  ImportCommand(), ReplayCommand(),                       // exchange
      DevicesCommand(), DoctorCommand(), CompletionCommand(), WorkerCommand(),  // the machine
  };
  return table;
}

}  // namespace hone
