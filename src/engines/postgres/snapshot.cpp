#include "engines/postgres/snapshot.h"

#include <fmt/format.h>

#include <set>

#include "engines/postgres/catalog.h"
#include "engines/postgres/closure.h"
#include "engines/postgres/copy_out.h"
#include "engines/postgres/fetch.h"
#include "engines/postgres/integrity.h"
#include "engines/postgres/lock_holder.h"
#include "engines/postgres/lock_room.h"
#include "engines/postgres/parts.h"
#include "engines/postgres/quoted_name.h"
#include "engines/postgres/savepoint.h"
#include "engines/postgres/set_order.h"
#include "engines/postgres/sizes.h"

namespace dbkeeper::postgres {

// The empty SELECT fixes the moment now, not when something is first read.
std::string begin_moment(const std::string& exported) {
  return fmt::format(
      "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;{} SET LOCAL search_path = pg_catalog; "
      "SELECT; {}",
      exported.empty() ? "" : fmt::format(" SET TRANSACTION SNAPSHOT {};", literal(exported)),
      kSetSavepoint);
}

PostgresSnapshot::PostgresSnapshot(std::shared_ptr<Sessions> sessions, const std::string& exported)
    : session_(std::move(sessions)),
      holds_(session_),
      partitions_(*session_),
      conditions_(session_),
      operators_(*session_),
      orphans_(*session_, operators_),
      exported_(exported) {
  session_->command(begin_moment(exported));
}

PostgresSnapshot::~PostgresSnapshot() { session_->command_quietly("ROLLBACK"); }

// Whatever fails, the snapshot stays usable.
template <class Work>
auto PostgresSnapshot::guarded(Work work) {
  try {
    return work();
  } catch (const Error&) {
    roll_back_to_savepoint(*session_);
    throw;
  }
}

template <class Work>
auto PostgresSnapshot::guarded(const Table& table, Work work) {
  try {
    return guarded(work);
  } catch (Error& error) {
    if (error.table().empty()) error.table(display(table.name, kDefaultSchema));
    throw with_lock_holder(error, table.name, *session_.sessions());
  }
}

// The catalog's functions lock the tables whose defaults and indexes they show.
Schema PostgresSnapshot::schema() {
  try {
    return guarded([&] {
      Schema schema = read_catalog(*session_);
      measure(*session_, schema);
      // The locks on every sequence that came of it.
      roll_back_to_savepoint(*session_);
      return schema;
    });
  } catch (const Error& error) {
    throw with_lock_holder(error, std::vector<TableName>(), *session_.sessions());
  }
}

// The table itself and what lies below it, foreign tables left out.
std::vector<TableName> PostgresSnapshot::tables_under(const Table& table) {
  if (table.kind == TableKind::foreign) return {};
  std::vector<TableName> out = {table.name};
  if (table.kind == TableKind::partitioned)
    for (const Partition& partition : partitions_.below(table.name))
      if (partition.kind != TableKind::foreign) out.push_back(partition.name);
  return out;
}

void PostgresSnapshot::lock(const Table& table) { holds_.lock(tables_under(table)); }

// The savepoint is set anew behind the locks: going back to it doesn't lose them.
void PostgresSnapshot::hold(const std::vector<const Table*>& tables) {
  guarded([&] {
    std::set<TableName> names;
    for (const Table* table : tables)
      for (TableName& name : tables_under(*table)) names.insert(std::move(name));
    holds_.keep({names.begin(), names.end()});
    session_->command(fmt::format("{}; {}", kReleaseSavepoint, kSetSavepoint));
  });
}

void PostgresSnapshot::check_condition(const Table& table, const std::string& condition) {
  guarded(table, [&] { conditions_.check(table, condition); });
}

std::vector<Part> PostgresSnapshot::heap_parts(const Table& table, std::int64_t bytes) {
  const bool ranges = session_->server_version() >= kRangeScans;
  if (table.kind != TableKind::partitioned)
    return parts_of(table.name, holds_.storage(table.name), bytes, ranges);
  std::vector<Part> out;
  for (const Partition& partition : partitions_.below(table.name)) {
    if (partition.kind != TableKind::partition) continue;
    // Read through the table above, as far as this role may read anything.
    if (!partition.readable) return {Part{.table = table.name}};
    for (Part& part : parts_of(partition.name, holds_.storage(partition.name), bytes, ranges))
      out.push_back(std::move(part));
  }
  if (out.empty()) out.push_back({.table = table.name});
  return out;
}

// A condition may be answered by an index, once; in ranges the table would be read through.
std::vector<Part> PostgresSnapshot::parts(const Selection& selection, std::size_t set,
                                          std::int64_t bytes) {
  const RowSet& rows = selection.sets.at(set);
  const Table& table = *rows.table;
  if (!is_whole(rows) || table.kind == TableKind::foreign) return {Part{.table = table.name}};
  return guarded(table, [&] { return heap_parts(table, bytes); });
}

Fetch PostgresSnapshot::fetch(const Selection& selection, std::size_t set, const Part& part,
                              const std::vector<std::string>& columns) {
  const RowSet& rows = selection.sets.at(set);
  const Table& table = *rows.table;
  if (!is_whole(rows))
    return fetch_of(table, columns, closure(selection, set, operators_, partitions_));
  Table where = table;
  where.name = part.table;
  if (part.table != table.name) where.kind = TableKind::partition;
  const std::string range = range_condition(part);
  if (range.empty()) return fetch_of(where, columns);
  return fetch_of(where, columns, {"", fmt::format("FROM {} WHERE {}", from_clause(where), range)});
}

// Conditions are only ever run once they are known to be nothing else.
bool PostgresSnapshot::check_conditions(const Selection& selection) {
  bool any = false;
  for (const RowSet& rows : selection.sets) {
    if (rows.base != RowSet::Base::condition) continue;
    conditions_.check(*rows.table, rows.condition);
    any = true;
  }
  return any;
}

void PostgresSnapshot::lock_for(const Selection& selection, std::size_t set, const Part& part) {
  const RowSet& rows = selection.sets[set];
  if (part.table != rows.table->name) return holds_.lock({part.table});
  lock(*rows.table);
  if (is_whole(rows)) return;
  for (const RowSet& other : selection.sets) lock(*other.table);
}

std::unique_ptr<RowSource> PostgresSnapshot::rows(const Selection& selection, std::size_t set,
                                                  const Part& part,
                                                  const std::vector<std::string>& columns) {
  const Table& table = *selection.sets.at(set).table;
  return guarded(table, [&] {
    const bool conditions = check_conditions(selection);
    lock_for(selection, set, part);
    Fetch what = fetch(selection, set, part, columns);
    if (conditions && !is_whole(selection.sets[set]))
      what.sql = conditions_.in_users_path(what.sql);
    return std::make_unique<CopySource>(*session_, what, display(table.name, kDefaultSchema),
                                        kRollBackToSavepoint);
  });
}

std::unique_ptr<RowSource> PostgresSnapshot::rows(const Table& table,
                                                  const std::vector<std::string>& columns) {
  return guarded(table, [&] {
    lock(table);
    return std::make_unique<CopySource>(*session_, fetch_of(table, columns),
                                        display(table.name, kDefaultSchema), kRollBackToSavepoint);
  });
}

std::int64_t PostgresSnapshot::count(const Table& table) {
  return guarded(table, [&] {
    lock(table);
    return std::stoll(session_->value("SELECT count(*) FROM " + from_clause(table)));
  });
}

std::vector<std::int64_t> PostgresSnapshot::counts(const Table& table,
                                                   const std::vector<std::string>& columns) {
  return guarded(table, [&] {
    lock(table);
    std::string sql = "SELECT pg_catalog.count(*)";
    for (const std::string& column : columns)
      sql += fmt::format(", pg_catalog.count({})", QuotedName::of("t", column).sql());
    const pqxx::result rows =
        session_->query(fmt::format("{} FROM {} AS t", sql, from_clause(table)));
    std::vector<std::int64_t> out;
    for (const auto& field : rows[0]) out.push_back(std::stoll(field.c_str()));
    return out;
  });
}

void PostgresSnapshot::read_through(const Table& table, Depth depth) {
  guarded(table, [&] {
    if (depth == Depth::quick || table.kind == TableKind::partitioned) {
      session_->query(fmt::format("SELECT * FROM {} LIMIT 1", from_clause(table)));
      return;
    }
    std::vector<std::string> columns;
    for (const Column& column : table.columns) columns.push_back(column.name);
    CopyOut copy(*session_, fetch_of(table, columns).sql, kRollBackToSavepoint);
    while (!copy.next().empty()) {
    }
  });
}

std::vector<Finding> PostgresSnapshot::integrity(const Schema&, Depth depth) {
  return guarded([&] { return check_integrity(*session_, depth); });
}

bool PostgresSnapshot::is_partitioned(const TableName& table) {
  return session_->value(fmt::format("SELECT relkind FROM pg_catalog.pg_class WHERE oid = "
                                     "{}::pg_catalog.regclass",
                                     literal(QuotedName(table).sql()))) == "p";
}

Orphans PostgresSnapshot::orphans(const Table& table, const ForeignKey& key) {
  return guarded(table, [&] { return orphans_.find(table, key, is_partitioned(key.references)); });
}

std::optional<std::int64_t> PostgresSnapshot::furthest(const Table& table,
                                                       const std::string& column,
                                                       const Sequence& sequence) {
  return guarded(table, [&]() -> std::optional<std::int64_t> {
    const pqxx::result rows =
        session_->query(fmt::format("SELECT {}({}) FROM {}", sequence.increment < 0 ? "min" : "max",
                                    QuotedName(column).sql(), QuotedName(table.name).sql()));
    if (rows[0][0].is_null()) return std::nullopt;
    return std::stoll(rows[0][0].c_str());
  });
}

const std::string& PostgresSnapshot::exported() {
  if (exported_.empty())
    exported_ = guarded([&] {
      // A savepoint's own snapshot can't be exported.
      session_->command(kReleaseSavepoint);
      std::string name = session_->value("SELECT pg_catalog.pg_export_snapshot()");
      session_->command(kSetSavepoint);
      return name;
    });
  return exported_;
}

// Null where the locks of one more would leave the server too few.
std::unique_ptr<Snapshot> PostgresSnapshot::another_reader() {
  if (!guarded([&] { return has_room_for(*session_, holds_.kept()); })) return nullptr;
  return guarded(
      [&] { return std::make_unique<PostgresSnapshot>(session_.sessions(), exported()); });
}

}  // namespace dbkeeper::postgres
