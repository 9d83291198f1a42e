#include "db/pack.h"

#include <sys/stat.h>

#include "db/error.h"
#include "db/file_system.h"
#include "db/merge_copy.h"
#include "db/new_file.h"
#include "db/pack_freeze.h"
#include "db/pack_select.h"
#include "db/schema.h"
#include "db/seal.h"
#include "db/store_impl.h"

namespace hone {
namespace {

// What is put in place of a tuning database would lose it.
void RequireReplaceable(const std::string& out) {
  if (!HasContent(out) || ReadSeal(out)) return;
  throw Error(out + ": is there already and is no packed database; choose another name, or remove it first");
}

// Nobody else knows the file yet, so no locks, as in NewFile.
void Finish(const std::string& path, const std::function<void(Store&)>& finish) {
  Store store(std::make_unique<Store::Impl>(path, SQLITE_OPEN_READWRITE, "", "unix-none"));
  store.impl().database.Execute("PRAGMA journal_mode = OFF");
  CreateTemporaryViews(store.impl().database);
  finish(store);
}

}  // namespace

PackResult Pack(const std::string& from, const std::string& out, const PackOptions& options) {
  Store store = Store::Open(from, Store::Mode::kReadOnly);
  RequireReplaceable(out);
  store.impl().database.Execute("BEGIN");  // one state of the file, while others may write
  const Packing packing = SelectForPack(store, options);
  if (packing.result.winners == 0)
    throw Error(from + ": nothing to pack: no correct result of a kernel's newest source; tune first");
  if (packing.result.binaries == 0)
    throw Error(from + ": nothing to pack: no SPIR-V is stored; 'hone compile KERNEL_DIR... --tuned -o " + from + "' makes it");
  NewFile file(out, kSealBytes);
  DropViews(file.database());  // parsing them takes most of the time to open a file
  WriteTransaction transaction(file.database());
  CopyFacts(store.impl().database, file.database(), &packing.rows);
  transaction.Commit();
  if (options.freeze) FreezeModules(file.database(), options.freeze);
  PackResult result = packing.result;
  result.modules = file.database().Integer("SELECT count(*) FROM module");
  file.Close();
  if (options.finish) Finish(file.temporary(), options.finish);
  WriteSeal(file.temporary(), options.sign_with);
  struct stat status {};
  if (stat(file.temporary().c_str(), &status) == 0) result.bytes = status.st_size;
  file.Publish();
  return result;
}

}  // namespace hone
