#include "engines/sqlite/stage.h"

#include <fmt/format.h>

#include "dbkeeper/base/text.h"
#include "engines/sqlite/cell_binder.h"
#include "engines/sqlite/quoted_name.h"
#include "engines/sqlite/shown.h"

namespace dbkeeper::sqlite {
namespace {

// As in the table itself, so that values become what they would become there.
std::string definition_of(const Column& column) {
  std::string sql = QuotedName(column.name).sql() + " " + column.type.name;
  if (!column.collation.empty()) sql += " COLLATE " + QuotedName(column.collation).sql();
  return sql;
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

class StageSink final : public RowSink {
 public:
  StageSink(Connection& connection, const staging::Stage& stage, Rows rows,
            const std::vector<std::string>& columns, staging::Dialect::Refuse refuse)
      : connection_(connection),
        strict_(stage.table->strict),
        refuse_(std::move(refuse)),
        binder_(connection),
        statement_(connection, insert_sql(stage, rows, columns)) {
    for (const std::string& name : columns) columns_.push_back(stage.table->find_column(name));
  }

  void write(const Batch& batch) override {
    connection_.stop().check();
    for (std::size_t row = 0; row < batch.rows(); ++row) {
      for (std::size_t column = 0; column < columns_.size(); ++column) bind(batch, row, column);
      const int code = sqlite3_step(statement_.raw());
      if (code != SQLITE_DONE) connection_.fail(code);
      sqlite3_reset(statement_.raw());
    }
  }

  void finish() override {}

 private:
  static std::string insert_sql(const staging::Stage& stage, Rows rows,
                                const std::vector<std::string>& columns) {
    std::vector<std::string> names = {QuotedName(stage.kind()).sql()};
    std::string values = rows == Rows::data ? "0" : "1";
    for (const std::string& column : columns) {
      names.push_back(QuotedName(column).sql());
      values += ", ?";
    }
    return fmt::format("INSERT INTO temp.{} ({}) VALUES ({})", QuotedName(stage.name).sql(),
                       join(names, ", "), values);
  }

  void bind(const Batch& batch, std::size_t row, std::size_t at) {
    const CellView cell = batch.at(row, at);
    const Column& column = *columns_[at];
    const int parameter = static_cast<int>(at) + 1;
    const std::string_view mismatch = strict_ ? strictly(column, cell) : std::string_view();
    const auto problem = mismatch.empty() ? binder_.bind(statement_, parameter, cell,
                                                         keeps_negative_zero(column, strict_))
                                          : std::optional(mismatch);
    if (!problem) return;
    refuse_(
        column, cell.kind == CellKind::array ? "an array" : shown(cell),
        mismatch.empty() ? fmt::format("SQLite cannot store {}", *problem) : std::string(*problem),
        batch, row);
    binder_.bind(statement_, parameter, {}, false);
  }

  Connection& connection_;
  const bool strict_;
  staging::Dialect::Refuse refuse_;
  std::vector<const Column*> columns_;
  CellBinder binder_;
  Statement statement_;
};

}  // namespace

void create_stage(Connection& connection, const staging::Stage& stage) {
  std::string columns =
      fmt::format("{} INTEGER PRIMARY KEY, {} INTEGER", QuotedName(stage.number()).sql(),
                  QuotedName(stage.kind()).sql());
  for (const Column& column : stage.table->columns)
    if (!column.generated()) columns += ", " + definition_of(column);
  connection.run(fmt::format("CREATE TEMP TABLE {} ({}){}", QuotedName(stage.name).sql(), columns,
                             stage.table->strict ? " STRICT" : ""));
}

std::unique_ptr<RowSink> fill_stage(Connection& connection, const staging::Stage& stage, Rows rows,
                                    const std::vector<std::string>& columns,
                                    staging::Dialect::Refuse refuse) {
  return std::make_unique<StageSink>(connection, stage, rows, columns, std::move(refuse));
}

}  // namespace dbkeeper::sqlite
