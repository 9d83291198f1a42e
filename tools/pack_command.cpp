// hone pack: the small, sealed database that ships.
#include "db/pack.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>

#include "compiler/optimize.h"
#include "compiler/threads.h"
#include "db/error.h"
#include "db/seal.h"
#include "db/store.h"
#include "runtime/context.h"
#include "runtime/driver_binaries.h"
#include "tools/command_list.h"
#include "tools/devices.h"
#include "tools/format.h"
#include "tools/table.h"

namespace hone {
namespace {

// Optimising goes as deep as the shader nests.
Module FreezeOnLargeStack(const Module& module, const Values& point, const std::vector<std::string>& optimize) {
  Module frozen;
  RunOnLargeStack([&] { frozen = Freeze(module, point, optimize); });
  return frozen;
}

// What this machine's drivers make of the winners.
void AddBinaries(Store& packed) {
  const std::vector<DeviceInfo> tuned = packed.Devices();
  std::vector<DeviceInfo> here;
  try {
    here = EnumerateDevices();
  } catch (const Error& failure) {
    std::fprintf(stderr, "hone: %s; what is stored already is packed\n", failure.what());
  }
  for (std::size_t i = 0; i < here.size(); ++i) {
    if (std::ranges::find(tuned, here[i].Key(), &DeviceInfo::Key) == tuned.end()) continue;
    Context context({.device = std::to_string(i)});
    StoreDriverBinaries(packed, context);
  }
}

PackOptions PackOptionsFrom(const std::string& from, const Arguments& arguments) {
  PackOptions options{.pipeline_binaries = arguments.Flag("binaries"),
                      .sign_with = arguments.Text("sign"),
                      .within = arguments.Number("within") / 100,
                      .freeze = FreezeOnLargeStack};
  if (options.pipeline_binaries) options.finish = AddBinaries;
  if (!arguments.Has("device")) return options;
  const std::vector<DeviceInfo> devices = Store::Open(from, Store::Mode::kReadOnly).Devices();
  for (const std::string& typed : arguments.All("device")) {
    options.device_keys.push_back(devices[FindDevice(devices, typed, from)].Key());
  }
  return options;
}

void PrintText(const std::string& out, const PackResult& result) {
  std::printf("%s: %s, %s, %s, %s, %s\n", out.c_str(), FormatCount(result.kernels, "kernel").c_str(),
              FormatCount(result.winners, "winner").c_str(), FormatCount(result.binaries, "variant").c_str(),
              FormatCount(result.modules, "module").c_str(), FormatBytes(static_cast<double>(result.bytes)).c_str());
  if (result.slowest > 0) std::printf("at most %.1f %% slower than the best anywhere\n", 100 * result.slowest);
  for (const std::string& missing : result.missing) {
    std::fprintf(stderr, "hone: %s: no SPIR-V is stored for it, so it is left out ('hone compile' makes it)\n",
                 missing.c_str());
  }
}

int RunPack(const Arguments& arguments) {
  if (arguments.Has("make-keys")) {
    MakeKeys(arguments.Text("make-keys"));
    std::printf("%s (secret) and %s.pub\n", arguments.Text("make-keys").c_str(), arguments.Text("make-keys").c_str());
    return 0;
  }
  if (!arguments.Has("FILE.db")) throw UsageError("FILE.db is missing");
  if (!arguments.Has("output")) throw UsageError("option '--output' is missing: the database to write");
  const std::string from = arguments.Text("FILE.db"), out = arguments.Text("output");
  const PackResult result = Pack(from, out, PackOptionsFrom(from, arguments));
  if (!arguments.Flag("json")) {
    PrintText(out, result);
    return 0;
  }
  PrintJson({{"file", out},
             {"kernels", result.kernels},
             {"winners", result.winners},
             {"variants", result.binaries},
             {"modules", result.modules},
             {"slowest", result.slowest},
             {"portable", result.portable},
             {"bytes", result.bytes},
             {"missing", result.missing}});
  return 0;
}

}  // namespace

Command PackCommand() {
  return {
      .name = "pack",
      .summary = "Writes the database that ships: winners only, without specialization constants, sealed, for any file system",
      .example =
          "hone pack tuned.db -o app.db --within 2%\nhone pack --make-keys release.key\nhone pack tuned.db -o app.db "
          "--sign "
          "release.key",
      .positionals = {{"FILE.db", 0, 1}},
      .options = {{"output,o", "FILE.db", "the database to write"},
                  {"device", "NAME", "only this device of the database", "", true},
                  {"within", "PERCENT", "the fewest variants that are at most this much slower than the best anywhere"},
                  {"binaries", "", "the drivers' own binaries too: those that FILE.db has, and this machine's, made here"},
                  {"sign", "FILE", "sign with this secret key"},
                  {"make-keys", "FILE", "make a pair of keys, FILE and FILE.pub, and do nothing else"},
                  JsonOption()},
      .run = RunPack};
}

}  // namespace hone
