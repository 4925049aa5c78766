// Rows of a file on their way into a database that has rows of its own: which row of the file is
// which row of the database, under which keys new ones go in, and what that does to references.
//
// An Import is one transaction. Rows are staged first, in any order of tables and before there is a
// plan; find_rows() then decides about each of them, still without a write to any table;
// write_rows() carries it out.
//
//   auto import = database.begin_import();
//   if (import->expect(likely_plan)) import->empty_tables();  // optional, for speed
//   for (each table of the file) { sink = import->stage(…); …; sink->finish(); }
//   import->find_rows(plan);   // conflicts and missing references are thrown here
//   import->write_rows();
//   import->commit();
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "dbkeeper/model/rows.h"
#include "dbkeeper/model/schema.h"

namespace dbkeeper {

enum class ImportMode { skip, merge, clean };

// By what a row of the file is found in the database.
enum class Identity {
  same_source,   // by primary key, then by natural keys
  other_source,  // by natural keys, by the kept map, by a numbered primary key if references agree
  natural,       // by natural keys, by the kept map
  key            // by primary key alone; a table without one: by natural keys
};

enum class MissingReference { error, null, skip };

// A foreign key along which references are rewritten.
struct ImportLink {
  std::vector<std::string> columns;  // of the child
  std::size_t parent = 0;            // in ImportPlan::tables; may be the child itself
  std::vector<std::string> to;       // of the parent, as many
  // The database's own foreign key, of the child's table. Null: only the file declares it; then a
  // reference that leads nowhere stays as it is.
  const ForeignKey* key = nullptr;
};

struct ImportTable {
  const Table* table = nullptr;  // of the database's schema
  std::string name;              // as messages and reports have it
  bool written = false;          // false: its rows are only looked up, for those that refer to them
  // The natural keys by which its rows are found, in the order in which reports have them. One that
  // the user gave (--match) is made up: an index of that name that isn't there.
  std::vector<Key> keys;
  std::vector<ImportLink> links;
  std::vector<std::string> kept;  // columns that merge never updates, beside the primary key
};

// A table that keeps its rows though it refers to one that is emptied: it may hold none that do.
struct Referrer {
  const Table* table = nullptr;
  std::string name;
  const ForeignKey* key = nullptr;
};

// What is to happen with the rows staged. The schema that it points into outlives it.
struct ImportPlan {
  ImportMode mode = ImportMode::skip;
  Identity identity = Identity::other_source;
  MissingReference on_missing = MissingReference::error;
  // Parents before children. A table that rows may refer to is among them even if the file has no
  // row of it; so is every table of which rows were staged.
  std::vector<ImportTable> tables;
  // All of them by number, in order: tables that refer to one another in a circle stand together.
  std::vector<std::vector<std::size_t>> groups;
  // Clean: tables to be emptied, children before parents; those in a circle stand together. They
  // contain every table that is written, and what refers to them (--cascade); `tables` has them
  // too.
  std::vector<std::vector<const Table*>> emptied;
  std::vector<Referrer> referrers;
  bool empties(const Table& table) const;
  std::string source;  // by which the kept map knows where the file comes from
  bool keep_map = true;
  bool fire_triggers = false;
  bool dry_run = false;    // nothing that outlives a rollback
  bool tell_keys = false;  // remapped() will be asked
  // Foreign keys and plain indexes may be taken off tables in use as well (--offline).
  bool offline = false;
  // From how many new rows on it is worth to take them off a table.
  std::int64_t many_rows = 5000;
};

inline bool ImportPlan::empties(const Table& table) const {
  return std::any_of(emptied.begin(), emptied.end(), [&](const auto& group) {
    return std::find(group.begin(), group.end(), &table) != group.end();
  });
}

// Which rows of a table are staged.
enum class Rows {
  data,
  references  // rows that others refer to, in part: enough to find them
};

// What happens to a table's rows; `rows` = inserted + updated + unchanged + skipped + dropped.
struct ImportCounts {
  std::int64_t rows = 0;
  std::int64_t inserted = 0;
  std::int64_t updated = 0;
  std::int64_t unchanged = 0;
  std::int64_t skipped = 0;
  std::int64_t dropped = 0;  // a reference of theirs is missing
  std::int64_t remapped =
      0;                     // of all: their primary key in the database is another than the file's
  std::int64_t removed = 0;  // rows that were in the database
  // Besides.
  std::int64_t nulled = 0;             // references that were missing and became NULL
  std::int64_t same_number_alone = 0;  // found by a numbered key alone, and different otherwise
};

// By what rows were found, of one table. Keys are JSON arrays of their columns' values.
struct ImportMatches {
  struct Match {
    std::string old_key;  // empty where the table has no primary key
    std::string new_key;
    std::string by;
  };
  struct Count {
    std::string by;  // "primary key", "email", "the map of an earlier import", "equal rows"
    std::int64_t rows = 0;
  };
  std::vector<Count> counts;
  std::vector<Match> first;  // of those found
};

// A value that a column can't hold, and the row that has it.
struct RefusedValue {
  std::string table;
  std::string column;
  std::string key;  // "id 5"; empty where the table has no key
  std::string value;
  std::string why;
};

class Import {
 public:
  virtual ~Import() = default;  // without commit(): no trace

  // Before any row: what the file is likely to bring. Whether tables that hold no row, or are
  // emptied first, could take their rows straight, without a stage.
  virtual bool may_take_straight(const ImportPlan& likely) = 0;
  // Requires: no row has NULL for a number that the database gives out.
  // That they will, if they still can once all locks of find_rows() are held. The plan outlives the
  // import.
  virtual bool expect(const ImportPlan& likely) = 0;
  // Requires: expect() said yes; stage() comes next.
  virtual void empty_tables() = 0;

  // Takes rows of a table with these columns of it, none generated. Values that don't fit are
  // remembered and left NULL. At most one sink for either kind of rows of a table, one at a time,
  // finished or destroyed before the next call. The table outlives the import.
  virtual std::unique_ptr<RowSink> stage(const Table& table, Rows rows,
                                         const std::vector<std::string>& columns) = 0;

  // A value was refused before it came to a sink, so the import won't come to its end: what is
  // staged from now on is only looked at for what else doesn't fit. Requires: no sink is open.
  virtual void look_only() {}

  // The values that didn't fit: at most the first hundred, and how many there were.
  virtual const std::vector<RefusedValue>& refused() const = 0;
  virtual std::int64_t refused_count() const = 0;

  // Takes the locks, then decides about every row. Error(conflict) with table and keys where it
  // can't be told which row is meant, or a reference is missing; Error(refused) with the holder
  // where a lock isn't got in time. Once. Requires: nothing was refused; the plan outlives the
  // import; if expect() said yes, the plan writes and empties the very tables of that one.
  virtual void find_rows(const ImportPlan& plan) = 0;

  // Empties tables, moves sequences, inserts and updates. Error(conflict) where a row breaks a
  // rule.
  virtual void write_rows() = 0;

  // Of plan.tables[table]: after find_rows(), the counts of rows written after write_rows().
  virtual ImportCounts counts(std::size_t table) = 0;
  // Before write_rows().
  virtual ImportMatches matches(std::size_t table, std::size_t most) = 0;
  // Each key of the file that is another one in the database, as JSON arrays.
  // Requires: plan.tell_keys.
  virtual void remapped(
      std::size_t table,
      const std::function<void(std::string_view old_key, std::string_view new_key)>& take) = 0;

  // Triggers that are off for the time of the import, "table.trigger".
  virtual std::vector<std::string> triggers_off() const = 0;
  // Foreign keys and indexes that are, "table.name", to be put back as they were.
  virtual std::vector<std::string> taken_off() const = 0;

  // By which engines/run_mark.h tells later whether commit() has happened; empty: nothing does.
  virtual std::string mark() { return {}; }
  virtual void commit() = 0;
};

}  // namespace dbkeeper
