#include "engines/sqlite/rows.h"

#include <fmt/format.h>

#include "dbkeeper/base/text.h"
#include "engines/sqlite/cell_binder.h"
#include "engines/sqlite/conflict.h"
#include "engines/sqlite/quoted_name.h"
#include "engines/sqlite/statement.h"
#include "engines/sqlite/table_definition.h"
#include "engines/sqlite/text_encoding.h"

namespace dbkeeper::sqlite {
namespace {

std::string name_list(const std::vector<std::string>& columns, std::string_view before = {}) {
  std::vector<std::string> quoted;
  for (const std::string& column : columns)
    quoted.push_back(std::string(before) + QuotedName(column).sql());
  return join(quoted, ", ");
}

// With the table before each name: SQLite takes a bare "name" that is no column for a text.
std::string select_sql(const Table& table, const std::vector<std::string>& columns) {
  return fmt::format("SELECT {} FROM {} AS t", columns.empty() ? "NULL" : name_list(columns, "t."),
                     QuotedName(table.name).sql());
}

class Reader final : public RowSource {
 public:
  Reader(Connection& connection, const std::string& select, std::size_t columns)
      : stop_(connection.stop()),
        encoding_(text_encoding(connection)),
        statement_(connection, select),
        columns_(static_cast<int>(columns)) {}

  bool next(Batch& batch) override {
    stop_.check();
    batch.clear();
    while (!batch.full() && statement_.step()) {
      if (columns_ == 0) batch.add_empty_row();
      for (int column = 0; column < columns_; ++column)
        add_cell(batch, sqlite3_column_value(statement_.raw(), column));
    }
    return batch.rows() > 0;
  }

 private:
  // The value itself instead of sqlite3_column_type() and the like, each of which looks the column
  // up again: a fifth of a scan's time. Allowed on a connection without mutex
  // (https://www.sqlite.org/c3ref/value.html).
  void add_cell(Batch& batch, sqlite3_value* value) const {
    switch (sqlite3_value_type(value)) {
      case SQLITE_NULL:
        return batch.add_null();
      case SQLITE_INTEGER:
        return batch.add_integer(sqlite3_value_int64(value));
      case SQLITE_FLOAT:
        return batch.add_real(sqlite3_value_double(value));
      case SQLITE_TEXT:
        if (encoding_ == TextEncoding::utf8) return batch.add(CellKind::text, bytes_of(value));
        return add_utf16(batch, value);
      default:
        return batch.add(CellKind::bytes, bytes_of(value));
    }
  }

  static std::string_view bytes_of(sqlite3_value* value) {
    const auto* bytes = static_cast<const char*>(sqlite3_value_blob(value));
    return {bytes ? bytes : "", bytes ? static_cast<std::size_t>(sqlite3_value_bytes(value)) : 0};
  }

  // As it is stored: SQLite's own conversion makes a pair of half a surrogate and what follows it.
  void add_utf16(Batch& batch, sqlite3_value* value) const {
    const auto* units = static_cast<const char*>(sqlite3_value_blob(value));
    const auto size = units ? static_cast<std::size_t>(sqlite3_value_bytes16(value)) : 0;
    char* const out = batch.add_space(CellKind::text, size / 2 * kUtf8BytesPerUnit);
    batch.shrink_last(to_utf8({units, size}, encoding_, out));
  }

  const Stop& stop_;
  TextEncoding encoding_;
  Statement statement_;
  int columns_;
};

class Writer final : public RowSink {
 public:
  Writer(Connection& connection, const Table& table, const std::vector<std::string>& columns,
         bool& unfinished)
      : connection_(connection),
        table_(table.name.name),
        columns_(columns),
        key_(table.primary_key ? table.primary_key->columns() : std::vector<std::string>()),
        binder_(connection),
        statement_(connection, insert_sql(connection, table, columns)),
        unfinished_(unfinished) {
    unfinished_ = true;
    for (const std::string& column : columns)
      kept_.push_back(keeps_negative_zero(*table.find_column(column), table.strict));
  }

  void write(const Batch& batch) override {
    connection_.stop().check();
    for (std::size_t row = 0; row < batch.rows(); ++row) {
      for (std::size_t column = 0; column < columns_.size(); ++column) bind(batch, row, column);
      insert(batch, row);
    }
  }

  void finish() override { unfinished_ = false; }

 private:
  void insert(const Batch& batch, std::size_t row) {
    // Not through step(): this is where time goes, and the batch has the values for a message.
    const int code = sqlite3_step(statement_.raw());
    if (code != SQLITE_DONE) refuse(code, batch, row);
    sqlite3_reset(statement_.raw());
  }

  // Text is bound where it stands: the batch outlives the step.
  void bind(const Batch& batch, std::size_t row, std::size_t column) {
    if (const auto problem = binder_.bind(statement_, static_cast<int>(column) + 1,
                                          batch.at(row, column), kept_[column]))
      throw unstorable(table_, columns_[column], *problem);
  }

  [[noreturn]] void refuse(int code, const Batch& batch, std::size_t row) {
    const std::string message = sqlite3_errmsg(connection_.handle());
    if (is_conflict(code)) throw conflict(code, message, {table_, columns_, batch, row, key_});
    connection_.fail(code);
  }

  Connection& connection_;
  std::string table_;
  std::vector<std::string> columns_;
  const std::vector<std::string> key_;
  CellBinder binder_;
  std::vector<bool> kept_;  // whether each column keeps a negative zero
  Statement statement_;
  bool& unfinished_;
};

}  // namespace

std::string insert_sql(Connection& connection, const Table& table,
                       const std::vector<std::string>& columns) {
  std::string values;
  for (std::size_t i = 0; i < columns.size(); ++i) values += i == 0 ? "?" : ", ?";
  return fmt::format("INSERT {}INTO {} {}", or_abort(connection, table),
                     QuotedName(table.name).sql(),
                     columns.empty() ? "DEFAULT VALUES"
                                     : fmt::format("({}) VALUES ({})", name_list(columns), values));
}

std::string or_abort(Connection& connection, const Table& table) {
  Statement text(connection, "SELECT sql FROM main.sqlite_master WHERE type='table' AND name=?1");
  text.bind(1, table.name.name);
  return text.step() && parse_table(text.text(0)).settles_conflicts ? "OR ABORT " : "";
}

std::unique_ptr<RowSource> read_rows(Connection& connection, const Table& table,
                                     const std::vector<std::string>& columns) {
  return read_rows(connection, select_sql(table, columns), columns.size());
}

std::unique_ptr<RowSource> read_rows(Connection& connection, const std::string& select,
                                     std::size_t columns) {
  return std::make_unique<Reader>(connection, select, columns);
}

std::unique_ptr<RowSink> insert_rows(Connection& connection, const Table& table,
                                     const std::vector<std::string>& columns, bool& unfinished) {
  return std::make_unique<Writer>(connection, table, columns, unfinished);
}

}  // namespace dbkeeper::sqlite
