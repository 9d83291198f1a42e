// hone verify: everything about a database that can be checked without a device.
#include "db/verify.h"

#include <fmt/format.h>

#include <cstdio>

#include "compiler/optimize.h"
#include "db/error.h"
#include "tools/command_list.h"
#include "tools/format.h"
#include "tools/table.h"

namespace hone {
namespace {

std::string CheckModule(const Module& module) { return Validate(module.words); }

int RunVerify(const Arguments& arguments) {
  const std::string path = arguments.Text("FILE.db");
  std::optional<PublicKey> key;
  if (arguments.Has("key")) key = ReadPublicKey(arguments.Text("key"));
  const VerifyResult result = Verify(path, arguments.Flag("quick") ? ModuleCheck() : CheckModule, key);
  if (arguments.Flag("json")) {
    PrintJson({{"file", path},
               {"packed", result.packed},
               {"signed", result.is_signed},
               {"kernels", result.kernels},
               {"modules", result.modules},
               {"measurements", result.measurements},
               {"problems", result.problems}});
    return result.problems.empty() ? 0 : 1;
  }
  for (const std::string& problem : result.problems) std::printf("%s: %s\n", path.c_str(), problem.c_str());
  if (!result.problems.empty()) {
    throw Error(fmt::format("{}: {}{} thing{} wrong", path, result.problems.size(),
                            result.problems.size() == 100 ? " or more" : "", result.problems.size() == 1 ? "" : "s"));
  }
  std::printf("%s: all is well: %s, %s, %s%s%s\n", path.c_str(), FormatCount(result.kernels, "kernel").c_str(),
              FormatCount(result.modules, "module").c_str(), FormatCount(result.measurements, "measurement").c_str(),
              result.packed ? ", sealed" : "", result.is_signed ? ", signed" : "");
  return 0;
}

}  // namespace

Command VerifyCommand() {
  return {.name = "verify",
          .summary =
              "Checks a database: the file, its references, every hash, formula and sample, its seal, every module's "
              "SPIR-V",
          .example = "hone verify tuned.db\nhone verify app.db --key release.key.pub",
          .positionals = {{"FILE.db"}},
          .options = {{"key", "FILE", "a public key: the database must be signed by it"},
                      {"quick", "", "do not validate the SPIR-V itself"},
                      JsonOption()},
          .run = RunVerify};
}

}  // namespace hone
