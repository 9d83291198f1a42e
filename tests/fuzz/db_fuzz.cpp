// Any bytes as a database, if they begin like one, else as each of the forms of exchange, a record and a formula.
#include <fcntl.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <sstream>
#include <string>

#include "db/exchange.h"
#include "db/formula.h"
#include "db/verify.h"
#include "tests/fuzz/try.h"

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
  const std::string bytes(reinterpret_cast<const char*>(data), size);
  if (bytes.starts_with("SQLite format 3")) {
    Try([&] { OpenAsDatabase(bytes); });
    return 0;
  }
  using hone::Format;
  for (const Format format : {Format::kText, Format::kJson, Format::kT4, Format::kKernelTuner}) {
    Try([&] { ImportAs(format, bytes); });
  }
  Try([&] { hone::KernelFromJson(bytes); });
  Try([&] { hone::InterfaceFromJson(bytes); });
  Try([&] { hone::BinaryFromBytes(bytes); });
  Try([&] { hone::Formula::Parse(bytes).EvaluateCount([](std::string_view) { return std::optional<double>(3); }); });
  return 0;
}
