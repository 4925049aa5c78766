#include "engines/sqlite/stage.h"

#include <fmt/format.h>

#include "dbkeeper/base/text.h"
#include "engines/sqlite/cell_binder.h"
#include "engines/sqlite/conflict.h"
#include "engines/sqlite/quoted_name.h"
#include "engines/sqlite/rows.h"
#include "engines/sqlite/shown.h"
#include "engines/sqlite/temporary_databases.h"

namespace dbkeeper::sqlite {
namespace {

// As in the table itself, so that values become what they would become there.
std::string definition_of(const Column& column) {
  std::string sql = QuotedName(column.name).sql() + " " + column.type.name;
  if (!column.collation.empty()) sql += " COLLATE " + QuotedName(column.collation).sql();
  return sql;
}

std::string name_of(const staging::Stage& stage) {
  return temporary_database_of(stage.name) + "." + QuotedName(stage.name).sql();
}

// Why a STRICT table would refuse the value; empty if it wouldn't.
std::string_view strictly(const Column& column, const CellView& cell) {
  const std::string type = lower_ascii(column.type.name);
  const bool number = cell.kind == CellKind::integer || cell.kind == CellKind::boolean;
  const bool real = cell.kind == CellKind::real || cell.kind == CellKind::single;
  if (cell.kind == CellKind::null || type == "any" || cell.kind == CellKind::array) return {};
  if ((type == "int" || type == "integer") && !number) return "is not an integer";
  if (type == "real" && !number && !real) return "is not a number";
  if (type == "blob" && cell.kind != CellKind::bytes) return "is not a blob";
  if (type == "text" && cell.kind == CellKind::bytes) return "is a blob";
  return {};
}

// One INSERT, for each row. Once a value was refused, rows that go straight into a table are only
// looked at.
class InsertSink final : public RowSink {
 public:
  InsertSink(Connection& connection, const Table& table, const std::string& insert,
             const std::vector<std::string>& columns, staging::Dialect::Refuse refuse,
             bool straight)
      : connection_(connection),
        table_(table.name.name),
        names_(columns),
        key_(table.primary_key ? table.primary_key->columns() : std::vector<std::string>()),
        strict_(table.strict),
        straight_(straight),
        refuse_(std::move(refuse)),
        binder_(connection),
        statement_(connection, insert) {
    for (const std::string& name : columns) {
      columns_.push_back(table.find_column(name));
      keeps_.push_back(keeps_negative_zero(*columns_.back(), strict_));
    }
  }

  void write(const Batch& batch) override {
    connection_.stop().check();
    for (std::size_t row = 0; row < batch.rows(); ++row) {
      for (std::size_t column = 0; column < columns_.size(); ++column) bind(batch, row, column);
      if (!straight_ || !refused_) insert(batch, row);
    }
  }

  void finish() override {}

 private:
  void insert(const Batch& batch, std::size_t row) {
    const int code = sqlite3_step(statement_.raw());
    if (code == SQLITE_DONE) {
      sqlite3_reset(statement_.raw());
      return;
    }
    const std::string message = sqlite3_errmsg(connection_.handle());
    if (straight_ && is_conflict(code))
      throw conflict(code, message, {table_, names_, batch, row, key_});
    connection_.fail(code);
  }

  void bind(const Batch& batch, std::size_t row, std::size_t at) {
    const CellView cell = batch.at(row, at);
    const Column& column = *columns_[at];
    const int parameter = static_cast<int>(at) + 1;
    const std::string_view mismatch = strict_ ? strictly(column, cell) : std::string_view();
    const auto problem = mismatch.empty() ? binder_.bind(statement_, parameter, cell, keeps_[at])
                                          : std::optional(mismatch);
    if (!problem) return;
    refused_ = true;
    refuse_(
        column, cell.kind == CellKind::array ? "an array" : shown(cell),
        mismatch.empty() ? fmt::format("SQLite cannot store {}", *problem) : std::string(*problem),
        batch, row);
    binder_.bind(statement_, parameter, {}, false);
  }

  Connection& connection_;
  const std::string table_;
  const std::vector<std::string> names_;
  const std::vector<std::string> key_;
  const bool strict_;
  const bool straight_;
  const staging::Dialect::Refuse refuse_;
  std::vector<const Column*> columns_;
  std::vector<bool> keeps_;  // a negative zero
  CellBinder binder_;
  Statement statement_;
  bool refused_ = false;
};

}  // namespace

void create_stage(Connection& connection, const staging::Stage& stage) {
  std::string columns =
      fmt::format("{} INTEGER PRIMARY KEY, {} INTEGER", QuotedName(stage.number()).sql(),
                  QuotedName(stage.kind()).sql());
  for (const Column& column : stage.table->columns)
    if (!column.generated()) columns += ", " + definition_of(column);
  connection.run(fmt::format("CREATE TABLE {} ({}){}", name_of(stage), columns,
                             stage.table->strict ? " STRICT" : ""));
}

void add_generated(Connection& connection, const staging::Stage& stage, const Column& column) {
  connection.run(fmt::format("ALTER TABLE {} ADD COLUMN {} GENERATED ALWAYS AS ({}) VIRTUAL",
                             name_of(stage), definition_of(column), column.default_expression));
}

std::unique_ptr<RowSink> fill_stage(Connection& connection, const staging::Stage& stage, Rows rows,
                                    const std::vector<std::string>& columns,
                                    staging::Dialect::Refuse refuse) {
  std::vector<std::string> names = {QuotedName(stage.kind()).sql()};
  std::string values = rows == Rows::data ? "0" : "1";
  for (const std::string& column : columns) {
    names.push_back(QuotedName(column).sql());
    values += ", ?";
  }
  const std::string insert =
      fmt::format("INSERT INTO {} ({}) VALUES ({})", name_of(stage), join(names, ", "), values);
  return std::make_unique<InsertSink>(connection, *stage.table, insert, columns, std::move(refuse),
                                      false);
}

std::unique_ptr<RowSink> fill_table(Connection& connection, const Table& table,
                                    const std::vector<std::string>& columns,
                                    staging::Dialect::Refuse refuse) {
  return std::make_unique<InsertSink>(connection, table, insert_sql(connection, table, columns),
                                      columns, std::move(refuse), true);
}

}  // namespace dbkeeper::sqlite
