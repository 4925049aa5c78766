// What a database holds, as far as moving its rows is concerned.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "dbkeeper/base/reporter.h"
#include "dbkeeper/base/stop.h"
#include "dbkeeper/core/history.h"
#include "dbkeeper/core/order.h"
#include "dbkeeper/engines/database.h"

namespace dbkeeper {

struct Inspection {
  DatabaseInfo database;
  Schema schema;
  TableOrder order;
  std::vector<MigrationState> migrations;
  // Of an export: when its snapshot was taken. Empty for a database.
  std::string exported_at;
  bool whole_schema = true;  // false: no more is told of tables than an export does

  // Why a table's rows stay out of an export: it can't be read, or it is a migration tool's history
  // (which an export can be told to include). Empty for a table that is exported.
  std::string left_out(const Table& table) const;
  // Rows of the tables that hold rows themselves; -1 if any is unknown.
  std::int64_t total_rows() const;
  bool rows_exact() const;
};

struct InspectOptions {
  bool exact = false;  // count every table instead of estimating
};

Inspection inspect(Database& database, const InspectOptions& options, Reporter& reporter,
                   const Stop& stop);

// Why a table stays out of an export that doesn't name it, whoever asks: it can't be exported at
// all, or its rows are a tool's or an extension's and not the application's. Empty for any other.
std::string why_left_out(const Schema& schema, const Table& table);

// Whether the table itself holds rows: a partitioned table doesn't, its partitions do.
bool holds_rows(const Table& table);

}  // namespace dbkeeper
