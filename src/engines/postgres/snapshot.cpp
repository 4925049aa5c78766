#include "engines/postgres/snapshot.h"

#include <fmt/format.h>

#include "engines/postgres/catalog.h"
#include "engines/postgres/copy_out.h"
#include "engines/postgres/fetch.h"
#include "engines/postgres/integrity.h"
#include "engines/postgres/lock_holder.h"
#include "engines/postgres/quoted_name.h"
#include "engines/postgres/savepoint.h"
#include "engines/postgres/sizes.h"

namespace dbkeeper::postgres {
namespace {

// The empty SELECT fixes the moment now, not when something is first read.
std::string begin_sql(const std::string& exported) {
  return fmt::format(
      "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;{} SET LOCAL search_path = pg_catalog; "
      "SELECT; {}",
      exported.empty() ? "" : fmt::format(" SET TRANSACTION SNAPSHOT {};", literal(exported)),
      kSetSavepoint);
}

}  // namespace

PostgresSnapshot::PostgresSnapshot(std::shared_ptr<Sessions> sessions, const std::string& exported)
    : session_(std::move(sessions)), orphans_(*session_), exported_(exported) {
  session_->command(begin_sql(exported));
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

Schema PostgresSnapshot::schema() {
  return guarded([&] {
    Schema schema = read_catalog(*session_);
    measure(*session_, schema);
    return schema;
  });
}

// Takes the lock under which the table is read, and makes sure that it still has the rows of this
// moment: TRUNCATE and rewriting ALTERs throw them away for older snapshots too.
void PostgresSnapshot::hold(const Table& table) {
  if (table.kind != TableKind::plain && table.kind != TableKind::partition) return;
  const std::string name = QuotedName(table.name).sql();
  const pqxx::result same = session_->query(fmt::format(
      "SELECT FROM ONLY {} LIMIT 0; "
      "SELECT c.relfilenode = pg_catalog.pg_relation_filenode(c.oid) FROM pg_catalog.pg_class c "
      "WHERE c.oid = {}::pg_catalog.regclass",
      name, literal(name)));
  if (!same.empty() && same[0][0].c_str()[0] == 't') return;
  throw Error(ErrorKind::failed,
              fmt::format("table {} was emptied or rewritten since this run began to read",
                          display(table.name, kDefaultSchema)))
      .hint("run it again when no migration or TRUNCATE is at work");
}

std::unique_ptr<RowSource> PostgresSnapshot::rows(const Table& table,
                                                  const std::vector<std::string>& columns) {
  return guarded(table, [&] {
    hold(table);
    return std::make_unique<CopySource>(*session_, fetch_of(table, columns, session_->any_bytes()),
                                        display(table.name, kDefaultSchema), kRollBackToSavepoint);
  });
}

std::int64_t PostgresSnapshot::count(const Table& table) {
  return guarded(table, [&] {
    hold(table);
    return std::stoll(session_->value("SELECT count(*) FROM " + from_clause(table)));
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
    CopyOut copy(*session_, fetch_of(table, columns, session_->any_bytes()).sql,
                 kRollBackToSavepoint);
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

std::unique_ptr<Snapshot> PostgresSnapshot::another_reader() {
  return guarded([&] {
    if (exported_.empty()) {
      // A savepoint's own snapshot can't be exported.
      session_->command(kReleaseSavepoint);
      exported_ = session_->value("SELECT pg_catalog.pg_export_snapshot()");
      session_->command(kSetSavepoint);
    }
    return std::make_unique<PostgresSnapshot>(session_.sessions(), exported_);
  });
}

}  // namespace dbkeeper::postgres
