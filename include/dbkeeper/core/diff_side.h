// One of the two that are compared: a database at one moment, an export, or a backup.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dbkeeper/base/byte_source.h"
#include "dbkeeper/base/reporter.h"
#include "dbkeeper/base/stop.h"
#include "dbkeeper/core/history.h"
#include "dbkeeper/engines/database.h"
#include "dbkeeper/formats/export_json.h"
#include "dbkeeper/model/rows.h"
#include "dbkeeper/model/schema.h"

namespace dbkeeper {

// A table of one side. Partitions are none of their own: their rows are the partitioned table's.
struct DiffTable {
  std::string name;                  // as display() writes it: by it the sides' tables meet
  const Table* table = nullptr;      // of the side's schema
  std::vector<std::string> columns;  // that its rows have, generated ones left out
  std::string left_out;              // why it is not compared, else empty
  bool optional = false;             // left out, but for who names it
  std::string choice;                // by which the side has some of its rows only; empty: all
};

// Rows that a side is asked for.
struct WantedRows {
  std::string table;
  std::vector<std::string> columns;
};

class RowVisitor {
 public:
  virtual ~RowVisitor() = default;
  // The rows of wanted[index] come next, with these columns: those wanted, perhaps more.
  virtual void begin(std::size_t index, const std::vector<std::string>& columns) = 0;
  // Whether more of its rows are needed.
  virtual bool take(const Batch& batch) = 0;
};

// One thread at a time.
class DiffSide {
 public:
  // What it is, as reports show it.
  struct Description {
    std::string name;  // as the user calls it, without secrets
    bool is_export = false;
    std::string database;
    std::string engine;
    std::string server_version;
    std::string exported_at;   // of an export
    std::string backed_up_at;  // of a backup
    bool whole_schema = true;  // false: schema() tells no more than an export does
  };

  virtual ~DiffSide() = default;
  virtual const Description& description() const = 0;
  // Of an export: what the file tells of it.
  virtual const Schema& schema() const = 0;
  virtual const std::vector<DiffTable>& tables() const = 0;
  // Of an export: at most the first, its table without a name.
  virtual const std::vector<MigrationState>& migrations() const = 0;

  // Why a table that this side doesn't have was out of its reach, by a choice that was made for it
  // (--exclude, ?schema=); empty if it would be there. The table is of `schema`, some other one.
  virtual std::string why_absent(const Schema& schema, const Table& table) const = 0;

  // Makes sure that the rows of these tables can be read until the end, all of them. Once, before
  // read(). Error(failed) names those that can't.
  virtual void prepare(const std::vector<std::string>& tables) = 0;
  // Rows and digest over all of a table's columns, if that is known without reading it again.
  virtual std::optional<RowTotal> known_total(const std::string& table) const = 0;
  // About how many rows a table has; 0 if unknown.
  virtual std::uint64_t estimated_rows(const std::string& table) const = 0;
  // Reads what is wanted, in any order of the tables, as often as it is called.
  virtual void read(const std::vector<WantedRows>& wanted, RowVisitor& visitor) = 0;
};

// A database as it is now, until the side is destroyed. The database and the stop outlive it.
std::unique_ptr<DiffSide> database_side(Database& database, const std::string& name,
                                        const Stop& stop);

// An export, read to its end and proven here: whatever is wrong with it is Error(input). What can't
// be read twice is kept in a temporary file meanwhile. Reporter and stop outlive it.
std::unique_ptr<DiffSide> export_side(std::unique_ptr<ByteSource> bytes, const std::string& name,
                                      Reporter& reporter, const Stop& stop);

}  // namespace dbkeeper
