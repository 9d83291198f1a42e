// libFuzzer target: the first byte chooses what the rest is: a database, a packed one, the forms of exchange, records
// as JSON. run: db_fuzz -max_total_time=60 CORPUS
#include <fcntl.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <sstream>
#include <string>

#include "db/error.h"
#include "db/exchange.h"
#include "db/formula.h"
#include "db/verify.h"

namespace {

std::string Folder() {
  static const std::string folder = [] {
    std::string pattern = "/tmp/hone-fuzz-XXXXXX";
    return mkdtemp(pattern.data()) ? pattern : std::string(".");
  }();
  return folder;
}

void OpenAsDatabase(const std::string& bytes) {
  const std::string path = Folder() + "/fuzzed.db";
  const int file = open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
  if (write(file, bytes.data(), bytes.size()) < 0) __builtin_trap();
  close(file);
  hone::Verify(path);
  const hone::Store store = hone::Store::Open(path, hone::Store::Mode::kReadOnly);
  store.Summary();
  std::ostringstream out;
  hone::Export(store, hone::Format::kText, out);
}

void ImportAs(hone::Format format, const std::string& text) {
  static hone::Store store = hone::Store::Open(Folder() + "/import.db", hone::Store::Mode::kCreate);
  hone::Import(store, format, text);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  try {
    switch (data[0] % 9) {
      case 0:
        OpenAsDatabase(bytes);
        break;
      case 1:
        ImportAs(hone::Format::kText, bytes);
        break;
      case 2:
        ImportAs(hone::Format::kJson, bytes);
        break;
      case 3:
        ImportAs(hone::Format::kT4, bytes);
        break;
      case 4:
        ImportAs(hone::Format::kKernelTuner, bytes);
        break;
      case 5:
        hone::KernelFromJson(bytes);
        break;
      case 6:
        hone::BinaryFromBytes(bytes);
        break;
      case 7:
        hone::InterfaceFromJson(bytes);
        break;
      default:
        hone::Formula::Parse(bytes).EvaluateCount([](std::string_view) { return std::optional<double>(3); });
    }
  } catch (const hone::Error&) {
  }
  return 0;
}
