#include "db/merge.h"

#include "db/error.h"
#include "db/facts.h"
#include "db/file_system.h"
#include "db/merge_copy.h"
#include "db/new_file.h"
#include "db/seal.h"
#include "db/store_impl.h"
#include "db/whole_file.h"

namespace hone {
namespace {

std::int64_t Count(Database& database) { return database.Integer("SELECT count(*) FROM measurement WHERE outcome <> 10"); }

void CopyAll(const std::vector<std::string>& inputs, Database& to) {
  for (const std::string& input : inputs) {
    Store from = Store::OpenUntrusted(input);
    CopyFacts(from.impl().database, to);
  }
  FactWriter(to).DropSettledPending();
}

}  // namespace

MergeResult Merge(const std::string& out, const std::vector<std::string>& inputs) {
  const bool exists = HasContent(out);
  if (exists && NetworkFileSystem(FolderOf(out)).empty()) {
    Store store = Store::Open(out, Store::Mode::kReadWrite);
    Database& database = store.impl().database;
    const std::int64_t before = Count(database);
    store.Transaction([&] { CopyAll(inputs, database); });
    const std::int64_t after = Count(database);
    return {after, after - before};
  }
  if (exists && ReadSeal(out)) throw Error(out + ": packed, and so never changes; merge into another file");
  NewFile file(out, 0);
  std::vector<std::string> all = inputs;
  std::int64_t before = 0;
  if (exists) {
    all.insert(all.begin(), out);
    before = Store::Open(out, Store::Mode::kReadOnly).CountMeasurements();
  }
  WriteTransaction transaction(file.database());
  CopyAll(all, file.database());
  transaction.Commit();
  const std::int64_t after = Count(file.database());
  file.Publish();
  return {after, after - before};
}

void Backup(const std::string& from, const std::string& to) {
  Store source = Store::Open(from, Store::Mode::kReadOnly);
  WholeFile file(to);
  {
    Database target(file.temporary(), SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_EXCLUSIVE);
    CopyPages(source.impl().database, target);
    target.Execute("PRAGMA journal_mode = DELETE");  // at rest: one file
  }
  file.Publish();
}

}  // namespace hone
