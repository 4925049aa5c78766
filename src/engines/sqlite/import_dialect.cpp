#include "engines/sqlite/import_dialect.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "dbkeeper/base/error.h"
#include "dbkeeper/base/text.h"
#include "engines/sqlite/beyond_library.h"
#include "engines/sqlite/commit.h"
#include "engines/sqlite/conflict.h"
#include "engines/sqlite/foreign_key_watch.h"
#include "engines/sqlite/plain_indexes.h"
#include "engines/sqlite/quoted_name.h"
#include "engines/sqlite/row_identity.h"
#include "engines/sqlite/rows.h"
#include "engines/sqlite/stage.h"
#include "engines/sqlite/statement.h"
#include "engines/sqlite/temporary_databases.h"
#include "engines/sqlite/trigger_switch.h"
#include "engines/sqlite/value_sql.h"

namespace dbkeeper::sqlite {
namespace {

constexpr std::string_view kKeptMap = "dbkeeper_id_map";

class SqliteDialect final : public staging::Dialect {
 public:
  explicit SqliteDialect(std::unique_ptr<Connection> connection)
      : connection_(std::move(connection)),
        foreign_keys_(*connection_),
        triggers_(*connection_),
        indexes_off_(*connection_),
        schema_version_(schema_version()) {
    connection_->run("PRAGMA cache_size=-16000; PRAGMA temp.cache_size=-16000");
    attach_temporary_databases(*connection_);
    connection_->run("BEGIN");
  }

  std::int64_t run(const std::string& sql) override {
    connection_->run(sql);
    return sqlite3_changes64(connection_->handle());
  }

  void query(const std::string& sql,
             const std::function<void(const staging::Texts&)>& take) override {
    Statement statement(*connection_, sql);
    staging::Texts row(static_cast<std::size_t>(sqlite3_column_count(statement.raw())));
    while (statement.step()) {
      for (std::size_t i = 0; i < row.size(); ++i) {
        const int column = static_cast<int>(i);
        row[i] = statement.is_null(column) ? std::nullopt
                                           : std::optional(std::string(statement.text(column)));
      }
      take(row);
    }
  }

  std::vector<std::int64_t> write(const std::vector<staging::Write>& group) override {
    std::vector<std::int64_t> counts;
    for (const staging::Write& write : group) {
      const int code =
          sqlite3_exec(connection_->handle(), write.sql.c_str(), nullptr, nullptr, nullptr);
      if (code != SQLITE_OK) refuse(code, *write.table);
      connection_->require_exact_order();
      counts.push_back(sqlite3_changes64(connection_->handle()));
    }
    return counts;
  }

  bool refuses(const staging::Write& write) override {
    connection_->run("SAVEPOINT dbkeeper");
    const int code =
        sqlite3_exec(connection_->handle(), write.sql.c_str(), nullptr, nullptr, nullptr);
    if (code != SQLITE_OK && !is_conflict(code)) connection_->fail(code);
    connection_->run("ROLLBACK TO dbkeeper; RELEASE dbkeeper");
    return code != SQLITE_OK;
  }

  void analyze(const std::string&) override {}

  void index(const std::string& name, const std::vector<std::string>& columns) override {
    std::vector<std::string> quoted_columns;
    for (const std::string& column : columns) quoted_columns.push_back(quoted(column));
    connection_->run(fmt::format("CREATE INDEX {}.{}_{} ON {} ({})", temporary_database_of(name),
                                 name, ++indexes_, name, join(quoted_columns, ", ")));
  }

  // Rows were staged without a lock on the database.
  void lock(const ImportPlan& plan) override {
    if (locked_) return;
    locked_ = true;
    connection_->run("COMMIT");
    const bool actions = plan.mode == ImportMode::merge || plan.fire_triggers;
    // Without them nothing that is written asks for a foreign key's action, and what the written
    // rows refer to is checked at the end: much faster than row by row.
    if (!actions) connection_->run("PRAGMA foreign_keys=OFF");
    connection_->run("BEGIN IMMEDIATE");
    connection_->run("PRAGMA defer_foreign_keys=ON");
    if (schema_version() != schema_version_)
      throw Error(ErrorKind::failed, "the database's tables were changed meanwhile")
          .hint("try again");
    require_writable(plan);
    for (const ImportTable& table : plan.tables)
      if (table.written) foreign_keys_.watch(*table.table, plan.mode == ImportMode::clean);
  }

  std::vector<std::string> switch_triggers_off(const ImportPlan& plan) override {
    return triggers_.off(plan);
  }
  void switch_triggers_on() override { triggers_.on(); }

  void check_deferred() override {
    foreign_keys_.check();
    int broken = 0, ignored = 0;
    sqlite3_db_status(connection_->handle(), SQLITE_DBSTATUS_DEFERRED_FKS, &broken, &ignored, 0);
    if (broken != 0)
      throw Error(ErrorKind::conflict,
                  "a row of a table that isn't imported refers to a row that is not there any more")
          .hint("import that table as well, or leave alone what its rows refer to (--protect)");
  }

  // A COMMIT that fails leaves the transaction open: it ends with the connection, unwritten.
  void commit() override {
    connection_->require_exact_order();
    const int code = commit_transaction(*connection_);
    if (code != SQLITE_OK) connection_->fail(code);
  }

  bool can_take_off_keys(const Table&) override { return true; }
  std::vector<std::string> take_off(const std::vector<const Table*>& tables) override {
    unchecked_.insert(unchecked_.end(), tables.begin(), tables.end());
    return indexes_off_.take_off(tables);
  }
  std::optional<Error> put_back() override {
    indexes_off_.put_back();
    for (const Table* table : unchecked_)
      if (auto error = foreign_keys_.broken(*table)) return error;
    return std::nullopt;
  }

  void create_stage(const staging::Stage& stage) override {
    sqlite::create_stage(*connection_, stage);
  }
  void add_generated(const staging::Stage& stage, const Column& column) override {
    sqlite::add_generated(*connection_, stage, column);
  }
  std::unique_ptr<RowSink> fill_stage(const staging::Stage& stage, Rows rows,
                                      const std::vector<std::string>& columns,
                                      Refuse refuse) override {
    return sqlite::fill_stage(*connection_, stage, rows, columns, std::move(refuse));
  }

  std::unique_ptr<RowSink> fill_table(const Table& table, const std::vector<std::string>& columns,
                                      Refuse refuse) override {
    return sqlite::fill_table(*connection_, table, columns, std::move(refuse));
  }

  std::string quoted(std::string_view name) const override { return QuotedName(name).sql(); }
  std::string literal(std::string_view text) const override {
    std::string sql = "'";
    for (const char c : text) {
      if (c == '\'') sql += '\'';
      sql += c;
    }
    return sql + "'";
  }
  std::string temp(std::string_view name) const override {
    return fmt::format("{}.{}", temporary_database_of(name), name);
  }
  std::string rows_of(const Table& table) const override { return QuotedName(table.name).sql(); }

  std::string insert_into(const Table& table,
                          const std::vector<std::string>& columns) const override {
    std::vector<std::string> names;
    for (const std::string& column : columns) names.push_back(quoted(column));
    return fmt::format("INSERT {}INTO {} ({})", or_abort(*connection_, table), rows_of(table),
                       join(names, ", "));
  }
  std::string update(const Table& table) const override {
    return fmt::format("UPDATE {}{}", or_abort(*connection_, table), rows_of(table));
  }

  // Rows stay where they are.
  void move_rows(const Table&, const std::string& update, const std::string&) override {
    run(update);
  }

  std::vector<std::string> address(const Table& table, std::string_view alias) const override {
    return row_identity(table, alias);
  }

  std::string key_equal(const Table& table, const Key& key, std::size_t part,
                        const std::string& file, const std::string& base) override {
    const Key::Part& of = key.parts[part];
    std::string collation = of.collation;
    if (collation.empty())
      if (const Column* column = table.find_column(of.column)) collation = column->collation;
    return fmt::format("{} = {} COLLATE {}", base, file,
                       quoted(collation.empty() ? "binary" : collation));
  }

  // The parent's column decides on affinity and collation: the plus takes the child's away.
  std::string link_equal(const Table&, const Table&, const ImportLink&, std::size_t,
                         const std::string& parent, const std::string& child) override {
    return fmt::format("{} = +{}", parent, child);
  }

  std::string same(const Column&, const std::string& a, const std::string& b) const override {
    return same_value(a, b);
  }

  std::string differ(const Table&, const std::vector<std::string>& columns, std::string_view a,
                     std::string_view b) const override {
    std::vector<std::string> parts;
    for (const std::string& column : columns)
      parts.push_back("NOT " + same_value(of(a, column), of(b, column)));
    return parts.empty() ? "0 = 1" : "(" + join(parts, " OR ") + ")";
  }

  std::string image(const Table&, const std::vector<std::string>& columns,
                    std::string_view alias) const override {
    std::vector<std::string> values;
    for (const std::string& column : columns) values.push_back(of(alias, column));
    return exact_text(values);
  }

  std::string converted(const Column&, const std::string& value) const override { return value; }
  std::string json_array(const std::vector<std::string>& values) const override {
    return sqlite::json_array(values);
  }
  std::string sql_literal(const std::string& value) const override {
    return fmt::format("quote({})", value);
  }
  std::string shown(const std::string& value) const override { return shown_value(value); }

  std::string new_number(const Table& table, const Column& column, std::int64_t highest,
                         const std::string& order) override {
    std::int64_t beyond = highest;
    if (column.origin == Origin::autoincrement) beyond = std::max(beyond, given_out(table));
    constexpr std::int64_t kRoom = std::int64_t{1} << 40;
    if (beyond > std::numeric_limits<std::int64_t>::max() - kRoom)
      throw Error(ErrorKind::conflict,
                  fmt::format("'{}' has no numbers left for new rows: its highest {} is {}",
                              table.name.name, column.name, beyond))
          .table(table.name.name)
          .column(column.name);
    return fmt::format("{} + row_number() OVER (ORDER BY {})", beyond, order);
  }

  // An explicit number moves AUTOINCREMENT on by itself.
  void advance(const Table&, const Column&, std::int64_t) override {}

  std::string kept_map() override {
    Statement there(*connection_,
                    "SELECT 1 FROM main.sqlite_master WHERE type='table' AND name=?1");
    there.bind(1, kKeptMap);
    return there.step() ? map_name() : std::string();
  }

  std::string make_kept_map() override {
    connection_->run(fmt::format(
        "CREATE TABLE IF NOT EXISTS {}(source TEXT NOT NULL, \"table\" TEXT NOT NULL, "
        "old_key TEXT NOT NULL, new_key TEXT NOT NULL, at TEXT NOT NULL, run TEXT NOT NULL, "
        "PRIMARY KEY (source, \"table\", old_key))",
        map_name()));
    return map_name();
  }

 private:
  // An index in the order of a stand-in would be a broken one for the application.
  void require_writable(const ImportPlan& plan) {
    for (const Beyond& beyond : beyond_library(*connection_)) {
      const auto written = [&](const ImportTable& table) {
        return (table.written || plan.empties(*table.table)) &&
               table.table->name.name == beyond.table;
      };
      if (std::none_of(plan.tables.begin(), plan.tables.end(), written)) continue;
      if (beyond.what != Beyond::What::fraction_as_text)
        throw Error(ErrorKind::conflict, "nothing can be written: " + beyond.reason())
            .table(beyond.table)
            .hint("leave the table out with --exclude");
      connection_->warn(beyond.reason() +
                        ": if the application has another one, let it rebuild what it keeps of "
                        "that (REINDEX, VACUUM) after the import");
    }
  }

  std::int64_t schema_version() {
    return connection_->number("PRAGMA main.schema_version").value_or(0);
  }

  static std::string map_name() { return QuotedName(TableName{{}, std::string(kKeptMap)}).sql(); }
  std::string of(std::string_view alias, std::string_view column) const {
    return fmt::format("{}.{}", alias, quoted(column));
  }

  // The highest number that AUTOINCREMENT has given out.
  std::int64_t given_out(const Table& table) {
    Statement sequence(*connection_, "SELECT max(seq) FROM main.sqlite_sequence WHERE name=?1");
    sequence.bind(1, table.name.name);
    return sequence.step() ? sequence.integer(0) : 0;
  }

  [[noreturn]] void refuse(int code, const Table& table) {
    const std::string message = sqlite3_errmsg(connection_->handle());
    if (!is_conflict(code)) connection_->fail(code);
    const Batch none(0);
    throw conflict(code, message, {table.name.name, {}, none, 0});
  }

  std::unique_ptr<Connection> connection_;
  ForeignKeyWatch foreign_keys_;
  TriggerSwitch triggers_;
  PlainIndexes indexes_off_;
  std::vector<const Table*> unchecked_;
  std::int64_t schema_version_;
  int indexes_ = 0;
  bool locked_ = false;
};

}  // namespace

std::unique_ptr<staging::Dialect> import_dialect(std::unique_ptr<Connection> connection) {
  return std::make_unique<SqliteDialect>(std::move(connection));
}

}  // namespace dbkeeper::sqlite
