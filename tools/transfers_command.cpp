// hone transfers: which way bytes go fastest between host and device.
#include <algorithm>
#include <cstdio>

#include "db/store.h"
#include "runtime/context.h"
#include "runtime/measure_transfers.h"
#include "tools/command_list.h"
#include "tools/format.h"
#include "tools/results.h"
#include "tools/table.h"

namespace hone {
namespace {

constexpr double kShareOfMemory = 0.25;  // of what is free on the device, for the largest transfer

std::vector<std::string> Stored(const Store& store, const Arguments& arguments) {
  if (arguments.Has("device")) return {DeviceKey(store, arguments.Text("device"))};
  std::vector<std::string> keys;
  for (const DeviceInfo& device : store.Devices()) keys.push_back(device.Key());
  return keys;
}

std::string Measure(Store& store, const Arguments& arguments) {
  Context context({.device = arguments.Text("device")});
  const auto wanted = static_cast<std::uint64_t>(arguments.Int("most-mib")) << 20;
  const auto most = std::min(wanted, static_cast<std::uint64_t>(kShareOfMemory * double(context.FreeDeviceBytes())));
  store.PutTransfers(context.info(), MeasureTransfers(context, most, [](const std::string& direction, std::uint64_t bytes) {
                       std::fprintf(stderr, "%s of %s\n", direction.c_str(), FormatBytes(double(bytes)).c_str());
                     }));
  return context.info().Key();
}

void AddRows(Table& table, const Store& store, const std::string& device) {
  for (const TransferTime& best : store.BestTransfers(device)) {
    table.Add({device,
               best.direction,
               {FormatBytes(double(best.bytes)), best.bytes},
               best.way,
               TimeCell(best.median_ns),
               {FormatBandwidth(double(best.bytes) / best.median_ns * 1e9), double(best.bytes) / best.median_ns * 1e9},
               DateCell(best.unix_ms)});
  }
}

int RunTransfers(const Arguments& arguments) {
  const bool stored = arguments.Flag("stored");
  Store store = Store::Open(arguments.Text("FILE.db"), stored ? Store::Mode::kReadOnly : Store::Mode::kCreate);
  const std::vector<std::string> devices = stored ? Stored(store, arguments) : std::vector{Measure(store, arguments)};
  Table table({{"device", devices.size() > 1 ? "device" : ""},
               {"direction", "direction"},
               {"bytes", "size", true},
               {"way", "way"},
               {"median_ns", "time", true},
               {"bytes_per_second", "rate", true},
               {"unix_ms", ""}});
  for (const std::string& device : devices) AddRows(table, store, device);
  if (table.empty() && !arguments.Flag("json"))
    std::printf("%s: no transfers were timed yet ('hone transfers' without --stored does it)\n", store.path().c_str());
  table.Print(arguments.Flag("json"));
  return 0;
}

}  // namespace

Command TransfersCommand() {
  return {.name = "transfers",
          .summary = "Times the ways of moving bytes to and from the device, and stores them: programs then take the fastest",
          .example = "hone transfers tuned.db\nhone transfers tuned.db --stored",
          .positionals = {{"FILE.db"}},
          .options = {{"device", "NAME", "a number or name of 'hone devices' (--stored: of the database)"},
                      {"most-mib", "N", "the largest transfer, at most a quarter of the free device memory", "1024"},
                      {"stored", "", "print what the database has, without timing"},
                      JsonOption()},
          .run = RunTransfers};
}

}  // namespace hone
