// A Binary on a pipe: a magic word, the length of a JSON header, the header, then each module's words as they are in
// memory.
#include <cstring>

#include "db/error.h"
#include "db/json_object.h"
#include "db/kernel.h"

namespace hone {
namespace {

using nlohmann::json;

constexpr std::string_view kBinaryMagic = "honebin1";
constexpr std::int64_t kMostWords = std::int64_t{1} << 24;  // 64 MiB of SPIR-V

[[noreturn]] void Damaged(std::string_view fact) { throw Error("a binary of a variant: " + std::string(fact)); }

}  // namespace

std::string BinaryToBytes(const Binary& binary) {
  json modules = json::array();
  for (const auto& module : binary.modules) {
    modules.push_back(
        {{"hash", module->hash.ToHex()}, {"words", module->words.size()}, {"interface", InterfaceToJson(module->interface)}});
  }
  const std::string header = DumpJson({{"kernel", KernelToJson(*binary.kernel)},
                                       {"pattern", binary.pattern},
                                       {"point", binary.point.ToText()},
                                       {"types", binary.types.ToText()},
                                       {"modules", modules}});
  const std::uint64_t length = header.size();
  std::string bytes(kBinaryMagic);
  bytes.append(reinterpret_cast<const char*>(&length), sizeof length);
  bytes += header;
  for (const auto& module : binary.modules) {
    bytes.append(reinterpret_cast<const char*>(module->words.data()), module->words.size() * sizeof(std::uint32_t));
  }
  return bytes;
}

Binary BinaryFromBytes(std::string_view bytes) {
  std::uint64_t length = 0;
  if (!bytes.starts_with(kBinaryMagic) || bytes.size() < kBinaryMagic.size() + sizeof length) Damaged("not one");
  std::memcpy(&length, bytes.data() + kBinaryMagic.size(), sizeof length);
  bytes.remove_prefix(kBinaryMagic.size() + sizeof length);
  if (length > bytes.size()) Damaged("cut short");
  const json value = ParseJson(bytes.substr(0, length), "a binary of a variant");
  bytes.remove_prefix(length);

  const JsonObject object(value, "binary", {"kernel", "pattern", "point", "types", "modules"});
  Binary binary;
  binary.kernel = std::make_shared<const Kernel>(KernelFromJson(object.Text("kernel")));
  binary.pattern = object.Name("pattern");
  binary.point = object.Point("point");
  binary.types = object.Point("types");
  object.Each("modules", 64, [&](const json& element, const std::string& place) {
    const JsonObject header(element, place, {"hash", "words", "interface"});
    Module module;
    module.hash = Hash::FromHex(header.Text("hash"));
    module.interface = InterfaceFromJson(header.Text("interface"));
    const auto size = static_cast<std::size_t>(header.Integer("words", 0, kMostWords)) * sizeof(std::uint32_t);
    if (size > bytes.size()) Damaged("cut short");
    module.words.resize(size / sizeof(std::uint32_t));
    if (size > 0) std::memcpy(module.words.data(), bytes.data(), size);
    bytes.remove_prefix(size);
    if (HashOf(module.words) != module.hash) Damaged("a module's hash is wrong");
    binary.modules.push_back(std::make_shared<const Module>(std::move(module)));
  });
  if (!bytes.empty()) Damaged("bytes left over");
  return binary;
}

}  // namespace hone
