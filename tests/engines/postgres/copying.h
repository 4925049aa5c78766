// From one table into another, the way an export and an import take.
#pragma once

#include <string>
#include <vector>

#include "support/catch.h"
#include "support/open.h"
#include "support/scratch.h"

namespace dbkeeper::testing {

inline std::vector<std::string> all_columns(const Table& table) {
  std::vector<std::string> out;
  for (const Column& column : table.columns)
    if (!column.generated()) out.push_back(column.name);
  return out;
}

// Copies table `from` into table `to` of the same columns through rows() and insert().
inline void copy(ScratchPostgres& database, const std::string& from, const std::string& to) {
  const auto reader = open(database.url());
  const auto snapshot = reader->snapshot();
  const Schema schema = snapshot->schema();
  const Table* source = schema.find({"public", from});
  const Table* target = schema.find({"public", to});
  REQUIRE(source);
  REQUIRE(target);
  const std::vector<std::string> columns = all_columns(*source);
  const auto writer = open(database.url(), Access::write);
  const auto transaction = writer->begin();
  {
    const auto rows = snapshot->rows(*source, columns);
    const auto sink = transaction->insert(*target, columns);
    Batch batch(columns.size());
    while (rows->next(batch)) sink->write(batch);
    sink->finish();
  }
  transaction->commit();
}

// The rows as the engine writes them, whatever the session's settings.
inline std::string text_of(ScratchPostgres& database, const std::string& table) {
  return database.query(
      "SELECT set_config('TimeZone', 'UTC', false);"
      "SELECT set_config('extra_float_digits', '3', false);"
      "SELECT t::text FROM " +
      table + " t ORDER BY 1");
}

}  // namespace dbkeeper::testing
