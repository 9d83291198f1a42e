// Any bytes as a module of a database: reflection, statistics, disassembly, decompilation. What is valid is frozen,
// too.
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "compiler/optimize.h"
#include "compiler/readback.h"
#include "compiler/reflect.h"
#include "tests/fuzz/try.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  hone::Module module;
  module.words.resize(size / 4);
  if (size >= 4) std::memcpy(module.words.data(), data, module.words.size() * 4);
  module.interface = hone::Reflect(module.words);
  hone::StatsText(module);
  for (const hone::Language language : {hone::Language::kGlsl, hone::Language::kHlsl, hone::Language::kMsl}) {
    Try([&] { hone::Decompile(module, language); });
  }
  Try([&] { hone::Disassemble(module.words); });
  if (hone::Validate(module.words).empty()) Try([&] { hone::Freeze(module, {}); });
  return 0;
}
