#include "db/module_row.h"

#include <cstring>
#include <optional>

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

namespace {

std::optional<std::int64_t> FindModule(Database& database, const Hash& hash) {
  Statement known(database, "SELECT id FROM module WHERE hash = ?");
  return known.Bind(hash).Step() ? std::optional(known.Integer(0)) : std::nullopt;
}

std::int64_t InsertModule(Database& database, const CompressedModule& module) {
  Statement insert(database, "INSERT INTO module (hash, size_bytes, spirv, interface, interface_hash) VALUES (?, ?, ?, ?, ?)");
  insert
      .Bind(module.hash, module.size_bytes, std::as_bytes(std::span(module.spirv)), module.interface,
            HashOf(std::string_view(module.interface)))
      .Run();
  return database.LastId();
}

}  // namespace

CompressedModule CompressModule(const Module& module) {
  if (HashOf(module.words) != module.hash) throw Error("a module's hash is not that of its words");
  const std::string_view bytes(reinterpret_cast<const char*>(module.words.data()), module.words.size() * 4);
  return {module.hash, static_cast<std::int64_t>(bytes.size()), Compress(bytes), InterfaceToJson(module.interface)};
}

std::vector<CompressedModule> CompressModules(const Binary& binary) {
  std::vector<CompressedModule> modules;
  for (const auto& module : binary.modules) modules.push_back(CompressModule(*module));
  return modules;
}

std::int64_t PutModule(Database& database, const Module& module) {
  const auto known = FindModule(database, module.hash);
  return known ? *known : InsertModule(database, CompressModule(module));
}

std::int64_t PutModule(Database& database, const CompressedModule& module) {
  const auto known = FindModule(database, module.hash);
  return known ? *known : InsertModule(database, module);
}

}  // namespace hone
