// A database's rows and values counted, before something was done to it and after: what was lost
// has a name and a number.
//
//   const ExpectedLosses expected({"orders.note", "tmp_*"}, schema_before);
//   const Ledger before = take_ledger(*snapshot, schema_before, stop);
//   …
//   for (const Loss& loss : losses(before, after, expected))
//     if (!loss.expected) reporter.warn(text_of(loss));
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "dbkeeper/base/stop.h"
#include "dbkeeper/engines/database.h"
#include "dbkeeper/model/schema.h"

namespace dbkeeper {

struct TableLedger {
  std::string table;  // as display() writes it
  std::int64_t rows = 0;
  std::vector<std::pair<std::string, std::int64_t>> values;  // by column: those that aren't NULL
};

using Ledger = std::vector<TableLedger>;  // in the schema's order

// Of plain and partitioned tables, a partition's rows being its root's. The history tables of
// migration tools are left out: that they change is what a migration is for. Error(failed) for a
// table that can't be read, or of which this role sees some rows only.
// Requires: the schema is this snapshot's.
Ledger take_ledger(Snapshot& snapshot, const Schema& schema, const Stop& stop);

enum class LossKind {
  table_dropped,   // one without rows as well
  column_dropped,  // one without values as well
  rows_lost,
  values_lost,     // more than the rows lost had
  values_changed,  // as many as before, or told apart from those lost: others now
  history_lost     // a migration tool's: dropped, or emptied
};

struct Loss {
  LossKind kind = LossKind::rows_lost;
  std::string table;   // as display() writes it
  std::string column;  // empty: it is about the table or its rows
  std::int64_t before = 0;
  std::int64_t after = 0;  // 0 for what was dropped; of values that are others: those that aren't
  // A new table, or column of the table, with exactly as many: what was dropped may have become it.
  std::string perhaps_renamed_to;
  bool expected = false;
  std::string tool, version;  // of a history that is lost: who kept it, and where it stood
};

// What may be lost, as a user wrote it: `--expect-loss table[.column]`, with commas, globs and
// quotes as in every list of tables. A table's name means all of the table, its columns included;
// `orders.note` is that column, or the table `note` of a schema `orders`.
class ExpectedLosses {
 public:
  ExpectedLosses() = default;
  // Error(usage) for what can't be a name. The schema is the one from before.
  ExpectedLosses(const std::vector<std::string>& texts, const Schema& before);

  bool contain(const Loss& loss) const;

  // In words, with the nearest name: those that name neither a table of the schema nor a column of
  // one. What was lost in the last run is named in the next one too, so that is no mistake by
  // itself.
  const std::vector<std::string>& unmatched() const { return unmatched_; }

 private:
  struct Pattern {
    std::string text;  // no glob: as display() would write it
    bool glob = false;
  };
  bool matches(const Pattern& pattern, const std::string& table, const std::string& column) const;
  // Empty if anything has that name.
  std::string complaint_of(const Pattern& pattern, const Schema& schema) const;

  std::string default_schema_;
  std::vector<Pattern> patterns_;
  std::vector<std::string> unmatched_;
};

// In the order of `before`. None is of values that are others now: no count tells those.
std::vector<Loss> losses(const Ledger& before, const Ledger& after,
                         const ExpectedLosses& expected = {});

// "orders: 120 of 1,000 rows are gone", "orders.note: the column is gone, and 90 values with it".
std::string text_of(const Loss& loss);

struct Gain {
  std::string table;
  std::int64_t before = 0;  // 0 for a new table
  std::int64_t after = 0;
};

// Tables that have more rows than before, new ones with rows included.
std::vector<Gain> gains(const Ledger& before, const Ledger& after);

}  // namespace dbkeeper
