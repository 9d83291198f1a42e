#include "db/stats.h"

#include "db/store_impl.h"

namespace hone {

StoreStats Stats(const Store& store) {
  Database& database = store.impl().database;
  StoreStats stats;
  stats.file_bytes = database.Integer("PRAGMA page_count") * database.Integer("PRAGMA page_size");
  for (const char* table : {"kernel", "pattern", "variant", "module", "binary", "device", "pipeline_binary", "problem", "run",
                            "measurement", "transfer"}) {
    stats.rows[table] = database.Integer(std::string("SELECT count(*) FROM ") + table);
  }
  Statement outcomes(database,
                     "SELECT o.text, count(*) FROM measurement m JOIN outcome o ON o.number = m.outcome GROUP BY m.outcome");
  while (outcomes.Step()) stats.outcomes[outcomes.Text(0)] = outcomes.Integer(1);
  stats.spirv_bytes = database.Integer("SELECT ifnull(sum(size_bytes), 0) FROM module");
  stats.spirv_stored_bytes = database.Integer("SELECT ifnull(sum(length(spirv)), 0) FROM module");
  stats.samples_bytes = database.Integer("SELECT ifnull(sum(length(samples)), 0) FROM measurement");
  stats.superseded = stats.rows["measurement"] - database.Integer("SELECT count(*) FROM latest");
  Statement stale(
      database,
      "SELECT ifnull(sum(source_changed), 0), ifnull(sum(driver_changed), 0), ifnull(sum(tool_changed), 0) FROM stale");
  if (stale.Step()) {
    stats.stale_source = stale.Integer(0);
    stats.stale_driver = stale.Integer(1);
    stats.stale_tool = stale.Integer(2);
  }
  return stats;
}

}  // namespace hone
