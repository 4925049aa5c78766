#include "engines/sqlite/statement.h"

namespace dbkeeper::sqlite {

Statement::Statement(Connection& connection, std::string_view sql, Order order)
    : connection_(connection), order_(order) {
  sqlite3_stmt* statement = nullptr;
  require(sqlite3_prepare_v2(connection.handle(), sql.data(), static_cast<int>(sql.size()),
                             &statement, nullptr));
  statement_.reset(statement);
}

bool Statement::step() {
  // SQLite itself would start over.
  if (done_) return false;
  const int code = sqlite3_step(raw());
  if (order_ == Order::exact) connection_.require_exact_order();
  if (code == SQLITE_ROW) return true;
  done_ = true;
  if (code != SQLITE_DONE) connection_.fail(code);
  return false;
}

void Statement::reset() {
  // Repeats the code of the last step, which step() has thrown already.
  sqlite3_reset(raw());
  done_ = false;
}

void Statement::bind(int parameter, std::string_view text) {
  require(sqlite3_bind_text64(raw(), parameter, text.data(), text.size(), SQLITE_TRANSIENT,
                              SQLITE_UTF8));
}

void Statement::bind(int parameter, std::int64_t number) {
  require(sqlite3_bind_int64(raw(), parameter, number));
}

std::string_view Statement::text(int column) const {
  const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(raw(), column));
  return {text ? text : "",
          text ? static_cast<std::size_t>(sqlite3_column_bytes(raw(), column)) : 0};
}

std::string_view Statement::blob(int column) const {
  const auto* bytes = static_cast<const char*>(sqlite3_column_blob(raw(), column));
  return {bytes ? bytes : "",
          bytes ? static_cast<std::size_t>(sqlite3_column_bytes(raw(), column)) : 0};
}

void Statement::require(int code) {
  if (code != SQLITE_OK) connection_.fail(code);
}

}  // namespace dbkeeper::sqlite
