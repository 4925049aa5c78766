// A database as the core sees it: a handful of verbs of intent, no SQL and no handles. Each engine
// implements them; tests/engines/contract.cpp holds every engine to the same promises.
//
// Every call may throw Error; the text never contains a password. A call that blocks ends with
// Error(interrupted) soon after a stop was requested.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "dbkeeper/base/error.h"
#include "dbkeeper/engines/backup.h"
#include "dbkeeper/engines/import.h"
#include "dbkeeper/model/rows.h"
#include "dbkeeper/model/schema.h"
#include "dbkeeper/model/selection.h"

namespace dbkeeper {

// What an engine has, where engines differ. Core asks this, never for an engine's name.
struct Capabilities {
  bool schemas = false;           // tables live in named schemas
  bool sequences = false;         // numbers come from objects that can fall behind
  bool parallel_readers = false;  // one snapshot can be read over several connections
  // The schema has all there is; else what an export tells of tables, and nothing besides.
  bool whole_schema = true;
};

struct DatabaseInfo {
  std::string engine;          // "postgresql", "sqlite": as files and reports call it
  std::string server_version;  // "15.8"
  std::string name;            // SQLite: the file's name without its ending
  std::string location;        // "localhost:5432", "/srv/app.db": safe to print
  std::string server;  // which one it is, wherever it is reached; empty where that can't be told
  std::string user;    // empty where there is none
  std::int64_t bytes = 0;
  // Which database this is, without anything written to it; empty where that can't be told.
  std::optional<std::string> source_id;
  // The schema to which the address limits exports and imports (`?schema=app`); mostly empty.
  std::string limited_to_schema;
  // Of a backup that is read as a database: when it was taken, RFC 3339. Else empty.
  std::string as_of;
};

// Something that is wrong with a database.
struct Finding {
  std::string check;  // "integrity", "index", "foreign key", "sequence", "unreadable"
  std::optional<TableName> table;
  std::string object;  // the column, index, key or sequence; may be empty
  std::string message;
  std::string hint;
  std::int64_t count = 0;  // rows concerned, 0 where that makes no sense
};

enum class Depth { quick, full };

// Rows of a child table whose parent is not there.
struct Orphans {
  static constexpr std::size_t kSamples = 5;
  std::int64_t count = 0;
  std::vector<std::string> samples;  // different ones of the values, as text, at most kSamples
};

// A part of a set's rows that can be read beside the others; engines alone know what it means.
struct Part {
  TableName table;          // where the rows lie: the set's table, or a partition of it
  std::uint64_t begin = 0;  // in the engine's own measure, pages say
  std::uint64_t end = 0;    // 0: to the end, whatever is there by then
  std::int64_t bytes = -1;  // about how large it is; -1: unknown
};

// A consistent view of the database: everything read through it is of one moment, whatever others
// write meanwhile. A failed call leaves it usable. One thread at a time.
class Snapshot {
 public:
  virtual ~Snapshot() = default;

  // The tables this role can see, dbkeeper's own and the engine's internal ones left out.
  virtual Schema schema() = 0;

  // The rows of `table` itself (not of its partitions or heirs), the columns in the order given.
  // The source must be destroyed before the next call on the snapshot.
  // Requires: the table and columns came from this snapshot's schema(); no partitioned table.
  virtual std::unique_ptr<RowSource> rows(const Table& table,
                                          const std::vector<std::string>& columns) = 0;

  // Keeps the tables (of a partitioned one: its partitions too) readable until the snapshot ends:
  // as far as the engine has locks, nobody drops, empties or rewrites them meanwhile.
  // Error(refused) where somebody's lock is in the way for too long, Error(failed) if a table has
  // gone already or has lost the rows of this moment. Every reader of one moment does this for
  // itself.
  virtual void hold(const std::vector<const Table*>& tables) = 0;

  // Throws Error(usage) if `condition` is no SQL condition about the table's columns.
  virtual void check_condition(const Table& table, const std::string& condition) = 0;

  // The parts of a set of the selection, in order: together all of its rows, each once. Parts are
  // of about `bytes` each where the engine can part a table, else there is one.
  virtual std::vector<Part> parts(const Selection& selection, std::size_t set,
                                  std::int64_t bytes) = 0;

  // The rows of one part, the columns in the order given; as for rows() above. Foreign tables'
  // partitions aren't read.
  virtual std::unique_ptr<RowSource> rows(const Selection& selection, std::size_t set,
                                          const Part& part,
                                          const std::vector<std::string>& columns) = 0;

  // Exact, partitions included.
  virtual std::int64_t count(const Table& table) = 0;

  // How many rows the table has, partitions included, then in how many of them each of the columns
  // is not NULL: one reading of the table.
  virtual std::vector<std::int64_t> counts(const Table&, const std::vector<std::string>&) {
    throw Error(ErrorKind::failed, "this engine counts no values");
  }

  // Reads the table, all of it or one row, and throws if anything in it can't be read.
  virtual void read_through(const Table& table, Depth depth) = 0;

  // The engine's own view of its health: integrity check, invalid indexes. At Depth::quick only
  // what costs nothing.
  virtual std::vector<Finding> integrity(const Schema& schema, Depth depth) = 0;

  // Requires: the key is not `broken`.
  virtual Orphans orphans(const Table& table, const ForeignKey& key) = 0;

  // The highest value of an integer column (the lowest, if the sequence counts down), partitions
  // and heirs included; empty if there is none.
  virtual std::optional<std::int64_t> furthest(const Table& table, const std::string& column,
                                               const Sequence& sequence) = 0;

  // Another reader of the moment, on a connection of its own; null where there's no room for it.
  // Requires: capabilities().parallel_readers; this snapshot outlives it.
  virtual std::unique_ptr<Snapshot> another_reader() = 0;
};

// A change of the database, all or nothing: destroyed before commit(), it leaves no trace.
class Transaction {
 public:
  virtual ~Transaction() = default;

  // Adds rows to `table`, cells in the order of `columns`, by the engine's bulk path. One sink at a
  // time, finished or destroyed before the next call. A value that the column can't hold, or a
  // broken rule, is Error(conflict), at the latest at commit().
  virtual std::unique_ptr<RowSink> insert(const Table& table,
                                          const std::vector<std::string>& columns) = 0;

  // Moves a sequence so that the next number lies beyond `value`; never back.
  virtual void advance(const Sequence& sequence, std::int64_t value) = 0;

  // Rows that were without their parent before are not this transaction's fault and don't fail it;
  // new ones do, and so do sinks that were not finished.
  virtual void commit() = 0;
};

class Database {
 public:
  virtual ~Database() = default;
  virtual const Capabilities& capabilities() const = 0;
  virtual DatabaseInfo info() = 0;
  virtual std::unique_ptr<Snapshot> snapshot() = 0;
  // Requires: opened for writing. No snapshot of this object is open.
  virtual std::unique_ptr<Transaction> begin() = 0;
  // The same, for rows that have to find their place; the tables themselves aren't locked yet.
  virtual std::unique_ptr<Import> begin_import() = 0;
  // One moment of all of it, whatever schema the address limits other work to. Error(failed) where
  // something that a backup needs isn't installed, or the engine has no backups.
  virtual std::unique_ptr<BackupSource> begin_backup(const BackupOptions&) {
    throw Error(ErrorKind::failed, "this engine has no backups");
  }
};

}  // namespace dbkeeper
