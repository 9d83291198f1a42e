#include "db/module_row.h"

#include <cstring>

#include "db/blob.h"
#include "db/error.h"

namespace hone {

std::shared_ptr<const Module> ModuleAt(const Statement& row, const std::string& path) {
  Module module;
  module.hash = row.HashAt(0);
  const std::string where = path + ": damaged: module " + module.hash.ToHex();
  if (HashOf(row.View(3)) != row.HashAt(4)) throw Error(where + ": its interface does not have its hash");
  if (row.Integer(1) < 0 || row.Integer(1) % 4 != 0) throw Error(where + ": not whole words");
  const std::string bytes = Decompress(row.Blob(2), static_cast<std::size_t>(row.Integer(1)));
  if (HashOf(std::string_view(bytes)) != module.hash) throw Error(where + ": its words do not have its hash");
  module.words.resize(bytes.size() / 4);
  if (!bytes.empty()) std::memcpy(module.words.data(), bytes.data(), bytes.size());
  module.interface = InterfaceFromJson(row.View(3));
  return std::make_shared<const Module>(std::move(module));
}

}  // namespace hone
