// The table of subcommands, in the order of --help.
#include "tools/command_list.h"

namespace hone {

const std::vector<Command>& Commands() {
  static const std::vector<Command> table = {
      CompileCommand(), TuneCommand(),    CheckCommand(),  DevicesCommand(),    ShowCommand(),
      SummaryCommand(), ExplainCommand(), DoctorCommand(), CompletionCommand(), WorkerCommand(),
  };
  return table;
}

}  // namespace hone
