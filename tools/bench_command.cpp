// hone bench: the best of each problem timed again here and now against default and median, and beside other libraries.
#include "db/error.h"
#include "tools/bench.h"
#include "tools/command_list.h"
#include "tools/interrupt.h"
#include "tools/results.h"

namespace hone {
namespace {

int RunBench(const Arguments& arguments) {
  if (arguments.Flag("json") && arguments.Flag("markdown")) throw UsageError("--json and --markdown exclude each other");
  if (arguments.Integer("rounds") == 0) throw UsageError("--rounds 0: nothing to time");
  if (arguments.Has("jobs") && !arguments.Has("peers")) throw UsageError("--jobs says what --peers' jobs are: give both");
  const Store store = Store::Open(arguments.Text("FILE.db"), Store::Mode::kReadOnly);
  if (arguments.Has("KERNEL")) RequireKernel(store, arguments.Text("KERNEL"));
  std::optional<Peers> peers;
  std::vector<PeerJob> jobs;
  if (arguments.Has("peers")) {  // before anything is timed: what is wrong with them is said at once
    peers = ReadPeers(arguments.Text("peers"));
    jobs = ReadPeerJobs(arguments.Has("jobs") ? arguments.Text("jobs") : "kernels/peers.toml");
  }
  const Interrupt interrupt;
  const BenchRun bench = arguments.Flag("stored") ? BenchStored(store, arguments) : BenchNow(store, arguments);
  if (peers) {
    PrintBench(bench, *peers, jobs, arguments);
  } else if (bench.results.empty()) {
    PrintResults(Table({}), store, arguments);
  } else {
    PrintBench(bench, arguments);
  }
  return Interrupt::Requested() ? kInterruptedStatus : 0;
}

}  // namespace

Command BenchCommand() {
  return {.name = "bench",
          .summary = "Times the best variants again, in turns with default and median ones; compares them with other libraries",
          .example =
              "hone bench tuned.db\n"
              "hone bench tuned.db gemm --rounds 51 --json\n"
              "hone bench tuned.db --peers cuda.jsonl --markdown > table.md",
          .positionals = {{"FILE.db"}, {"KERNEL", 0, 1}},
          .options = {{"device", "NAME", "a number or name of 'hone devices' (--stored: of the database)"},
                      {"rounds", "N", "times each variant is timed", "21"},
                      {"stored", "", "the results that the database has, nothing is timed"},
                      {"peers", "FILE", "results of other libraries, a line of JSON each: one table with ours"},
                      {"jobs", "FILE", "which peers' job is which kernel and problem (default: kernels/peers.toml)"},
                      {"markdown", "", "print a table for a README"},
                      JsonOption()},
          .run = RunBench};
}

}  // namespace hone
