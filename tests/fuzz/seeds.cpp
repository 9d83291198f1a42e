// What the fuzz targets start from, a folder for each.   fuzz_seeds FOLDER
#include <filesystem>
#include <fstream>
#include <sstream>

#include "compiler/compile.h"
#include "compiler/optimize.h"
#include "compiler/template.h"
#include "db/exchange.h"
#include "db/pack.h"
#include "tests/db/sample.h"

namespace hone {
namespace {

namespace fs = std::filesystem;

void Write(const std::string& path, std::string_view bytes) {
  std::ofstream(path, std::ios::binary).write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
}

void WriteDatabases(const std::string& folder) {
  const Values best{{"PER_LANE", 2}, {"WG", 64}}, other{{"PER_LANE", 4}, {"WG", 256}}, types{{"T", "float"}};
  const Kernel kernel = SampleKernel();
  const Binary binary = SampleBinary(kernel, "strided", best, types);
  {
    Store store = Store::Open(folder + "/tuned.db", Store::Mode::kCreate);
    store.PutBinary(binary);
    const std::int64_t run = store.BeginRun({}, SampleDevice());
    store.PutMeasurement(run, SampleDevice(), SampleMeasurement(best, 100));
    store.PutMeasurement(run, SampleDevice(), SampleMeasurement(other, 200));
    for (const std::string& name : FormatNames()) {
      std::ostringstream text;
      Export(store, *FormatFromText(name), text);
      Write(folder + "/" + name, text.str());
    }
  }
  Pack(folder + "/tuned.db", folder + "/packed.db");
  Write(folder + "/kernel.json", KernelToJson(kernel));
  Write(folder + "/interface.json", InterfaceToJson(binary.modules[0]->interface));
  Write(folder + "/binary", BinaryToBytes(binary));
  Write(folder + "/formula", "ceil_div(n, WG * PER_LANE) + (is_pow2(n) ? 2 ^ 3 : min(n, 7, mod(n, 5)))");
}

void WriteModules(const std::string& folder) {
  Compiler compiler;
  for (const char* name : {"axpy", "gemm", "reduce", "scan", "histogram"}) {
    const Kernel kernel = LoadKernel(std::string(HONE_SOURCE_DIR) + "/kernels/" + name);
    for (const Pattern& pattern : kernel.patterns) {
      const CompileResult result = compiler.Compile(kernel, pattern.name, pattern.default_point);
      if (!result.ok()) continue;  // what needs more than the device's generic features
      for (const auto& module : result.binary->modules) {
        Write(folder + "/" + module->hash.ToHex(),
              {reinterpret_cast<const char*>(module->words.data()), module->words.size() * 4});
      }
    }
  }
}

void CopyTexts(const std::string& extension, const std::string& folder) {
  int count = 0;
  for (const char* from : {HONE_SOURCE_DIR "/kernels", HONE_SOURCE_DIR "/tests/data"}) {
    for (const auto& entry : fs::recursive_directory_iterator(from)) {
      if (entry.path().extension() != extension) continue;
      fs::copy_file(entry, folder + "/" + std::to_string(++count) + "_" + entry.path().filename().string());
    }
  }
}

}  // namespace
}  // namespace hone

int main(int, char** arguments) {
  const std::string root = arguments[1];
  std::filesystem::remove_all(root);
  for (const char* name : {"/manifest", "/glsl", "/spirv", "/db"}) std::filesystem::create_directories(root + name);
  hone::CopyTexts(".toml", root + "/manifest");
  hone::CopyTexts(".comp", root + "/glsl");
  hone::WriteModules(root + "/spirv");
  hone::WriteDatabases(root + "/db");
}
