#include "engines/sqlite/snapshot.h"

#include <fmt/format.h>

#include "dbkeeper/base/text.h"
#include "engines/sqlite/catalog.h"
#include "engines/sqlite/condition.h"
#include "engines/sqlite/errors.h"
#include "engines/sqlite/integrity.h"
#include "engines/sqlite/orphans.h"
#include "engines/sqlite/quoted_name.h"
#include "engines/sqlite/rows.h"
#include "engines/sqlite/selected_rows.h"
#include "engines/sqlite/statement.h"

namespace dbkeeper::sqlite {
namespace {

// A statement has no more results than a table may have columns, and one is the number of rows.
constexpr std::size_t kCountsAtOnce = 1000;

class FileSnapshot final : public Snapshot {
 public:
  explicit FileSnapshot(std::unique_ptr<Connection> connection)
      : connection_(std::move(connection)) {
    connection_->run("BEGIN DEFERRED");
    fix_moment();
  }

  Schema schema() override { return read_schema(reader()); }

  std::unique_ptr<RowSource> rows(const Table& table,
                                  const std::vector<std::string>& columns) override {
    return read_rows(reader(), table, columns);
  }

  // The read transaction keeps all of them: whoever wants to change one waits or writes elsewhere.
  void hold(const std::vector<const Table*>&) override { reader(); }

  void check_condition(const Table& table, const std::string& condition) override {
    sqlite::check_condition(reader(), table, condition);
  }

  std::vector<Part> parts(const Selection& selection, std::size_t set, std::int64_t) override {
    const RowSet& rows = selection.sets[set];
    Part all;
    all.table = rows.table->name;
    if (is_whole(rows)) all.bytes = rows.table->bytes;
    return {all};
  }

  std::unique_ptr<RowSource> rows(const Selection& selection, std::size_t set, const Part&,
                                  const std::vector<std::string>& columns) override {
    const RowSet& rows = selection.sets[set];
    if (is_whole(rows)) return read_rows(reader(), *rows.table, columns);
    return read_rows(reader(), select_sql(selection, set, columns), columns.size());
  }

  std::int64_t count(const Table& table) override {
    return reader()
        .number(fmt::format("SELECT count(*) FROM {}", QuotedName(table.name).sql()))
        .value_or(0);
  }

  std::vector<std::int64_t> counts(const Table& table,
                                   const std::vector<std::string>& columns) override {
    std::vector<std::int64_t> out(1 + columns.size());
    std::size_t done = 0;
    do {
      const std::size_t end = std::min(columns.size(), done + kCountsAtOnce);
      Statement row(reader(), counts_sql(table, columns, done, end));
      row.step();
      out.front() = row.integer(0);
      for (int result = 1; done < end; ++result) out[++done] = row.integer(result);
    } while (done < columns.size());
    return out;
  }

  void read_through(const Table& table, Depth depth) override {
    Statement rows(reader(), read_through_sql(table, depth));
    const int columns = sqlite3_column_count(rows.raw());
    for (std::size_t row = 0; rows.step(); ++row) {
      if (row % Batch::kRows == 0) connection_->stop().check();
      // Only asking for the bytes reads the pages over which a long value flows.
      for (int column = 0; column < columns; ++column) rows.blob(column);
    }
  }

  std::vector<Finding> integrity(const Schema& schema, Depth depth) override {
    if (!damage_) reader();
    return check_integrity(*connection_, schema, depth);
  }

  Orphans orphans(const Table& table, const ForeignKey& key) override {
    return find_orphans(reader(), table, key);
  }

  std::optional<std::int64_t> furthest(const Table& table, const std::string& column,
                                       const Sequence& sequence) override {
    return reader().number(fmt::format("SELECT {}(t.{}) FROM {} AS t",
                                       sequence.increment < 0 ? "min" : "max",
                                       QuotedName(column).sql(), QuotedName(table.name).sql()));
  }

  std::unique_ptr<Snapshot> another_reader() override {
    throw Error(ErrorKind::failed, "an SQLite database is read over one connection");
  }

 private:
  // A deferred transaction sees the database as it is at the first read. A file damaged at its very
  // start fails here; it has a snapshot all the same, to be checked.
  void fix_moment() {
    try {
      connection_->number("PRAGMA schema_version");
    } catch (const Error& error) {
      if (!is_damage(connection_->last_failure())) throw;
      damage_ = error;
    }
  }

  // The connection, if it still sees that moment: some disk errors end the transaction.
  Connection& reader() {
    if (damage_) throw Error(*damage_);
    if (!connection_->in_transaction())
      throw Error(ErrorKind::failed, fmt::format("lost the view of '{}' after an error of the disk",
                                                 connection_->location().path.string()));
    return *connection_;
  }

  static std::string read_through_sql(const Table& table, Depth depth) {
    std::vector<std::string> columns;
    for (const Column& column : table.columns)
      if (column.origin != Origin::computed)
        columns.push_back("t." + QuotedName(column.name).sql());
    return fmt::format("SELECT {} FROM {} AS t{}", columns.empty() ? "NULL" : join(columns, ", "),
                       QuotedName(table.name).sql(), depth == Depth::quick ? " LIMIT 1" : "");
  }

  static std::string counts_sql(const Table& table, const std::vector<std::string>& columns,
                                std::size_t begin, std::size_t end) {
    std::string sql = "SELECT count(*)";
    for (std::size_t at = begin; at < end; ++at)
      sql += fmt::format(", count(t.{})", QuotedName(columns[at]).sql());
    return fmt::format("{} FROM {} AS t", sql, QuotedName(table.name).sql());
  }

  std::unique_ptr<Connection> connection_;
  std::optional<Error> damage_;
};

}  // namespace

std::unique_ptr<Snapshot> begin_snapshot(std::unique_ptr<Connection> connection) {
  return std::make_unique<FileSnapshot>(std::move(connection));
}

}  // namespace dbkeeper::sqlite
