#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "dbkeeper/base/error.h"
#include "dbkeeper/base/text.h"
#include "dbkeeper/core/diff_side.h"
#include "dbkeeper/core/inspect.h"

namespace dbkeeper {
namespace {

constexpr std::int64_t kInOnePart = std::numeric_limits<std::int64_t>::max();

bool is_hidden(const Table& table) { return !table.readable || table.row_security_applies; }

// Whether who names the table may have it compared although it is left out otherwise.
bool is_optional(const Table& table) {
  const bool holds_own_rows =
      table.kind == TableKind::plain || table.kind == TableKind::partitioned;
  return holds_own_rows && (table.not_exportable.empty() || is_hidden(table));
}

std::string why_not_compared(const Schema& schema, const Table& table) {
  const std::string why = why_left_out(schema, table);
  if (why.empty() || !is_optional(table)) return why;
  const std::string tool = history_tool(schema, table);
  return fmt::format(
      "{}: compared only if included by name",
      tool.empty() ? "belongs to extension " + table.extension : "the history of " + tool);
}

class DatabaseSide final : public DiffSide {
 public:
  DatabaseSide(Database& database, const std::string& name, const Stop& stop)
      : stop_(stop), snapshot_(database.snapshot()), schema_(snapshot_->schema()) {
    const DatabaseInfo info = database.info();
    description_ = {.name = name,
                    .database = info.name,
                    .engine = info.engine,
                    .server_version = info.server_version,
                    .backed_up_at = info.as_of,
                    .whole_schema = database.capabilities().whole_schema};
    limited_to_schema_ = info.limited_to_schema;
    migrations_ = migration_states(*snapshot_, schema_);
    for (const Table& table : schema_.tables)
      if (!table.partition_of && is_in_reach(table.name)) add(table);
  }

  const Description& description() const override { return description_; }
  const Schema& schema() const override { return schema_; }
  const std::vector<DiffTable>& tables() const override { return tables_; }
  const std::vector<MigrationState>& migrations() const override { return migrations_; }

  std::string why_absent(const Schema&, const Table& table) const override {
    if (is_in_reach(table.name)) return {};
    return fmt::format("{} is limited to the schema '{}'", description_.name, limited_to_schema_);
  }

  void prepare(const std::vector<std::string>& tables) override {
    std::vector<const Table*> held;
    for (const std::string& name : tables) held.push_back(find(name).table);
    require_readable(held);
    snapshot_->hold(held);
  }

  std::optional<RowTotal> known_total(const std::string&) const override { return std::nullopt; }

  std::uint64_t estimated_rows(const std::string& table) const override {
    return static_cast<std::uint64_t>(std::max<std::int64_t>(find(table).table->estimated_rows, 0));
  }

  void read(const std::vector<WantedRows>& wanted, RowVisitor& visitor) override {
    for (std::size_t index = 0; index < wanted.size(); ++index) {
      visitor.begin(index, wanted[index].columns);
      read(*find(wanted[index].table).table, wanted[index].columns, visitor);
    }
  }

 private:
  bool is_in_reach(const TableName& name) const {
    return limited_to_schema_.empty() || name.schema == limited_to_schema_;
  }

  void add(const Table& table) {
    DiffTable entry{.name = schema_.display(table),
                    .table = &table,
                    .columns = table.given_columns(),
                    .left_out = why_not_compared(schema_, table)};
    entry.optional = !entry.left_out.empty() && is_optional(table);
    tables_.push_back(std::move(entry));
  }

  const DiffTable& find(const std::string& name) const {
    return *std::find_if(tables_.begin(), tables_.end(),
                         [&](const DiffTable& table) { return table.name == name; });
  }

  void require_readable(const std::vector<const Table*>& tables) const {
    std::vector<std::string> names;
    std::string why;
    for (const Table* table : tables) {
      if (!is_hidden(*table)) continue;
      names.push_back(schema_.display(*table));
      why = table->not_exportable;
    }
    if (names.empty()) return;
    throw Error(ErrorKind::failed, fmt::format("{}: the rows of '{}' can't be compared: {}",
                                               description_.name, join(names, "', '"), why))
        .table(names.front())
        .hint(
            "compare as a role that sees all their rows, leave the tables out with --exclude, or "
            "compare schemas alone with --schema-only");
  }

  void read(const Table& table, const std::vector<std::string>& columns, RowVisitor& visitor) {
    const Selection all{{RowSet{.table = &table}}};
    Batch batch(columns.size());
    for (const Part& part : snapshot_->parts(all, 0, kInOnePart)) {
      const auto rows = snapshot_->rows(all, 0, part, columns);
      while (rows->next(batch)) {
        stop_.check();
        if (!visitor.take(batch)) return;
      }
    }
  }

  const Stop& stop_;
  const std::unique_ptr<Snapshot> snapshot_;
  const Schema schema_;
  Description description_;
  std::string limited_to_schema_;
  std::vector<MigrationState> migrations_;
  std::vector<DiffTable> tables_;
};

}  // namespace

std::unique_ptr<DiffSide> database_side(Database& database, const std::string& name,
                                        const Stop& stop) {
  return std::make_unique<DatabaseSide>(database, name, stop);
}

}  // namespace dbkeeper
