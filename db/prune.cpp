#include "db/prune.h"

#include <sys/stat.h>

#include "db/error.h"
#include "db/store_impl.h"

namespace hone {
namespace {

std::int64_t SizeOf(const std::string& path) {
  struct stat status {};
  return stat(path.c_str(), &status) == 0 ? status.st_size : 0;
}

std::int64_t Delete(Database& database, const std::string& from_where) {
  Statement statement(database, "DELETE FROM " + from_where);
  statement.Run();
  return database.Changes();
}

std::int64_t DropMeasurements(Database& database, const PruneOptions& options) {
  std::int64_t dropped = 0;
  if (!options.keep_devices.empty()) {
    database.Execute("CREATE TEMP TABLE kept (key TEXT)");
    for (const std::string& key : options.keep_devices) {
      Statement known(database, "SELECT 1 FROM device WHERE key = ?");
      if (!known.Bind(key).Step()) throw Error(database.path() + ": holds no device '" + key + "'");
      Statement keep(database, "INSERT INTO kept VALUES (?)");
      keep.Bind(key).Run();
    }
    dropped += Delete(database, "measurement WHERE device IN (SELECT id FROM device WHERE key NOT IN (SELECT key FROM kept))");
    Delete(database, "transfer WHERE device IN (SELECT id FROM device WHERE key NOT IN (SELECT key FROM kept))");
    database.Execute("DROP TABLE kept");
  }
  if (options.old_sources) {
    dropped += Delete(database,
                      "measurement WHERE variant IN (SELECT v.id FROM variant v JOIN pattern p ON p.id = v.pattern "
                      "WHERE p.kernel NOT IN (SELECT id FROM newest_kernel))");
    Delete(database,
           "pipeline_binary WHERE binary IN (SELECT b.id FROM binary b JOIN variant v ON v.id = b.variant "
           "JOIN pattern p ON p.id = v.pattern WHERE p.kernel NOT IN (SELECT id FROM newest_kernel))");
    Delete(database,
           "binary_module WHERE binary IN (SELECT b.id FROM binary b JOIN variant v ON v.id = b.variant "
           "JOIN pattern p ON p.id = v.pattern WHERE p.kernel NOT IN (SELECT id FROM newest_kernel))");
    Delete(database,
           "binary WHERE variant IN (SELECT v.id FROM variant v JOIN pattern p ON p.id = v.pattern "
           "WHERE p.kernel NOT IN (SELECT id FROM newest_kernel))");
  }
  if (options.superseded) {
    dropped += Delete(database, "measurement WHERE id NOT IN (SELECT id FROM latest)");
    Delete(database,
           "transfer AS t WHERE unix_ms < (SELECT max(unix_ms) FROM transfer o WHERE o.device = t.device "
           "AND o.direction = t.direction AND o.bytes = t.bytes)");
  }
  if (options.failed) dropped += Delete(database, "measurement WHERE outcome NOT IN (0, 10)");
  return dropped;
}

void DropOrphans(Database& database, PruneResult& result) {
  result.variants =
      Delete(database, "variant WHERE id NOT IN (SELECT variant FROM measurement) AND id NOT IN (SELECT variant FROM binary)");
  Delete(database, "pattern WHERE id NOT IN (SELECT pattern FROM variant)");
  Delete(database, "kernel WHERE id NOT IN (SELECT kernel FROM pattern) AND id NOT IN (SELECT id FROM newest_kernel)");
  // A build's memory of what it need not do again goes with what it speaks of.
  Delete(database, "built WHERE kernel NOT IN (SELECT id FROM kernel)");
  Delete(database, "compiled WHERE module NOT IN (SELECT module FROM binary_module)");
  result.modules = Delete(database, "module WHERE id NOT IN (SELECT module FROM binary_module)");
  Delete(database, "problem WHERE id NOT IN (SELECT problem FROM measurement)");
  Delete(database, "run WHERE ended_ms IS NOT NULL AND id NOT IN (SELECT run FROM measurement)");
  Delete(database,
         "device WHERE id NOT IN (SELECT device FROM measurement) AND id NOT IN (SELECT device FROM run) "
         "AND id NOT IN (SELECT device FROM pipeline_binary) AND id NOT IN (SELECT device FROM transfer)");
}

}  // namespace

PruneResult Prune(const std::string& path, const PruneOptions& options) {
  PruneResult result;
  Store store = Store::Open(path, Store::Mode::kReadWrite);
  Database& database = store.impl().database;
  database.Execute("PRAGMA wal_checkpoint(TRUNCATE)");
  result.bytes_before = SizeOf(path);
  database.Execute("PRAGMA foreign_keys = OFF");  // checked once at the end, instead of row by row
  store.Transaction([&] {
    result.measurements = DropMeasurements(database, options);
    DropOrphans(database, result);
    Statement check(database, "PRAGMA foreign_key_check");
    if (check.Step()) throw Error(path + ": damaged (table " + check.Text(0) + " refers to a row that is not there)");
  });
  database.Vacuum();
  database.Execute("PRAGMA wal_checkpoint(TRUNCATE)");
  result.bytes_after = SizeOf(path);
  return result;
}

}  // namespace hone
